import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { toConnectionError } from '../connection-error';
import { abortError } from '../errors';
import { toAnswerError } from './answer-error';

/** A request to Graph, and what its answer must be. */
export interface GraphCall {
  method: 'POST' | 'DELETE';
  /** Below the Graph endpoint. */
  path: string;
  /** What Graph is asked to accept, for the error that says it did not. */
  what: string;
  /** The only status that means success. */
  expect: number;
  /** Whether the answer's body is of use. */
  wantsBody?: boolean;
  contentType?: string;
  body?: Buffer;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /**
   * Whether this is the request that sends. One that is broken off may have sent the message all the same,
   * so that an abort counts only until it is under way.
   */
  sends?: boolean;
}

/** Graph's answer to a request that it has accepted. */
export interface Accepted {
  status: number;
  requestId: string | undefined;
  clientRequestId: string;
  /** The body; empty where Graph sends none. */
  body: string;
}

/** A request to a pre-authenticated URL that Graph has given out. */
export interface UploadCall {
  method: 'PUT' | 'GET' | 'DELETE';
  /** As secret as a password: whoever has it can write to the message. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer;
  signal?: AbortSignal | undefined;
}

export interface GraphClientOptions {
  /** Origin of Graph. */
  endpoint: string;
  /** Gives the bearer token for a request. */
  getToken: () => Promise<string>;
  dispatcher: Dispatcher;
}

/** Answers are a few kilobytes; a gateway's page, or an attacker's, is cut here. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** A body that has begun is there at once, or never. */
const MAX_ANSWER_MS = 10_000;

/** Requests to Graph. It knows endpoints, tokens and answers, and nothing of mail. */
export class GraphClient {
  readonly #options: GraphClientOptions;

  constructor(options: GraphClientOptions) {
    this.#options = options;
  }

  /**
   * Makes one request; resolves only with the expected answer.
   *
   * @throws GraphTransportError for every other answer, and when none comes
   */
  async call(call: GraphCall): Promise<Accepted> {
    const { endpoint, getToken } = this.#options;
    const token = await getToken();
    if (call.signal?.aborted) throw abortError(call.signal.reason);
    const clientRequestId = randomUUID();
    const headers = {
      ...call.headers,
      ...(call.contentType === undefined ? {} : { 'content-type': call.contentType }),
      authorization: `Bearer ${token}`,
      'client-request-id': clientRequestId,
    };
    const { method, body } = call;
    const signal = call.sends ? undefined : call.signal;
    const answer = await this.#request(
      endpoint + call.path,
      { method, headers, body, signal },
      endpoint,
      clientRequestId,
    );
    const requestId = firstValue(answer.headers['request-id']);
    if (answer.statusCode === call.expect && !call.wantsBody) {
      // The status has said it all: a body that never ends is no reason to wait, nor one that breaks to fail.
      answer.body.dump().catch(() => undefined);
      return { status: answer.statusCode, requestId, clientRequestId, body: '' };
    }
    const text = await readStart(answer.body);
    if (answer.statusCode === call.expect) {
      return { status: answer.statusCode, requestId, clientRequestId, body: text };
    }
    throw toAnswerError({ status: answer.statusCode, body: text, requestId, clientRequestId }, call.what);
  }

  /**
   * Makes one request to an upload URL. It carries no token: the URL is one, and may be on another host.
   *
   * @throws GraphTransportError when no answer comes; what the answer says is the caller's to judge
   */
  async upload(call: UploadCall): Promise<{ status: number; body: string }> {
    const { method, url, headers, body, signal } = call;
    const answer = await this.#request(url, { method, headers, body, signal }, 'the upload session');
    return { status: answer.statusCode, body: await readStart(answer.body) };
  }

  async #request(
    url: string,
    options: Omit<NonNullable<Parameters<typeof request>[1]>, 'dispatcher'>,
    target: string,
    clientRequestId?: string,
  ): ReturnType<typeof request> {
    try {
      return await request(url, { ...options, dispatcher: this.#options.dispatcher });
    } catch (error) {
      if (options.signal instanceof AbortSignal && options.signal.aborted) throw abortError(error);
      throw toConnectionError(error, target, { clientRequestId });
    }
  }
}

/** The start of a body. The status line has said what matters: a body that breaks off is no reason to lose it. */
async function readStart(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), MAX_ANSWER_MS);
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What has come so far is reported all the same.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
}

function firstValue(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
