import { SecretSource } from '../../src/auth/secret-source';
import type { Clock } from '../../src/clock';

const start = (given: ConstructorParameters<typeof SecretSource>[0]) => {
  const known: string[] = [];
  return { known, source: new SecretSource(given, 1000, (secret) => known.push(secret)) };
};

test('a secret that is given as text is known from the start, and there is no other', async () => {
  const { source, known } = start('secret-1');
  expect(known).toEqual(['secret-1']);
  expect(await source.get()).toBe('secret-1');
  expect(await source.renew('secret-1')).toBeUndefined();
});

test('a function is asked once for all that need the secret at the same time', async () => {
  let asked = 0;
  const { source, known } = start(async () => `secret-${++asked}\n`);
  expect(known).toEqual([]);
  expect(await Promise.all([source.get(), source.get()])).toEqual(['secret-1', 'secret-1']);
  expect(await source.get()).toBe('secret-1');
  expect([asked, known]).toEqual([1, ['secret-1']]);
});

test('it is asked again for a secret that was refused, but not if there is another since', async () => {
  let asked = 0;
  const { source, known } = start(() => `secret-${++asked}`);
  expect(await source.renew('secret-0')).toBe('secret-1');
  expect(await source.renew('secret-1')).toBe('secret-2');
  expect(await source.renew('secret-1')).toBe('secret-2');
  expect([asked, known]).toEqual([2, ['secret-1', 'secret-2']]);
});

test('it is asked again after it has failed', async () => {
  let asked = 0;
  const { source } = start(() => {
    if (++asked === 1) throw new Error('the vault is sealed');
    return 'secret-2';
  });
  await expect(source.get()).rejects.toMatchObject({
    code: 'EAUTH',
    retryable: true,
    message: expect.stringContaining('The clientSecret function failed: the vault is sealed.'),
  });
  expect(await source.get()).toBe('secret-2');
});

test.each([
  ['an empty string', '" "'],
  ['object', '{"secret":"secret-1"}'],
  ['number', '17'],
])('it must return a secret, and %s is none', async (what, json) => {
  await expect(start(() => JSON.parse(json)).source.get()).rejects.toMatchObject({
    code: 'ECONFIG',
    permanent: true,
    message: expect.stringContaining(`must return a string, got ${what}.`),
  });
});

test('a function that returns nothing in time has failed for now, and its timer keeps no process alive', async () => {
  const timers: { ms: number; inBackground?: boolean | undefined; isStopped: boolean }[] = [];
  let end = () => {};
  const clock: Clock = {
    now: () => 0,
    random: () => 0,
    sleep: async () => undefined,
    timer(ms, act, inBackground) {
      const timer = { ms, inBackground, isStopped: false };
      timers.push(timer);
      end = act;
      return () => {
        timer.isStopped = true;
      };
    },
  };
  let answer = (_secret: string) => {};
  const given = () =>
    new Promise<string>((resolve) => {
      answer = resolve;
    });
  const source = new SecretSource(given, 1000, () => undefined, clock);
  const asked = source.get();
  end();
  await expect(asked).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    retryable: true,
    message: expect.stringContaining('The clientSecret function returned no secret within 1000 ms.'),
  });
  const again = source.get();
  answer('secret-2');
  expect(await again).toBe('secret-2');
  const timer = { ms: 1000, inBackground: true, isStopped: true };
  expect(timers).toEqual([timer, timer]);
});
