interface SharedListener {
  acts: Set<() => void>;
  stop(): void;
}

const listeners = new WeakMap<AbortSignal, SharedListener>();

/**
 * Does something when the signal aborts, or at once if it has. The function that it returns takes it back.
 *
 * A signal has one listener, however many messages share it: Node looks through all listeners of a signal for every
 * one that comes or goes, and warns of more than ten.
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
    // Node keeps a signal that is listened to, even if it can be reached no more.
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
