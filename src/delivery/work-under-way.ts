import { onAbort } from '../errors/abort';

/** What a transport is doing: `close()` waits for it, and may abort it. */
export class WorkUnderWay {
  readonly #works = new Map<Promise<unknown>, AbortController>();

  get size(): number {
    return this.#works.size;
  }

  /** Does work that the signal aborts, or `abortAll()`. */
  async do<T>(signal: AbortSignal | undefined, work: (abort: AbortController) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const stopListening = onAbort(signal, () => abort.abort(signal?.reason));
    const working = work(abort);
    this.#works.set(working, abort);
    try {
      return await working;
    } finally {
      stopListening();
      this.#works.delete(working);
    }
  }

  abortAll(reason: Error): void {
    for (const abort of this.#works.values()) abort.abort(reason);
  }

  /** Resolves when what is under way now has ended. It never rejects. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#works.keys());
  }
}
