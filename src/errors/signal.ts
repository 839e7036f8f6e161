/** What says that something was aborted: a signal of the platform's, or our own. */
export type AnySignal = AbortSignal | Abort;

/**
 * An `AbortController` and its signal in one. A real pair is an `EventTarget` with events and weak references, too much
 * for every message when hardly any is aborted.
 *
 * It behaves like the real pair: the first reason counts, and its listeners are called in order, each once.
 */
export class Abort {
  readonly #acts = new Set<() => void>();
  #aborted = false;
  #reason: unknown;
  #controller: AbortController | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Why it was aborted. */
  get reason(): unknown {
    return this.#reason;
  }

  /** The same as a real signal, for Node and for apps. It is made when it is first asked for. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      onAbort(this, () => controller.abort(this.#reason));
    }
    return this.#controller.signal;
  }

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    callAll(this.#acts);
  }

  /** For `onAbort`, which says what it does. */
  listen(act: () => void): () => void {
    // The same function may be given twice.
    const own = () => act();
    this.#acts.add(own);
    return () => this.#acts.delete(own);
  }
}

/** A real signal, for Node's own functions. */
export function toSignal(signal: AnySignal | undefined): AbortSignal | undefined {
  return signal instanceof Abort ? signal.signal : signal;
}

interface SharedListener {
  acts: Set<() => void>;
  stop(): void;
}

const listeners = new WeakMap<AbortSignal, SharedListener>();

/**
 * Calls `act` when the signal aborts, or at once if it already has. The returned function cancels that. If `act` throws,
 * that is an uncaught exception, as in an `EventTarget`, and the others are called all the same.
 *
 * Each real signal gets a single listener, however many messages share it: Node goes through all listeners of a
 * signal whenever one is added or removed, and warns about more than ten.
 */
export function onAbort(signal: AnySignal | undefined, act: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  if (signal instanceof Abort) return signal.listen(act);
  const shared = listeners.get(signal) ?? listen(signal);
  // The same function may be given twice.
  const own = () => act();
  shared.acts.add(own);
  return () => {
    // Node keeps a signal alive while it has a listener, even if nothing else refers to it.
    if (shared.acts.delete(own) && shared.acts.size === 0) shared.stop();
  };
}

function listen(signal: AbortSignal): SharedListener {
  const acts = new Set<() => void>();
  const actAll = () => {
    listeners.delete(signal);
    callAll(acts);
  };
  const stop = () => {
    listeners.delete(signal);
    signal.removeEventListener('abort', actAll);
  };
  const shared = { acts, stop };
  listeners.set(signal, shared);
  signal.addEventListener('abort', actAll);
  return shared;
}

function callAll(acts: Iterable<() => void>): void {
  for (const act of acts) {
    try {
      act();
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
