import { Chance } from './chance';
import { playEveryOrder } from './every-order';
import { brokenPromises } from './invariants';
import { play } from './run';
import { asReply, calmRace, makeScenario, RACE_SEEDS } from './scenario';

async function playSeed(seed: number) {
  const chance = new Chance(seed);
  return play(makeScenario(chance), chance);
}

test('plays the same world again for the same seed', async () => {
  const [once, again, other] = [await playSeed(7), await playSeed(7), await playSeed(8)];
  expect(again.trace).toEqual(once.trace);
  expect(other.trace).not.toEqual(once.trace);
});

test('finds no broken promise in a few worlds', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    expect([seed, brokenPromises(await playSeed(seed))]).toEqual([seed, []]);
  }
});

test('finds no broken promise in a few worlds with replies', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const chance = new Chance(seed);
    expect([seed, brokenPromises(await play(asReply(makeScenario(chance)), chance))]).toEqual([seed, []]);
  }
});

test('sees a message that two processes deliver', async () => {
  const race = calmRace('json', 2);
  const chance = new Chance(1);
  // Each of them has a draft that no other process knows.
  const strangers = { ...race, transport: { ...race.transport, delivery: 'at-most-once' } as const };
  const large = { ...strangers, mail: { ...race.mail, attachments: [{ content: Buffer.alloc(3_000_001) }] } };
  const report = await play(large, chance);
  expect(brokenPromises(report)).toEqual(['the message was delivered 2 times']);
});

test('in one of the races that are played in every order the first draft sorts first, in the other it does not', async () => {
  const sortsFirst: boolean[] = [];
  for (const seed of RACE_SEEDS) {
    const { trace } = await play(calmRace('json', 2), new Chance(seed));
    const [first = '', second = ''] = trace.flatMap((line) => /create: 201 (\S+)/.exec(line)?.[1] ?? []);
    sortsFirst.push(first < second);
  }
  expect(sortsFirst).toEqual([false, true]);
});

test('every order is one where only one process sends', async () => {
  await expect(playEveryOrder(calmRace('mime', 1), 1)).resolves.toEqual({ count: 1, broken: undefined });
});
