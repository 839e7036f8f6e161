import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Clock, dateOf, systemClock } from '../clock';
import { givenUpError, throwIfGivenUp } from '../errors/abort';
import { toConnectionError } from '../errors/connection-error';
import { GraphTransportError } from '../errors/graph-transport-error';
import { httpDate, retryAfterMs } from '../errors/retry-after';
import type { Secrets } from '../errors/secrets';
import type { AnySignal } from '../errors/signal';
import { claimsOf, parseJson, property, toAnswerError } from './answer-error';
import type { Accepted, GraphCall, UploadAnswer, UploadCall } from './calls';
import { type Answer, Exchange, type ExchangeRequest } from './http-exchange';

/**
 * Where an answer is cut if its body is needed. When a draft is created, Graph answers with the whole message
 * including its text (documented: api-reference/v1.0/api/user-post-messages.md). That is up to 4 MB, and JSON
 * may escape a byte as six characters.
 */
const MAX_WANTED_BYTES = 24_000_000;

/** Supplies bearer tokens. */
export interface Tokens {
  get(signal: AnySignal | undefined): Promise<string>;
  /** Returns a token to replace one that Graph has refused. */
  renew(refused: string, claims: string | undefined, signal: AnySignal | undefined): Promise<string>;
  /** Reports that Graph answered a request with this token with 403. */
  distrust(forbidden: string): void;
}

/** An answer, as it is logged. */
export interface AnswerEvent {
  method: string;
  /** The path on Graph. The URL of an upload session is secret, so it is not included. */
  path: string;
  status: number;
  requestId: string | undefined;
  clientRequestId: string | undefined;
  /** How long it took, in milliseconds. */
  ms: number;
}

/** Keeps secrets out of what Graph says. */
type KnownSecrets = Pick<Secrets, 'addUrl' | 'strike'>;

const NO_SECRETS: KnownSecrets = { addUrl: () => undefined, strike: (text) => text };

/** What a `GraphClient` needs to make requests. */
export interface GraphClientOptions {
  /** Origin of Graph. */
  endpoint: string;
  /** The endpoint is a sandbox on another machine: nothing leads from there to any other host. */
  insecureSandbox?: true | undefined;
  tokens: Tokens;
  dispatcher: Dispatcher;
  /** The longest silence during a request, in milliseconds. */
  socketTimeout: number;
  secrets?: KnownSecrets;
  clock?: Clock;
  onAnswer?: (event: AnswerEvent) => void;
}

interface Request extends ExchangeRequest {
  /** Whether it matters that an aborted request may have been carried out. */
  leavesTraces: boolean;
}

/**
 * Makes requests to Graph, each of them once. It knows endpoints, tokens and answers, and nothing about mail.
 */
export class GraphClient {
  readonly #options: GraphClientOptions;
  readonly #secrets: KnownSecrets;
  readonly #clock: Clock;
  #clockAheadMs: number | undefined;

  constructor(options: GraphClientOptions) {
    this.#options = options;
    this.#secrets = options.secrets ?? NO_SECRETS;
    this.#clock = options.clock ?? systemClock;
  }

  /** Origin of Graph. */
  get endpoint(): string {
    return this.#options.endpoint;
  }

  /**
   * How far this machine's clock is ahead of Graph's, in milliseconds, by the date of the latest answer: negative if
   * it is behind, undefined if no answer has said.
   */
  get clockAheadMs(): number | undefined {
    return this.#clockAheadMs;
  }

  /** Whether nothing leads from the endpoint to another host. */
  get isAlone(): boolean {
    return this.#options.insecureSandbox === true;
  }

