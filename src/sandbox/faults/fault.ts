import type { SandboxRequestName } from '../http/route';

/** What can go wrong with one request. */
export type SandboxFault =
  | AnswerFault
  | HtmlFault
  | HeadersFault
  | ChallengeFault
  | RedirectFault
  | BrokenJsonFault
  | ResetFault
  | CutFault
  | SilenceFault
  | TrickleFault;

/**
 * `before`: in place of the request, which is not carried out. `after`: once it was, so a mail is delivered or a draft
 * created.
 */
export type FaultTime = 'before' | 'after';

interface ExtraHeaders {
  /** Seconds, or a time to be written as an HTTP date. */
  retryAfter?: number | Date;
  /** More headers, or other values of the answer's own. */
  headers?: Record<string, string>;
}

/** Another answer than the right one, in the service's form: Graph's error, or Entra's for `token`. */
export interface AnswerFault extends ExtraHeaders {
  /** Tells which fault it is. */
  kind: 'answer';
  /** From 200 to 599. */
  status: number;
  /** Without a code the answer has no body, like a gateway's. */
  code?: string;
  /** The sentence next to the code. */
  message?: string;
  /** The number in Entra's answer. @default 90033, "try again later" */
  aadsts?: number;
  /** @default 'before' */
  when?: FaultTime;
}

/** A page from a gateway in front of the service. */
export interface HtmlFault extends ExtraHeaders {
  /** Tells which fault it is. */
  kind: 'html';
  /** From 200 to 599. */
  status: number;
  /** @default 'before' */
  when?: FaultTime;
}

/** The right answer with more headers, such as a `Retry-After` on a 202. */
export interface HeadersFault extends ExtraHeaders {
  /** Tells which fault it is. */
  kind: 'headers';
}

/**
 * 401 with a claims challenge. From then on, Graph accepts only tokens whose request carried these claims, and
 * challenges all others.
 */
export interface ChallengeFault {
  /** Tells which fault it is. */
  kind: 'challenge';
  /** JSON for the client to pass on to Entra. */
  claims: string;
}

/** A redirect, in place of the request. */
export interface RedirectFault {
  /** Tells which fault it is. */
  kind: 'redirect';
  /** Where it leads. */
  location: string;
  /** @default 307 */
  status?: 301 | 302 | 303 | 307 | 308;
}

/** The right status and a complete HTTP answer, whose JSON stops in the middle. */
export interface BrokenJsonFault {
  /** Tells which fault it is. */
  kind: 'broken-json';
}

/** A reset connection, without an answer. */
export interface ResetFault {
  /** Tells which fault it is. */
  kind: 'reset';
  /** `before-body`: while the client may still be writing. `before`: when the request has been read. */
  when: 'before-body' | FaultTime;
}

/** The request is carried out, and the connection ends in the middle of the answer. */
export interface CutFault {
  /** Tells which fault it is. */
  kind: 'cut';
  /** The part of the answer in which it happens. */
  in: 'head' | 'body';
}

/** No answer, however long the client waits. */
export interface SilenceFault {
  /** Tells which fault it is. */
  kind: 'silence';
  /** @default 'before' */
  when?: FaultTime;
}

/** The request is carried out, and answered byte by byte, without end. */
export interface TrickleFault {
  /** Tells which fault it is. */
  kind: 'trickle';
  /** The part of the answer in which it happens. */
  in: 'head' | 'body';
  /** Milliseconds between two bytes. @default 100 */
  everyMs?: number;
}

/** What is known about a request that may fail. */
export interface SandboxSeenRequest {
  /** The name of the request. */
  request: SandboxRequestName;
  /** The user principal name, or what the path says if there is no such mailbox. Undefined for `token`. */
  mailbox?: string;
  /** The HTTP method, in capitals. */
  method: string;
  /** Without host and query. */
  path: string;
}

/** Which requests a fault applies to, and how often. */
export interface SandboxFaultOptions {
  /** How many requests it applies to. @default 1 */
  times?: number;
  /** How many requests to skip first, such as ranges of an upload. @default 0 */
  skip?: number;
  /** Applies to each request after those (1), to every second one (2), and so on. @default 1 */
  every?: number;
  /** Only to requests for this mailbox, by user principal name. */
  mailbox?: string;
}

/** A fault that still has requests to apply to. */
export interface SandboxPlannedFault {
  /** Its number in this sandbox. */
  id: number;
  /** The requests it applies to. */
  request: SandboxRequestName;
  /** In lower case, if it is for one mailbox only. */
  mailbox?: string;
  /** What happens to them. */
  fault: SandboxFault;
  /** How many requests it still applies to. */
  times: number;
  /** How many requests it skips before the next one, if any. */
  skip?: number;
  /** It applies to every request of this number, if not to each. */
  every?: number;
}

/** Called for each request; the fault that it returns applies to that request. */
export type SandboxFaultChooser = (seen: SandboxSeenRequest) => SandboxFault | undefined;
