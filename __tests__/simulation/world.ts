/** Something that will happen: a request is carried out, an answer arrives, a pause is over. */
export interface Happening {
  /** Milliseconds of virtual time. */
  at: number;
  what: string;
  /** Ends a wait that goes on too long: it happens in its time, and only if nothing else does. */
  isTimeout: boolean;
  act(): void | Promise<void>;
}

/** Which of the things that may happen next does. */
export type Scheduler = (open: readonly Happening[]) => Happening;

/** What comes first by the clock does; of what comes at once, what was planned first. */
export const inTimeOrder: Scheduler = (open) =>
  open.reduce((first, other) => (other.at < first.at ? other : first));

/** The processes of a world have to come to rest between two happenings. A machine that is busy may take a while. */
const MAX_REST_MS = 20_000;

/** Time, and everything that happens in it: one thing after another, each once all that follows from it is done. */
export class World {
  now = Date.UTC(2026, 0, 1);
  /** What has happened, for people. */
  readonly trace: string[] = [];
  readonly #open: Happening[] = [];
  readonly #schedule: Scheduler;
  readonly #isAtRest: () => boolean;
  readonly #startedAt = this.now;

  /** @param isAtRest whether every process waits for something that is yet to happen */
  constructor(schedule: Scheduler, isAtRest: () => boolean) {
    this.#schedule = schedule;
    this.#isAtRest = isAtRest;
  }

  /** Has something happen so many milliseconds from now. The function that it returns takes that back. */
  plan(ms: number, what: string, act: Happening['act'], { isTimeout = false } = {}): () => void {
    const happening = { at: this.now + ms, what, act, isTimeout };
    this.#open.push(happening);
    return () => this.#take(happening);
  }

  log(line: string): void {
    this.trace.push(`${String(this.now - this.#startedAt).padStart(7)} ms  ${line}`);
  }

  /** Until nothing is left that could happen. */
  async run(): Promise<void> {
    await this.#rest();
    while (this.#open.length > 0) {
      const next = this.#schedule(this.#open);
      this.#take(next);
      this.now = Math.max(this.now, next.at);
      await next.act();
      await this.#rest();
    }
  }

  #take(happening: Happening): void {
    const index = this.#open.indexOf(happening);
    if (index !== -1) this.#open.splice(index, 1);
  }

  async #rest(): Promise<void> {
    const startedAt = performance.now();
    do {
      await new Promise((resolve) => setImmediate(resolve));
      if (performance.now() - startedAt > MAX_REST_MS) throw new Error('a process neither waits nor ends');
    } while (!this.#isAtRest());
  }
}
