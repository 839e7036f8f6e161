import type { Report } from './worker';

type Judged = Extract<Report, { says: 'judged' }>;

/** What is counted over a run. */
export class Figures {
  readonly #routes = new Map<string, number>();
  readonly #kinds = new Map<string, { indexes: number[]; what: string }>();
  #mutants = 0;
  #failed = 0;
  #disputed = 0;
  #slowest = { ms: 0, index: -1 };

  add({ index, route, losses, disagreements, ms }: Judged): void {
    this.#mutants++;
    this.#routes.set(route, (this.#routes.get(route) ?? 0) + 1);
    if (losses.length > 0) this.#failed++;
    if (disagreements.length > 0) this.#disputed++;
    if (ms > this.#slowest.ms) this.#slowest = { ms, index };
    for (const { kind, what } of losses) {
      const entry = this.#kinds.get(kind) ?? { indexes: [], what };
      if (!entry.indexes.includes(index)) entry.indexes.push(index);
      this.#kinds.set(kind, entry);
    }
  }

  get failed(): number {
    return this.#failed;
  }

  /** The kinds of loss, the most frequent first, each with mutants that show it. */
  kinds(): [kind: string, { indexes: number[]; what: string }][] {
    return [...this.#kinds].sort(([, one], [, other]) => other.indexes.length - one.indexes.length);
  }

  lines(): string[] {
    const routes = ['json', 'draft', 'mime', 'refused', 'hanging']
      .filter((route) => this.#routes.has(route))
      .map((route) => `${this.#routes.get(route)} ${route}`);
    const { ms, index } = this.#slowest;
    return [
      `${this.#mutants} mutants: ${routes.join(', ')}`,
      `${this.#failed} with a loss, ${this.#disputed} of which the readers disagree, slowest ${Math.round(ms)} ms (mutant ${index})`,
      `${this.#mutants - this.#failed} passed, ${this.#failed} failed`,
    ];
  }
}
