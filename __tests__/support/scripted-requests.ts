import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Dispatcher } from 'undici';
import { GraphClient } from '../../src/graph/client';
import {
  MessageRequests,
  type MessageRequestsOptions,
  type RetryEvent,
} from '../../src/graph/message-requests';

/** A request as the service receives it. */
export interface SeenRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface Reply {
  status: number;
  /** Anything but a text is sent as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** `lost`: the request arrives, and then the connection breaks. `unreachable`: there is no connection. */
export type Fate = Reply | 'lost' | 'unreachable';

/** A service in this process: undici's interface, and no sockets. */
export class ScriptedDispatcher extends Dispatcher {
  readonly #reply: (request: SeenRequest) => Fate | Promise<Fate>;

  constructor(reply: (request: SeenRequest) => Fate | Promise<Fate>) {
    super();
    this.#reply = reply;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    void this.#answer(options, handler);
    return true;
  }

  async #answer(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): Promise<void> {
    const controller: Dispatcher.DispatchController = {
      aborted: false,
      paused: false,
      reason: null,
      rawHeaders: null,
      rawTrailers: null,
      abort: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
    const { method, path, headers, body } = options;
    const bytes =
      body instanceof Readable ? await buffer(body) : Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const named = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
    const fate = await this.#reply({ method, path, headers: Object.fromEntries(named), body: bytes });
    const fail = (code: string) =>
      handler.onResponseError?.(controller, Object.assign(new Error(code), { code }));
    if (fate === 'unreachable') return void fail('ECONNREFUSED');
    handler.onRequestStart?.(controller, {});
    if (fate === 'lost') return void fail('UND_ERR_SOCKET');
    handler.onResponseStart?.(controller, fate.status, { ...fate.headers });
    const text = typeof fate.body === 'string' ? fate.body : JSON.stringify(fate.body ?? '');
    if (fate.body !== undefined) handler.onResponseData?.(controller, Buffer.from(text));
    handler.onResponseEnd?.(controller, {});
  }
}

/** The requests of a message to a service that replies so, on a clock whose waits are over at once. */
export function scriptedRequests(
  reply: (request: SeenRequest) => Fate | Promise<Fate>,
  more: Partial<MessageRequestsOptions> = {},
  endpoint = 'https://graph.microsoft.com',
) {
  const seen: SeenRequest[] = [];
  const slept: number[] = [];
  const retries: RetryEvent[] = [];
  const timers: { ms: number; act: () => void; isRunning: boolean }[] = [];
  let now = 1_000_000;
  const clock = {
    now: () => now,
    random: () => 0.5,
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
    },
    timer: (ms: number, act: () => void, inBackground?: boolean) => {
      // The longest wait for the rest of an answer keeps no process from ending.
      if (inBackground) return () => undefined;
      const timer = { ms, act, isRunning: true };
      timers.push(timer);
      return () => {
        timer.isRunning = false;
      };
    },
    date: () => now,
  };
  const client = new GraphClient({
    endpoint,
    tokens: { get: async () => 'token', renew: async () => 'token', distrust: () => undefined },
    dispatcher: new ScriptedDispatcher((request) => {
      seen.push(request);
      return reply(request);
    }),
    socketTimeout: 1000,
    clock,
  });
  const pauses = {
    pauseOver: async () => undefined,
    pauseFor: (ms: number) => {
      slept.push(ms);
      now += ms;
    },
  };
  const options: MessageRequestsOptions = {
    client,
    pauses,
    policy: { attempts: 3, maxDelay: 180_000 },
    clock,
    signal: undefined,
    onRetry: (event) => retries.push(event),
    ...more,
  };
  return { requests: new MessageRequests(options), options, seen, slept, retries, timers };
}
