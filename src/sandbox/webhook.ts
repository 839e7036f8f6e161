import { abortAfter, afterRealTime } from './clock';
import type { Sandbox } from './create-sandbox';
import { newcomers } from './find/newcomers';
import type { SandboxMessage } from './mail/message';
import { nameOfWebhook } from './webhook-url';

/** How long each attempt may take, and how long the next one waits. */
const ATTEMPT_MS = 5000;
const PAUSES_MS = [250, 1000];
/** Messages that wait for a receiver that is slow or gone. Any more are not reported to it. */
const MAX_WAITING = 1000;

/**
 * Posts each new message to a URL, one at a time, in their order. A receiver that fails is tried three times; delivery
 * never waits for it.
 *
 * @param toJson what to post for a message
 * @param warn is told what could not be reported
 * @returns stops
 */
export function reportMessages(
  sandbox: Sandbox,
  url: URL,
  toJson: (message: SandboxMessage) => object,
  warn: (warning: string) => void,
): () => void {
  const waiting: SandboxMessage[] = [];
  const closed = new AbortController();
  const take = newcomers(sandbox.messages);
  let isBusy = false;

  async function work(): Promise<void> {
    isBusy = true;
    for (let message = waiting.shift(); message && !closed.signal.aborted; message = waiting.shift()) {
      const failure = await report(JSON.stringify(toJson(message)), url, closed.signal);
      if (failure !== undefined && !closed.signal.aborted) {
        warn(`The webhook ${nameOfWebhook(url)} did not take a message: ${failure}.`);
      }
    }
    isBusy = false;
  }

  const unsubscribe = sandbox.subscribe(() => {
    const fresh = take(sandbox.messages);
    const room = MAX_WAITING - waiting.length;
    waiting.push(...fresh.slice(0, room));
    if (fresh.length > room) warn(`The webhook ${nameOfWebhook(url)} is too slow: it misses messages.`);
    if (!isBusy && waiting.length > 0) void work();
  });
  return () => {
    unsubscribe();
    waiting.length = 0;
    closed.abort();
  };
}

/** Returns why the receiver did not take the message, if it did not. */
async function report(body: string, url: URL, signal: AbortSignal): Promise<string | undefined> {
  let failure: string | undefined;
  for (let attempt = 0; attempt <= PAUSES_MS.length && !signal.aborted; attempt += 1) {
    if (attempt > 0) await pause(PAUSES_MS[attempt - 1] ?? 0, signal);
    failure = await post(body, url, signal);
    if (failure === undefined) return undefined;
  }
  return failure;
}

async function post(body: string, url: URL, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // Another address was not allowed, whatever this one says.
      redirect: 'manual',
      signal: AbortSignal.any([signal, abortAfter(ATTEMPT_MS)]),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `it answered ${answer.status}`;
  } catch (error) {
    const { cause, name } = Object(error);
    if (name === 'TimeoutError') return `it did not answer within ${ATTEMPT_MS} ms`;
    return String(cause?.code ?? cause?.message ?? name);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stopTimer = afterRealTime(ms, resolve);
    const stop = () => {
      stopTimer();
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
