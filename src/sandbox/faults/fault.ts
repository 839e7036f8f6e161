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
 * `before` comes in place of what was asked, which then is not done; `after` comes when it was done: a mail is
 * delivered, a draft made.
 */
export type FaultTime = 'before' | 'after';

interface ExtraHeaders {
  /** Seconds, or the time that is written as an HTTP date. */
  retryAfter?: number | Date;
  /** More headers, or others than the answer's own. */
  headers?: Record<string, string>;
}

/** Another answer than the right one, in the form of the service: Graph's error, or Entra's for `token`. */
export interface AnswerFault extends ExtraHeaders {
  /** Tells which fault it is. */
  kind: 'answer';
  /** From 200 to 599. */
  status: number;
  /** Without one the answer has no body, as gateways answer. */
  code?: string;
  /** The sentence beside the code. */
  message?: string;
  /** The number in an answer of Entra. @default 90033, "try again later" */
  aadsts?: number;
  /** @default 'before' */
  when?: FaultTime;
}

/** The page of a gateway in front of the service. */
export interface HtmlFault extends ExtraHeaders {
  /** Tells which fault it is. */
  kind: 'html';
  /** From 200 to 599. */
  status: number;
  /** @default 'before' */
  when?: FaultTime;
}

/** The right answer, with more headers: a `Retry-After` on a 202 for instance. */
export interface HeadersFault extends ExtraHeaders {
  /** Tells which fault it is. */
  kind: 'headers';
}

/**
 * 401 with a claims challenge. From then on Graph takes only tokens whose request carried these claims, and answers
 * all others in the same way.
 */
export interface ChallengeFault {
  /** Tells which fault it is. */
  kind: 'challenge';
  /** JSON, as the client is to pass it on to Entra. */
  claims: string;
}

/** Another place, in place of what was asked. */
export interface RedirectFault {
  /** Tells which fault it is. */
  kind: 'redirect';
  /** Where it leads. */
  location: string;
  /** @default 307 */
  status?: 301 | 302 | 303 | 307 | 308;
}

/** The right status, and a whole answer over HTTP, whose JSON ends in the middle. */
export interface BrokenJsonFault {
  /** Tells which fault it is. */
  kind: 'broken-json';
}

/** The connection is reset, without an answer. */
export interface ResetFault {
  /** Tells which fault it is. */
  kind: 'reset';
  /** `before-body` comes while the client may still be writing, `before` when the request was read. */
  when: 'before-body' | FaultTime;
}

/** The connection ends in the middle of the answer to a request that was carried out. */
export interface CutFault {
  /** Tells which fault it is. */
  kind: 'cut';
  /** The part of the answer in which it happens. */
  in: 'head' | 'body';
}

/** No answer, for as long as the client waits. */
export interface SilenceFault {
  /** Tells which fault it is. */
  kind: 'silence';
  /** @default 'before' */
  when?: FaultTime;
}

/** A request that was carried out, answered byte by byte, and without an end. */
export interface TrickleFault {
  /** Tells which fault it is. */
  kind: 'trickle';
  /** The part of the answer in which it happens. */
  in: 'head' | 'body';
  /** Milliseconds between two bytes. @default 100 */
  everyMs?: number;
}

/** What a request shows that may meet a fault. */
export interface SandboxSeenRequest {
  /** Which of the requests it is. */
  request: SandboxRequestName;
  /** The user principal name; what the path says where there is no such mailbox. Undefined for `token`. */
  mailbox?: string;
  /** Of HTTP, in capitals. */
  method: string;
  /** Without host and query. */
  path: string;
}

/** Which requests meet a fault, and how often. */
export interface SandboxFaultOptions {
  /** How many requests meet the fault. @default 1 */
  times?: number;
  /** How many requests pass before the first one that meets it: the ranges of an upload, for instance. @default 0 */
  skip?: number;
  /** Which of the requests after those meet it: each one, or every second, third and so on. @default 1 */
  every?: number;
  /** Only requests for this mailbox, by user principal name. */
  mailbox?: string;
}

/** A fault that waits for its requests. */
export interface SandboxPlannedFault {
  /** A number of the sandbox's own. */
  id: number;
  /** The requests that it waits for. */
  request: SandboxRequestName;
  /** In small letters, where it is for one mailbox only. */
  mailbox?: string;
  /** What they meet. */
  fault: SandboxFault;
  /** How many requests are still to meet it. */
  times: number;
  /** How many requests pass before the next one that meets it, where some do. */
  skip?: number;
  /** Every so many requests meet it, where not each one does. */
  every?: number;
}

/** To be called for each request; what it returns comes over that request. */
export type SandboxFaultChooser = (seen: SandboxSeenRequest) => SandboxFault | undefined;
