import { Chance } from './chance';
import { brokenPromises } from './invariants';
import { play } from './run';
import type { Scenario } from './scenario';
import { inTimeOrder, type Scheduler } from './world';

/** What came of playing a scenario in every order. */
export interface Orders {
  count: number;
  /** What the first order that broke a promise broke, and all that happened in it. */
  broken: { promises: string[]; trace: readonly string[] } | undefined;
}

interface Choice {
  taken: number;
  of: number;
}

/**
 * Plays a scenario in every order in which its requests can be carried out and its pauses end, however long any of
 * them takes.
 *
 * @param seed decides about the ids of drafts, and so about their order
 */
export async function playEveryOrder(scenario: Scenario, seed: number): Promise<Orders> {
  let before: readonly Choice[] = [];
  for (let count = 1; ; count++) {
    const choices: Choice[] = [];
    const schedule: Scheduler = (open) => {
      const steps = open.filter(({ isTimeout }) => !isTimeout);
      const taken = before[choices.length]?.taken ?? 0;
      if (steps.length > 1) choices.push({ taken, of: steps.length });
      return steps[steps.length > 1 ? taken : 0] ?? inTimeOrder(open);
    };
    const report = await play(scenario, new Chance(seed), schedule);
    const promises = brokenPromises(report);
    if (promises.length > 0) return { count, broken: { promises, trace: report.trace } };
    const last = choices.findLastIndex(({ taken, of }) => taken + 1 < of);
    if (last === -1) return { count, broken: undefined };
    before = choices
      .slice(0, last + 1)
      .map(({ taken, of }, at) => ({ taken: taken + Number(at === last), of }));
  }
}
