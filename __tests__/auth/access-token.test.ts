import { AccessTokenSource } from '../../src/auth/access-token';
import { toTokenError } from '../../src/auth/token-error';
import { createManualClock } from '../support/manual-clock';

const FAR_OFF = Number.MAX_SAFE_INTEGER;

/** A credential whose answers come when they are told to, each token named for what was asked. */
function heldCredential() {
  const asked: { claims: string; answer(): void; refuse(): void }[] = [];
  let forgotten = 0;
  return {
    asked,
    forgotten: () => forgotten,
    credential: {
      forget() {
        forgotten++;
      },
      getToken: (_scope: string | string[], { claims = 'none' }: { claims?: string } = {}) =>
        new Promise<{ token: string; expiresOnTimestamp: number }>((resolve, reject) => {
          const token = `${claims}-${asked.length + 1}`;
          asked.push({
            claims,
            answer: () => resolve({ token, expiresOnTimestamp: FAR_OFF }),
            refuse: () => reject(new Error('AADSTS53003: No.')),
          });
        }),
    },
  };
}

const start = () => {
  const held = heldCredential();
  return { ...held, tokens: new AccessTokenSource(held.credential, 'https://graph.example/.default') };
};

test('asks once for all that want any token', async () => {
  const { tokens, asked } = start();
  const all = Promise.all([tokens.get(), tokens.get(), tokens.get()]);
  asked[0]?.answer();
  expect(await all).toEqual(['none-1', 'none-1', 'none-1']);
  expect(asked).toHaveLength(1);
});

test('asks for claims though a request without them is under way', async () => {
  const { tokens, asked } = start();
  const plain = tokens.get();
  const challenged = tokens.renew('old', '{"nbf":1}');
  expect(asked.map(({ claims }) => claims)).toEqual(['none', '{"nbf":1}']);
  for (const { answer } of asked) answer();
  expect(await Promise.all([plain, challenged])).toEqual(['none-1', '{"nbf":1}-2']);
});

test('asks once for all that want the same claims, and serves those who want none with it', async () => {
  const { tokens, asked } = start();
  const all = Promise.all([tokens.renew('old', 'a'), tokens.renew('old', 'a'), tokens.get()]);
  asked[0]?.answer();
  expect(await all).toEqual(['a-1', 'a-1', 'a-1']);
  expect(asked).toHaveLength(1);
});

test('keeps the token that was asked for last, whichever comes last', async () => {
  const { tokens, asked } = start();
  const plain = tokens.get();
  const challenged = tokens.renew('old', 'a');
  asked[1]?.answer();
  await challenged;
  asked[0]?.answer();
  await plain;
  expect(await tokens.get()).toBe('a-2');
});

test('does not take a token that was renewed without claims for one that has them', async () => {
  const { tokens, asked } = start();
  const renewed = tokens.renew('old');
  asked[0]?.answer();
  await renewed;
  const challenged = tokens.renew('old', 'a');
  expect(asked).toHaveLength(2);
  asked[1]?.answer();
  expect(await challenged).toBe('a-2');
  expect(await tokens.renew('old', 'a')).toBe('a-2');
  expect(await tokens.renew('old')).toBe('a-2');
  expect(asked).toHaveLength(2);
});

test('asks again after a request that failed', async () => {
  const { tokens, asked } = start();
  const first = tokens.get();
  asked[0]?.refuse();
  await expect(first).rejects.toMatchObject({ code: 'EAUTH', graphCode: 'AADSTS53003' });
  const second = tokens.get();
  asked[1]?.answer();
  expect(await second).toBe('none-2');
});

test('has a new token made for claims, and for a token that was refused', async () => {
  const { tokens, asked, forgotten } = start();
  const plain = tokens.get();
  asked[0]?.answer();
  await plain;
  expect(forgotten()).toBe(0);
  const renewed = tokens.renew('none-1');
  asked[1]?.answer();
  await renewed;
  expect(forgotten()).toBe(1);
});

test('asks for a new token to see what it permits now, though there is a good one', async () => {
  const { tokens, asked, forgotten } = start();
  const plain = tokens.get();
  asked[0]?.answer();
  await plain;
  const fresh = tokens.fresh();
  expect([asked.length, forgotten()]).toEqual([2, 1]);
  asked[1]?.answer();
  expect([await fresh, await tokens.get()]).toEqual(['none-2', 'none-2']);
});

test('keeps its token if another one lacks rights, or there is none', async () => {
  let today = 1_000_000;
  const clock = { ...createManualClock(), date: () => today };
  const { credential, asked, forgotten } = heldCredential();
  const tokens = new AccessTokenSource(credential, 'scope', undefined, clock);
  tokens.distrust('older');
  const first = tokens.get();
  asked[0]?.answer();
  await first;
  today += 10 * 60_000;
  tokens.distrust('older');
  expect([await tokens.get(), forgotten()]).toEqual(['none-1', 0]);
});

test('says so when a credential has no token', async () => {
  const tokens = new AccessTokenSource({ getToken: async () => null, forget() {} }, 'scope');
  await expect(tokens.get()).rejects.toMatchObject({
    code: 'EAUTH',
    message: expect.stringMatching(/credential returned none/),
  });
});

test('goes by the clock that it is given: a token lasts until five minutes before its end', async () => {
  let today = 1_000_000;
  const clock = { ...createManualClock(), date: () => today };
  let asked = 0;
  const getToken = async () => ({ token: `token-${++asked}`, expiresOnTimestamp: today + 3_600_000 });
  const tokens = new AccessTokenSource({ getToken, forget() {} }, 'scope', undefined, clock);
  expect(await tokens.get()).toBe('token-1');
  today += 3_300_000 - 1;
  expect(await tokens.get()).toBe('token-1');
  today += 1;
  expect(await tokens.get()).toBe('token-2');
});

test('goes by that clock when it distrusts a token that lacks rights', async () => {
  let today = 1_000_000;
  const clock = { ...createManualClock(), date: () => today };
  let asked = 0;
  const getToken = async () => ({ token: `token-${++asked}`, expiresOnTimestamp: FAR_OFF });
  const tokens = new AccessTokenSource({ getToken, forget() {} }, 'scope', undefined, clock);
  await tokens.get();
  today += 5 * 60_000 - 1;
  tokens.distrust('token-1');
  expect(await tokens.get()).toBe('token-1');
  today += 1;
  tokens.distrust('token-1');
  expect(await tokens.get()).toBe('token-2');
});

test('counts from that clock how long an Entra that names a date asks to wait', () => {
  const clock = { ...createManualClock(), date: () => Date.UTC(2026, 0, 1, 12, 0, 0) };
  const last = { status: 503, requestId: undefined, retryAfter: 'Thu, 01 Jan 2026 12:00:30 GMT' };
  expect(toTokenError(new Error('busy'), 'https://login.example', { last, clock })).toMatchObject({
    code: 'ECONNECTION',
    retryAfter: 30_000,
  });
});
