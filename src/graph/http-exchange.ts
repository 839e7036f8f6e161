import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { type Clock, startTimer, systemClock } from '../clock';
import { type AnySignal, onAbort } from '../errors/signal';
import { type RequestBody, wholeOf } from './calls';

/** Most answers have a few kilobytes. A gateway's page, or an attacker's, is cut here. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Once a body has begun, the rest arrives right away or never. */
const MAX_ANSWER_MS = 10_000;
/** The largest body that is sent in one piece, in bytes. */
const MAX_WHOLE_BYTES = 64 * 1024;

/** A request in the form that undici takes. */
export interface ExchangeRequest {
  /** Scheme, host and port. */
  origin: string;
  /** Path and query. */
  path: string;
  method: Dispatcher.HttpMethod;
  headers: Readonly<Record<string, string>>;
  body: RequestBody | undefined;
  /** The longest silence, in milliseconds. */
  socketTimeout: number;
  /**
   * Where the answer is cut, in bytes.
   *
   * @default 65536
   */
  maxAnswerBytes?: number | undefined;
}

/** An answer whose status and headers have arrived. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /**
   * Resolves with the start of the body, or all of it if it arrives in time and is not too long. If the body
   * breaks off, the answer still counts: the status has said what matters. Callers that do not need the body
   * can ignore this: the body is read to its end to keep the connection usable, and if that takes long, both
   * are dropped.
   */
  bodyStart: () => Promise<string>;
  /** The same as bytes, and whether they are all there: the rest is cut off, or never came. */
  contentStart: () => Promise<{ bytes: Buffer; isWhole: boolean }>;
}

/**
 * One request and its answer. undici's `request` makes a stream of the answer, and does not report when it has
 * written a body that is not a stream. For small mail, streams are half the cost of a request.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: ExchangeRequest;
  readonly #signal: AnySignal | undefined;
  readonly #clock: Clock;
  readonly #body: Buffer | BodyStream | undefined;
  readonly #maxAnswerBytes: number;
  #controller: Dispatcher.DispatchController | undefined;
  #resolve: (answer: Answer) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #stopTimer: (() => void) | undefined;
  #hasEnded = false;
  #isWhole = false;
  #whenEnded: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  constructor(request: ExchangeRequest, signal: AnySignal | undefined, clock: Clock = systemClock) {
    const { body, maxAnswerBytes = MAX_ANSWER_BYTES } = request;
    this.#request = request;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#signal = signal;
    this.#clock = clock;
    this.#body = body && (body.length > MAX_WHOLE_BYTES ? new BodyStream(body) : wholeOf(body));
  }

  /**
   * Whether the whole request was written to the connection. Before that, the service cannot have received all
   * of it, so a request that fails earlier was certainly not carried out.
   */
  get isWritten(): boolean {
    if (!this.#controller) return false;
    return this.#body instanceof BodyStream ? this.#body.isWritten : true;
  }

  /**
   * Makes the request, and resolves as soon as the answer's headers arrive. Rejects with undici's errors.
   *
   * undici uses a connection again only in the next turn of the event loop. A request made before that would open
   * another connection, so callers get the answer, and the end of its body, a turn later.
   */
  async run(dispatcher: Dispatcher): Promise<Answer> {
    const { origin, path, method, headers, body, socketTimeout } = this.#request;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#stopListening = onAbort(this.#signal, () => this.#giveUp(this.#signal?.reason));
      dispatcher.dispatch(
        {
          origin,
          path,
          method,
          headers: body ? { ...headers, 'content-length': String(body.length) } : headers,
          body: this.#body ?? null,
          headersTimeout: socketTimeout,
          bodyTimeout: socketTimeout,
        },
        this,
      );
    });
    await nextTurn();
    // Most answers have ended by now.
    if (!this.#hasEnded) this.#startTimer(socketTimeout);
    return answer;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#hasEnded) controller.abort(new Error('the request was aborted'));
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // Ignore 1xx responses.
    if (status < 200) return;
    this.#resolve({
      status,
      headers,
      bodyStart: async () => (await this.#contentStart()).bytes.toString(),
      contentStart: () => this.#contentStart(),
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= this.#maxAnswerBytes) this.#giveUp(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.#isWhole = true;
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
    this.#end();
  }

  #giveUp(why: unknown): void {
    const error = why instanceof Error ? why : new Error(String(why));
    this.#controller?.abort(error);
    this.#reject(error);
    this.#end();
  }

  /** Gives up an answer that does not end. */
  #startTimer(socketTimeout: number): void {
    const giveUp = () => this.#giveUp(new Error('the answer has no end'));
    this.#stopTimer = startTimer(this.#clock, Math.min(MAX_ANSWER_MS, socketTimeout), giveUp, true);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#stopTimer?.();
    this.#stopListening?.();
    this.#whenEnded?.();
  }

  async #contentStart(): Promise<{ bytes: Buffer; isWhole: boolean }> {
    if (!this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#whenEnded = resolve;
      });
      await nextTurn();
    }
    const bytes = Buffer.concat(this.#chunks).subarray(0, this.#maxAnswerBytes);
    return { bytes, isWhole: this.#isWhole };
  }
}

/**
 * A body being sent. It is read only as fast as the connection takes it, so what has been read has gone out.
 */
export class BodyStream extends Readable {
  readonly #pieces: Iterator<Buffer>;
  #left: number;

  constructor(body: RequestBody) {
    super({ highWaterMark: 0 });
    this.#pieces = body.pieces()[Symbol.iterator]();
    this.#left = body.length;
  }

  /**
   * Whether the last byte was written to the connection. Before that, the service cannot have received the
   * whole request, so one that fails earlier was certainly not carried out.
   */
  get isWritten(): boolean {
    return this.#left === 0;
  }

  override _read(): void {
    const next = this.#pieces.next();
    if (next.done) {
      this.push(null);
      return;
    }
    this.#left -= next.value.length;
    this.push(next.value);
  }
}
