import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { BodyStream, type RequestBody, wholeOf } from './request-body';

/** Most answers are a few kilobytes; a gateway's page, or an attacker's, is cut here. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** A body that has begun is there at once, or never. */
const MAX_ANSWER_MS = 10_000;
/** A body of up to so many bytes goes out in one piece. */
const MAX_WHOLE_BYTES = 64 * 1024;

/** A request as undici takes it. */
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

/** An answer, of which the head is there. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /**
   * Resolves with the start of its body: all of it, if it comes in time and is not too long. The status has said
   * what matters, so that a body which breaks off is no reason to lose it. Whoever does not wait for it need not
   * do anything: it is read to its end for the connection's sake, and both are given up when that takes long.
   */
  bodyStart: () => Promise<string>;
}

/**
 * One request on its way and its answer. undici's `request` makes a stream of the answer, and does not tell when
 * it writes a body that is none: for small mail, streams are half of what a request costs.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: ExchangeRequest;
  readonly #signal: AbortSignal | undefined;
  readonly #body: Buffer | BodyStream | undefined;
  readonly #maxAnswerBytes: number;
  #controller: Dispatcher.DispatchController | undefined;
  #resolve: (answer: Answer) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;
  #whenEnded: (() => void) | undefined;
  readonly #abort = () => this.#giveUp(this.#signal?.reason);

  constructor(request: ExchangeRequest, signal: AbortSignal | undefined) {
    const { body, maxAnswerBytes = MAX_ANSWER_BYTES } = request;
    this.#request = request;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#signal = signal;
    this.#body = body && (body.length > MAX_WHOLE_BYTES ? new BodyStream(body) : wholeOf(body));
  }

  /**
   * Whether all of the request was given to the connection. Until then the service cannot have a whole one, so
   * that a request which fails before has certainly not been carried out.
   */
  get isWritten(): boolean {
    if (!this.#controller) return false;
    return this.#body instanceof BodyStream ? this.#body.isWritten : true;
  }

  /** Makes the request; resolves as soon as there is the head of an answer. Rejects with undici's errors. */
  run(dispatcher: Dispatcher): Promise<Answer> {
    const { origin, path, method, headers, body, socketTimeout } = this.#request;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#signal?.addEventListener('abort', this.#abort, { once: true });
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
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#hasEnded) controller.abort(new Error('the request was given up'));
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // An interim answer is none.
    if (status < 200) return;
    const maxMs = Math.min(MAX_ANSWER_MS, this.#request.socketTimeout);
    this.#timer = setTimeout(() => this.#giveUp(new Error('the answer has no end')), maxMs).unref();
    this.#resolve({ status, headers, bodyStart: () => this.#bodyStart() });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= this.#maxAnswerBytes) this.#giveUp(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
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

  #end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#whenEnded?.();
  }

  async #bodyStart(): Promise<string> {
    if (!this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#whenEnded = resolve;
      });
    }
    return Buffer.concat(this.#chunks).subarray(0, this.#maxAnswerBytes).toString();
  }
}
