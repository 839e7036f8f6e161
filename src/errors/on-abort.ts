interface SharedListener {
  acts: Set<() => void>;
  stop(): void;
}

const listeners = new WeakMap<AbortSignal, SharedListener>();

/**
 * Calls `act` when the signal aborts, or at once if it already has. The returned function cancels that.
 *
 * Each signal gets a single listener, however many messages share it: Node goes through all listeners of a
 * signal whenever one is added or removed, and warns about more than ten.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  const shared = listeners.get(signal) ?? listen(signal);
  // The same function may be given twice.
  const own = () => act();
  shared.acts.add(own);
  return () => {
    shared.acts.delete(own);
    // Node keeps a signal alive while it has a listener, even if nothing else refers to it.
    if (shared.acts.size === 0) shared.stop();
  };
}

function listen(signal: AbortSignal): SharedListener {
  const acts = new Set<() => void>();
  const actAll = () => {
    listeners.delete(signal);
    for (const act of acts) act();
  };
  const stop = () => {
    listeners.delete(signal);
    signal.removeEventListener('abort', actAll);
  };
  const shared = { acts, stop };
  listeners.set(signal, shared);
  signal.addEventListener('abort', actAll, { once: true });
  return shared;
}
