import nodemailer from 'nodemailer';
import { type Bounce, type BounceIterator, type GraphTransport, graphTransport } from '../../src/index';
import { createSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox';
import { sandboxCredential } from '../support/sandbox-credential';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Unless the clock is given, each mail has a second of its own, and so a place in the order of reports. */
async function start(options: SandboxOptions = {}, given: object = {}) {
  let now = 1_800_000_000_000;
  const sandbox = await startSandbox({ now: () => now, ...options });
  open.push(() => sandbox.close());
  const transport = graphTransport({ ...sandbox.options, retry: { maxDelay: 1 }, ...given });
  open.push(() => transport.close());
  const transporter = nodemailer.createTransport(transport);
  const send = (...to: string[]) => {
    now += 1000;
    return transporter.sendMail({ to, subject: 'Hello', text: 'Hello' });
  };
  return { sandbox, transport, send };
}

const bounce = (count: number) => Array.from({ length: count }, (_, at) => `hard+${at}@bounce.test`);

async function all(bounces: AsyncIterable<Bounce>): Promise<string[]> {
  const recipients: string[] = [];
  for await (const { recipient } of bounces) recipients.push(recipient);
  return recipients;
}

async function drained(bounces: BounceIterator): Promise<{ recipients: string[]; token: string }> {
  return { recipients: await all(bounces), token: bounces.token };
}

/** Reads like an app that is killed after each bounce, and knows only the token that it stored. */
async function readWithCrashes(transport: GraphTransport, since?: string): Promise<string[]> {
  const seen: string[] = [];
  for (let token = since; ; ) {
    const { done, value } = await transport.bounces({ since: token }).next();
    if (done) return seen;
    seen.push(value.recipient);
    token = value.token;
  }
}

describe('a token', () => {
  test.each<[string, SandboxOptions]>([
    ['reports of one second', { now: () => 1_800_000_000_000 }],
    ['pages of one message', { pageSize: 1 }],
    ['empty pages', { emptyPages: true, pageSize: 2 }],
    ['milliseconds', { timePrecision: 'milliseconds' }],
  ])(
    'loses nothing and repeats nothing if the app crashes after each bounce, with %s',
    async (_, options) => {
      const { transport, send } = await start(options);
      for (let at = 0; at < 5; at++)
        await send(`hard+${at}@bounce.test`, `full+${at}@bounce.test`, `full+x${at}@bounce.test`);
      const seen = await readWithCrashes(transport);
      expect(new Set(seen).size).toBe(15);
      expect(seen).toHaveLength(15);
    },
  );

  test('of a drained iterator leads to what arrives later, even in the same second', async () => {
    const { transport, send } = await start({ now: () => 1_800_000_000_000 });
    const none = await drained(transport.bounces());
    expect(none.recipients).toEqual([]);
    await send(...bounce(2));
    const two = await drained(transport.bounces({ since: none.token }));
    expect(two.recipients).toEqual(bounce(2));
    await send('full@bounce.test');
    const one = await drained(transport.bounces({ since: two.token }));
    expect(one.recipients).toEqual(['full@bounce.test']);
    expect((await drained(transport.bounces({ since: one.token }))).recipients).toEqual([]);
  });

  test('finds a report that a search showed late', async () => {
    let now = 1_800_000_000_000;
    const { transport, send } = await start({ now: () => now, searchDelay: { sentItems: { finds: 2 } } });
    await send('hard+late@bounce.test');
    const first = await drained(transport.bounces());
    now += 60_000;
    await send('hard+next@bounce.test');
    const seen = [...first.recipients];
    let { token } = first;
    for (let round = 0; round < 5; round++) {
      const more = await drained(transport.bounces({ since: token }));
      seen.push(...more.recipients);
      token = more.token;
    }
    expect(seen.sort()).toEqual(['hard+late@bounce.test', 'hard+next@bounce.test']);
  });

  test('stays short, however many reports there were', async () => {
    let now = 1_800_000_000_000;
    const { transport, send } = await start({ now: () => now, maxMessages: 10_000 });
    for (let at = 0; at < 30; at++) {
      await send(`hard+${at}@bounce.test`);
      now += 120_000;
    }
    const { token, recipients } = await drained(transport.bounces());
    expect(recipients).toHaveLength(30);
    expect(token.length).toBeLessThan(300);
    expect(token).toMatch(/^[\w.-]+$/);
  });
});

describe('since', () => {
  test('leaves out reports from before a date, to the second', async () => {
    let now = Date.parse('2026-11-26T09:00:00.900Z');
    const { transport, send } = await start({ now: () => now });
    await send('hard+old@bounce.test');
    now = Date.parse('2026-11-26T09:00:05.200Z');
    await send('hard+new@bounce.test');
    const since = new Date('2026-11-26T09:00:05.900Z');
    expect(await all(transport.bounces({ since }))).toEqual(['hard+new@bounce.test']);
  });

  test.each<[string, unknown]>([
    ['an invalid date', new Date(Number.NaN)],
    ['a text', 'yesterday'],
    ['a token that was cut', 'bounces1.eyJmIjoxNz'],
    ['a number', 1_800_000_000_000],
  ])('is refused with ECONFIG if it is %s', async (_, since) => {
    const { transport } = await start();
    await expect(all(Reflect.apply(transport.bounces, transport, [{ since }]))).rejects.toMatchObject({
      name: 'GraphTransportError',
      code: 'ECONFIG',
      message: expect.stringMatching(/since must be a Date or the token of a bounce/),
    });
  });
});

describe('options', () => {
  test('of an unknown name are refused with ECONFIG', async () => {
    const { transport } = await start();
    const read = all(Reflect.apply(transport.bounces, transport, [{ sinse: new Date() }]));
    await expect(read).rejects.toMatchObject({ code: 'ECONFIG', message: expect.stringMatching(/"since"/) });
  });

  test('name the mailbox, where the transport has a function for it', async () => {
    const { sandbox, transport, send } = await start({}, { userId: () => 'app@contoso.example' });
    await send('hard@bounce.test');
    await expect(all(transport.bounces())).rejects.toMatchObject({ code: 'ECONFIG' });
    expect(await all(transport.bounces({ userId: sandbox.options.userId }))).toEqual(['hard@bounce.test']);
  });
});

describe('faults', () => {
  test('of any read-only request are waited out', async () => {
    const { sandbox, transport, send } = await start();
    await send(...bounce(30));
    await send('full@bounce.test');
    sandbox.failNext('find-messages', { kind: 'answer', status: 429, retryAfter: 0 });
    sandbox.failNext('find-messages', { kind: 'reset', when: 'after' });
    sandbox.failNext('read-message', { kind: 'answer', status: 503 });
    sandbox.failNext('read-message', { kind: 'cut', in: 'body' });
    sandbox.failNext('read-message', { kind: 'reset', when: 'before' });
    expect(await all(transport.bounces())).toEqual([...bounce(30), 'full@bounce.test']);
    expect(sandbox.faults).toEqual([]);
  });

  test('that stay end the iterator, and the token goes on from there', async () => {
    const { sandbox, transport, send } = await start({}, { retry: { attempts: 2, maxDelay: 1 } });
    await send('hard@bounce.test');
    await send('full@bounce.test');
    sandbox.failNext('read-message', { kind: 'answer', status: 503 }, { skip: 1, times: 2 });
    const bounces = transport.bounces();
    await expect(bounces.next()).resolves.toMatchObject({ value: { recipient: 'hard@bounce.test' } });
    await expect(bounces.next()).rejects.toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
      ambiguous: false,
    });
    expect(await all(transport.bounces({ since: bounces.token }))).toEqual(['full@bounce.test']);
  });

  test('a report that was deleted meanwhile is passed over', async () => {
    const { sandbox, transport, send } = await start();
    await send('hard@bounce.test');
    await send('full@bounce.test');
    sandbox.failNext('read-message', { kind: 'answer', status: 404, code: 'ErrorItemNotFound' });
    expect(await all(transport.bounces())).toEqual(['full@bounce.test']);
  });

  test('a missing permission names the one that is needed', async () => {
    const { transport } = await start({ roles: ['Mail.Send'] });
    await expect(all(transport.bounces())).rejects.toMatchObject({
      code: 'EAUTH',
      hint: expect.stringMatching(/Mail\.Read /),
    });
  });

  test('Mail.Read is enough', async () => {
    const { transport, send } = await start({ roles: ['Mail.Send', 'Mail.Read'] });
    await send('hard@bounce.test');
    expect(await all(transport.bounces())).toEqual(['hard@bounce.test']);
  });

  test('a signal ends the reading with EABORT', async () => {
    const { transport, send } = await start();
    await send('hard@bounce.test');
    await send('full@bounce.test');
    const abort = new AbortController();
    const bounces = transport.bounces({ signal: abort.signal });
    await bounces.next();
    abort.abort();
    await expect(bounces.next()).rejects.toMatchObject({
      code: 'EABORT',
      message: expect.stringMatching(/^Reading the reports was aborted/),
    });
  });

  test('a transport that is closed reads no more', async () => {
    const { transport } = await start();
    await transport.close();
    await expect(all(transport.bounces())).rejects.toMatchObject({ code: 'EABORT' });
  });

  test('no log line has what a report says', async () => {
    const lines: string[] = [];
    const log = (...entry: unknown[]) => void lines.push(JSON.stringify(entry));
    const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
    const { transport, send } = await start({}, { logger, debug: true });
    await send('hard@bounce.test');
    await all(transport.bounces());
    expect(lines.join('\n')).toContain('hard@bounce.test');
    expect(lines.join('\n')).not.toMatch(/RESOLVER|postmaster@/);
  });
});

test('a link to the next page never leads the token to another host', async () => {
  const sandbox = createSandbox();
  const hosts = new Set<string>();
  const { MockAgent } = jest.requireActual<typeof import('undici')>('undici');
  const agent = new MockAgent();
  agent.disableNetConnect();
  const { graphEndpoint, userId } = sandbox.options;
  const answers = [{ value: [], '@odata.nextLink': 'https://evil.example/v1.0/next' }, { value: [] }];
  agent
    .get(graphEndpoint)
    .intercept({ path: () => true, method: 'GET' })
    .reply(({ origin }) => {
      hosts.add(String(origin));
      return { statusCode: 200, data: JSON.stringify(answers.shift()) };
    })
    .times(2);
  const transport = graphTransport({
    userId,
    credential: await sandboxCredential(sandbox),
    dispatcher: agent,
  });
  expect(await all(transport.bounces())).toEqual([]);
  expect([...hosts]).toEqual([graphEndpoint]);
  expect(answers).toEqual([]);
  await transport.close();
});
