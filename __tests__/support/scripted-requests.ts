import { Dispatcher } from 'undici';
import { GraphClient } from '../../src/graph/client';
import {
  MessageRequests,
  type MessageRequestsOptions,
  type RetryEvent,
} from '../../src/graph/message-requests';
import { CONTROLLER, requestOf, type SeenRequest } from './in-process';

export type { SeenRequest } from './in-process';

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
    const fate = await this.#reply(await requestOf(options));
    const fail = (code: string) =>
      handler.onResponseError?.(CONTROLLER, Object.assign(new Error(code), { code }));
    if (fate === 'unreachable') return void fail('ECONNREFUSED');
    handler.onRequestStart?.(CONTROLLER, {});
    if (fate === 'lost') return void fail('UND_ERR_SOCKET');
    handler.onResponseStart?.(CONTROLLER, fate.status, { ...fate.headers });
    const text = typeof fate.body === 'string' ? fate.body : JSON.stringify(fate.body ?? '');
    if (fate.body !== undefined) handler.onResponseData?.(CONTROLLER, Buffer.from(text));
    handler.onResponseEnd?.(CONTROLLER, {});
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
