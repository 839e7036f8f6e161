// How often two processes send one message twice because the search does not show in time that one of them has sent it.
// That is the window that remains in exactly-once delivery. Run by `npm run bench:window [-- rounds]`.
import { Chance } from './chance';
import { play } from './run';
import { calmRace } from './scenario';

const [, , rounds = '400'] = process.argv;
/** Milliseconds until a copy in Sent Items is shown. New drafts are shown at once, which is the worst case. */
const LAGS = [0, 250, 500, 1000, 2000, 4000];
const SEARCH_LAGS = [0, 1000, 3000];

async function shareSentTwice(lagMs: number, searchLag: number): Promise<number> {
  let twice = 0;
  for (let seed = 1; seed <= Number(rounds); seed++) {
    const chance = new Chance(seed);
    const race = calmRace('json', 2);
    const report = await play(
      {
        ...race,
        service: { searchDelay: { drafts: {}, sentItems: { ms: lagMs } } },
        transport: { ...race.transport, searchLag },
        // The second one begins while the first is at it, or while its copy is not shown yet.
        starts: [0, chance.below(Math.max(100, lagMs + searchLag))],
        rules: { fate: () => ({ kind: 'answered' }), latency: (dice) => dice.between(5, 50) },
      },
      chance,
    );
    if (report.service.deliveries.length > 1) twice++;
  }
  return twice / Number(rounds);
}

async function main(): Promise<void> {
  console.log(['the copy is shown after', ...SEARCH_LAGS.map((ms) => `searchLag ${ms}`)].join(' | '));
  for (const lagMs of LAGS) {
    const shares: string[] = [];
    for (const searchLag of SEARCH_LAGS) {
      shares.push(`${(100 * (await shareSentTwice(lagMs, searchLag))).toFixed(1)} %`);
    }
    console.log([`${lagMs} ms`, ...shares].join(' | '));
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
