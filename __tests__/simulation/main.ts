// Delivery by drafts in a simulated world, where a seed decides what becomes of every request and when. Run by
// `npm run test:simulation [-- count [first seed]]`; SEED=… plays one world again and prints all that happens in it, and
// ALL_RACES=1 plays every order of messages of MIME and of scheduled messages too.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Chance } from './chance';
import { playEveryOrder } from './every-order';
import { brokenPromises } from './invariants';
import { play } from './run';
import { asReply, calmRace, MUCH_LATER_MS, makeScenario, RACE_SEEDS } from './scenario';

const [, , count = '5000', first = '1', share] = process.argv;
const FIRST = Number(first);
const COUNT = Number(count);
/** Played in every order; the others take many minutes. */
const RACES = [calmRace('json', 2)];
const OTHER_RACES = [
  calmRace('mime', 2),
  calmRace('json', 2, [MUCH_LATER_MS, MUCH_LATER_MS]),
  calmRace('json', 2, [MUCH_LATER_MS, undefined]),
  calmRace('json', 2, [undefined, MUCH_LATER_MS]),
];
const ALL_RACES = process.env.ALL_RACES !== undefined;
/** Failures that are told one by one. */
const MOST_TOLD = 20;

async function playSeed(seed: number): Promise<{ broken: string[]; lines: string[] }> {
  const chance = new Chance(seed);
  const made = makeScenario(chance);
  const scenario = seed % 4 === 0 ? asReply(made) : made;
  const report = await play(scenario, chance);
  return { broken: brokenPromises(report), lines: [scenario.title, ...report.trace] };
}

async function replay(seed: number): Promise<void> {
  const { broken, lines } = await playSeed(seed);
  console.log([...lines, ...broken.map((promise) => `BROKEN: ${promise}`)].join('\n'));
  process.exitCode = broken.length > 0 ? 1 : 0;
}

/** Plays every n-th seed, and tells its parent of those that failed. */
async function playShare(index: number, of: number): Promise<void> {
  for (let seed = FIRST + index; seed < FIRST + COUNT; seed += of) {
    const { broken } = await playSeed(seed);
    if (broken.length > 0) process.send?.({ seed, broken });
  }
}

async function playAllSeeds(): Promise<number> {
  const failures = new Map<number, string[]>();
  const processes = availableParallelism();
  const children: ChildProcess[] = [];
  for (let index = 0; index < processes; index++) {
    // Senders that are killed never close their temporary files, which Node warns of.
    const execArgv = [...process.execArgv, '--no-warnings'];
    const child = fork(__filename, [count, first, `${index}/${processes}`], { execArgv });
    child.on('message', ({ seed, broken }: { seed: number; broken: string[] }) => failures.set(seed, broken));
    children.push(child);
  }
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  if (codes.some((code) => code !== 0)) throw new Error('a process of the simulation died');
  const seeds = [...failures.keys()].sort((one, other) => one - other);
  for (const seed of seeds.slice(0, MOST_TOLD)) console.log(`SEED=${seed} ${failures.get(seed)?.join('; ')}`);
  const [shortest] = seeds;
  if (shortest !== undefined) await replay(shortest);
  return seeds.length;
}

async function playAllOrders(): Promise<{ played: number; failed: number }> {
  let played = 0;
  let failed = 0;
  const races = ALL_RACES ? [...RACES, ...OTHER_RACES] : RACES;
  for (const race of races) {
    for (const seed of RACE_SEEDS) {
      const orders = await playEveryOrder(race, seed);
      played += orders.count;
      console.log(`${race.title}: ${orders.count} orders, which are all there are`);
      if (!orders.broken) continue;
      failed++;
      console.log([...orders.broken.trace, ...orders.broken.promises].join('\n'));
    }
  }
  return { played, failed };
}

async function main(): Promise<void> {
  const { SEED } = process.env;
  if (SEED !== undefined) return replay(Number(SEED));
  if (share !== undefined) {
    const [index, of] = share.split('/').map(Number);
    return playShare(index ?? 0, of ?? 1);
  }
  const startedAt = performance.now();
  const [orders, failed] = await Promise.all([playAllOrders(), playAllSeeds()]);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${COUNT} worlds from seed ${FIRST}, ${seconds.toFixed(1)} s`);
  const passed = orders.played - orders.failed + COUNT - failed;
  console.log(`${passed} passed, ${orders.failed + failed} failed`);
  process.exitCode = orders.failed + failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