  /**
   * Makes a request, and resolves only with the expected answer. If the token is refused, it is renewed, once.
   *
   * @throws GraphTransportError for any other answer, and if none arrives; its outcome says what may have
   *   become of the request
   */
  async call(call: GraphCall, signal?: AnySignal): Promise<Accepted> {
    const { tokens } = this.#options;
    const clientRequestId = randomUUID();
    let token = await tokens.get(signal);
    let answer = await this.#ask(call, token, clientRequestId, signal);
    const claims = claimsOf(answer.headers['www-authenticate']);
    // A request that is refused because of its token was not carried out.
    if (answer.status === 401 || (answer.status === 403 && claims !== undefined)) {
      const refused = token;
      token = await tokens.renew(refused, claims, signal);
      answer = await this.#ask(call, token, clientRequestId, signal);
    }
    if (answer.status === 403) tokens.distrust(token);
    const { status } = answer;
    const { strike } = this.#secrets;
    const requestId = idOf(answer.headers, strike);
    if (status === call.expect && call.fileBytes !== undefined) {
      return { status, requestId, clientRequestId, body: await fileOf(answer, call.fileBytes) };
    }
    if (status === call.expect && !call.wantsBody) {
      // The status says everything that is needed here, so do not wait for a body that never ends, or fail over
      // one that breaks off.
      return {
        status,
        requestId,
        clientRequestId,
        date: httpDate(firstValue(answer.headers.date)),
        body: '',
      };
    }
    const body = await answer.bodyStart();
    if (status === call.expect || (call.alike?.includes(status) && isOfGraph(body))) {
      return { status, requestId, clientRequestId, body };
    }
    const retryAfter = retryAfterMs(firstValue(answer.headers['retry-after']), dateOf(this.#clock));
    throw toAnswerError({ status, body, requestId, clientRequestId, retryAfter }, call.what, strike);
  }

  /**
   * Makes a request to an upload URL. It carries no token: the URL is its own authorisation, and may be on
   * another host.
   *
   * @throws GraphTransportError if no answer arrives; the caller judges what the answer says
   */
  async upload(call: UploadCall, signal?: AnySignal): Promise<UploadAnswer> {
    const { method, url, headers = {}, body } = call;
    this.#secrets.addUrl(url);
    const target = 'the upload session';
    const { origin, pathname, search } = new URL(url);
    const { socketTimeout } = this.#options;
    const answer = await this.#request(
      { method, origin, path: pathname + search, headers, body, socketTimeout, leavesTraces: false },
      target,
      undefined,
      signal,
    );
    const { status, headers: told } = answer;
    return {
      status,
      body: await answer.bodyStart(),
      requestId: firstValue(told['request-id']),
      clientRequestId: firstValue(told['client-request-id']),
      retryAfter: retryAfterMs(firstValue(told['retry-after']), dateOf(this.#clock)),
    };
  }

  async #ask(
    call: GraphCall,
    token: string,
    clientRequestId: string,
    signal: AnySignal | undefined,
  ): Promise<Answer> {
    const { endpoint, socketTimeout } = this.#options;
    const { method, path, body, contentType, sends = false, creates = false } = call;
    const headers = {
      ...call.headers,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      authorization: `Bearer ${token}`,
      'client-request-id': clientRequestId,
    };
    const answer = await this.#request(
      {
        method,
        origin: endpoint,
        path,
        headers,
        body,
        socketTimeout,
        maxAnswerBytes: call.fileBytes ?? (call.wantsBody || call.alike ? MAX_WANTED_BYTES : undefined),
        leavesTraces: sends || creates,
      },
      endpoint,
      clientRequestId,
      signal,
    );
    const date = httpDate(firstValue(answer.headers.date));
    if (date !== undefined) this.#clockAheadMs = dateOf(this.#clock) - date;
    return answer;
  }

  async #request(
    request: Request,
    target: string,
    clientRequestId: string | undefined,
    signal: AnySignal | undefined,
  ): Promise<Answer> {
    throwIfGivenUp(signal);
    const { dispatcher, onAnswer } = this.#options;
    const { method, path, leavesTraces } = request;
    const startedAt = this.#clock.now();
    const exchange = new Exchange(request, signal, this.#clock);
    try {
      const answer = await exchange.run(dispatcher);
      const { status, headers } = answer;
      onAnswer?.({
        method,
        path: clientRequestId === undefined ? '(upload session)' : path.replace(/\?.*/, ''),
        status,
        requestId: idOf(headers, this.#secrets.strike),
        clientRequestId,
        ms: Math.round(this.#clock.now() - startedAt),
      });
      return answer;
    } catch (error) {
      const mayBeDone = exchange.isWritten;
      if (signal?.aborted) throw givenUpError(signal, leavesTraces && mayBeDone);
      throw toConnectionError(error, target, {
        clientRequestId,
        outcome: mayBeDone ? 'unknown' : 'not-accepted',
      });
    }
  }
}

/** @throws GraphTransportError if the file breaks off before it ends or is long enough */
async function fileOf(answer: Answer, fileBytes: number): Promise<string> {
  const { bytes, isWhole } = await answer.contentStart();
  if (isWhole || bytes.length >= fileBytes) return bytes.toString('latin1');
  throw new GraphTransportError('ECONNECTION', 'The answer of Graph breaks off.', { outcome: 'unknown' });
}

/** Whether this body is possible in a successful answer of Graph: empty, or an object without an error. */
function isOfGraph(body: string): boolean {
  if (body.trim() === '') return true;
  const parsed = parseJson(body);
  return typeof parsed === 'object' && parsed !== null && property(parsed, 'error') === undefined;
}

/** Graph's ids are GUIDs. */
const MAX_ID_LENGTH = 200;

function idOf(headers: IncomingHttpHeaders, strike: (text: string) => string): string | undefined {
  const id = firstValue(headers['request-id']);
  return id && strike(id).slice(0, MAX_ID_LENGTH);
}

function firstValue(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
