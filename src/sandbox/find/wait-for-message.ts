import { afterRealTime } from '../clock';
import type { SandboxMessage } from '../mail/message';
import { describeQuery, describeSearched, type Searched } from './describe';
import { compileQuery, type MessageTest } from './match';
import { SandboxMessageError } from './message-error';
import type { SandboxMessageQuery } from './message-filter';
import { newcomers } from './newcomers';

/** The longest time of Node's timers. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Jest and Vitest end a test after 5 seconds, with a message that says less. */
export const DEFAULT_TIMEOUT_MS = 4000;

/** Options of `waitForMessage()`. */
export interface SandboxWaitOptions {
  /**
   * How long to wait, in milliseconds of the machine's clock; 0 only looks, Infinity waits until the sandbox is closed.
   * @default 4000, a little less than Jest and Vitest give a test
   */
  timeout?: number;
  /** Ends the wait early. The promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Ignores the messages that are there already. @default false */
  onlyNew?: boolean;
}

/** What waits need of a sandbox. */
export interface Waited extends Searched {
  subscribe(listener: () => void): () => void;
}

/** The waits of one sandbox. */
export class MessageWaits {
  readonly #sandbox: Waited;
  readonly #pending = new Set<() => void>();
  #isClosed = false;

  constructor(sandbox: Waited) {
    this.#sandbox = sandbox;
  }

  /**
   * Resolves with the first message that matches, or with the latest of those that are there already.
   *
   * @throws TypeError if a filter or an option makes no sense
   */
  async wait(query: SandboxMessageQuery = {}, options: SandboxWaitOptions = {}): Promise<SandboxMessage> {
    const test = compileQuery(query);
    checkOptions(options);
    const { timeout = DEFAULT_TIMEOUT_MS, signal, onlyNew = false } = options;
    signal?.throwIfAborted();
    const take = newcomers(this.#sandbox.messages);
    const there = onlyNew ? undefined : this.#sandbox.messages.findLast((message) => test.matches(message));
    if (there) return there;
    if (this.#isClosed) throw this.#failure('ECLOSED', test, 'The sandbox is closed.');
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        unsubscribe();
        stopTimer();
        signal?.removeEventListener('abort', abort);
        this.#pending.delete(close);
        end();
      };
      const look = () => {
        try {
          const found = take(this.#sandbox.messages).find((message) => test.matches(message));
          if (found) settle(() => resolve(found));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const abort = () => settle(() => reject(signal?.reason));
      const close = () =>
        settle(() => reject(this.#failure('ECLOSED', test, 'The sandbox was closed while a test waited.')));
      const expire = () =>
        settle(() =>
          reject(this.#failure('ETIMEDOUT', test, `${noun(onlyNew, test)} came within ${timeout} ms.`)),
        );
      const unsubscribe = this.#sandbox.subscribe(look);
      const stopTimer = timeout === Number.POSITIVE_INFINITY ? () => {} : afterRealTime(timeout, expire);
      signal?.addEventListener('abort', abort, { once: true });
      this.#pending.add(close);
    });
  }

  /** Ends all waits: no message can come any more. */
  close(): void {
    this.#isClosed = true;
    for (const close of [...this.#pending]) close();
  }

  #failure(code: SandboxMessageError['code'], test: MessageTest, what: string): SandboxMessageError {
    const { messages } = this.#sandbox;
    return new SandboxMessageError(code, `${what}\n${describeSearched(this.#sandbox, test)}`, messages);
  }
}

function noun(onlyNew: boolean, { query }: MessageTest): string {
  return `No ${describeQuery(query, onlyNew ? 'new message' : 'message')}`;
}

const OPTION_NAMES = ['timeout', 'signal', 'onlyNew'];

function checkOptions(options: object & SandboxWaitOptions): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(
      `Expected the options of waitForMessage() to be an object such as { timeout: 5000 }, got ${Array.isArray(options) ? 'a list' : String(options)}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !OPTION_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `Unknown option "${unknown}" of waitForMessage(). It takes ${OPTION_NAMES.join(', ')}.`,
    );
  }
  const { timeout = 0, signal, onlyNew = false } = options;
  const isTime = timeout === Number.POSITIVE_INFINITY || (timeout >= 0 && timeout <= MAX_TIMEOUT_MS);
  if (typeof timeout !== 'number' || !isTime) {
    throw new TypeError(`Expected \`timeout\` to be a number of milliseconds, got ${String(timeout)}.`);
  }
  if (signal !== undefined && !(typeof signal === 'object' && 'aborted' in signal)) {
    throw new TypeError('Expected `signal` to be an AbortSignal.');
  }
  if (typeof onlyNew !== 'boolean') {
    throw new TypeError(`Expected \`onlyNew\` to be true or false, got ${String(onlyNew)}.`);
  }
}
