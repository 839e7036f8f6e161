import type { Dispatcher } from 'undici';
import { systemClock } from '../clock';
import { parseJson, property } from '../graph/answer-error';
import { wholeUndici } from '../network/undici';

const ANSWER_MS = 120_000;
/** The longest answer to read; a page of messages is far shorter. */
const MAX_ANSWER_BYTES = 24_000_000;

/** Where requests go, and how. */
export interface LiveConnection {
  authorityHost: string;
  graphEndpoint: string;
  /** Makes the requests, for example through a proxy. Without one, undici's default does. */
  dispatcher?: Dispatcher;
  /** Receives each request and its status, without secrets. */
  log?: (line: string) => void;
}

/** The parts of an answer that checks look at. */
export interface LiveAnswer {
  status: number;
  /** The code of an error. */
  code: string | undefined;
  headers: Headers;
  body: unknown;
  bytes: number;
}

export interface LiveRequest {
  /** An object is sent as JSON, anything else unchanged. */
  body?: object | string | Uint8Array<ArrayBuffer>;
  contentType?: string;
  headers?: Record<string, string>;
}

/** Makes one request and reads its answer. */
export type FetchAnswer = (method: string, url: string, request?: LiveRequest) => Promise<LiveAnswer>;

/** An answer that a check cannot continue from. */
export class UnexpectedAnswer extends Error {
  constructor(
    what: string,
    readonly status: number,
    readonly graphCode: string | undefined,
  ) {
    super(`${what} was answered with ${status}${graphCode === undefined ? '' : ` ${graphCode}`}`);
  }
}

/** Status and code of an answer. */
export function refusal({ status, code }: LiveAnswer) {
  return { status, code };
}

/** The same in one text, for checks of several answers. */
export function said({ status, code }: LiveAnswer): string {
  return code === undefined ? `${status}` : `${status} ${code}`;
}

/** Uses the fetch of the undici package, because its dispatchers may not work with the undici inside Node. */
export function createFetch({ dispatcher, log, authorityHost, graphEndpoint }: LiveConnection): FetchAnswer {
  return async (method, url, request) => {
    // The URL of an upload session is a secret as a whole.
    const isKnown = [authorityHost, graphEndpoint].some((origin) => url.startsWith(`${origin}/`));
    const what = `${method} ${isKnown ? new URL(url).pathname : 'to an upload URL'}`;
    const answer = await fetchAnswer(dispatcher, method, url, request).catch((error: unknown) => {
      log?.(`${what}: no answer`);
      throw error;
    });
    log?.(`${what}: ${answer.status}${answer.code === undefined ? '' : ` ${answer.code}`}`);
    return answer;
  };
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function fetchAnswer(
  dispatcher: Dispatcher | undefined,
  method: string,
  url: string,
  { body, contentType, headers }: LiveRequest = {},
): Promise<LiveAnswer> {
  const isJson = typeof body === 'object' && !(body instanceof Uint8Array);
  const type = contentType ?? (isJson ? 'application/json' : undefined);
  const abort = new AbortController();
  const late = () => abort.abort(new Error(`no complete answer within ${ANSWER_MS} ms`));
  const stopTimer = systemClock.timer(ANSWER_MS, late, true);
  try {
    const answer = await wholeUndici().fetch(url, {
      method,
      headers: { ...headers, ...(type && { 'content-type': type }) },
      body: isJson ? JSON.stringify(body) : (body ?? (method === 'POST' ? '' : null)),
      redirect: 'manual',
      ...(dispatcher && { dispatcher }),
      signal: abort.signal,
    });
    const text = await textOf(answer.body);
    const parsed = parseJson(text);
    const code = property(property(parsed, 'error'), 'code');
    return {
      status: answer.status,
      code: typeof code === 'string' ? code : undefined,
      headers: new Headers([...answer.headers]),
      body: parsed,
      bytes: Buffer.byteLength(text),
    };
  } finally {
    stopTimer();
  }
}
