import type { Dispatcher } from 'undici';
import { GraphTransportError, graphTransport } from '../../src/index';
import { startSandbox } from '../../src/sandbox';
import { GraphTransport as ClockedTransport } from '../../src/transport';
import { fc } from '../support/fast-check';
import { createManualClock } from '../support/manual-clock';
import { type Fate, ScriptedDispatcher, type SeenRequest } from '../support/scripted-requests';

const ID = '<order-4711@contoso.example>';
const ENDPOINT = 'https://graph.microsoft.com';

/** Tells where each request goes. */
class WatchedDispatcher extends ScriptedDispatcher {
  readonly origins: string[] = [];
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.origins.push(String(options.origin));
    return super.dispatch(options, handler);
  }
}

/** Asks for a trace, and gets these answers. */
async function ask(reply: (request: SeenRequest) => Fate, logger: object | undefined = undefined) {
  const dispatcher = new WatchedDispatcher(reply);
  const transport = graphTransport({
    userId: 'app@contoso.example',
    credential: {
      getToken: async () => ({ token: 'secret-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
    },
    dispatcher,
    retry: { attempts: 1 },
    ...(logger && Object({ logger })),
  });
  const answer = await transport.trace(ID).then(
    (traces) => ({ traces, error: undefined }),
    (error: unknown) => ({ traces: undefined, error }),
  );
  await transport.close();
  return { ...answer, origins: new Set(dispatcher.origins) };
}

const odd = fc.constantFrom(undefined, null, '', 0, false, {}, []);
const trace = fc.record(
  {
    id: fc.uuid(),
    recipientAddress: fc.emailAddress(),
    receivedDateTime: fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .chain((date) => fc.constantFrom(date.toISOString(), date.toISOString().replace('Z', '+00:00'))),
    status: fc.oneof(fc.constantFrom('delivered', 'failed', 'unknownFutureValue'), fc.string(), odd),
    subject: fc.oneof(fc.string(), odd),
    size: fc.oneof(fc.nat(), odd),
    toIP: fc.oneof(fc.ipV4(), odd),
    messageId: fc.constantFrom(ID, undefined),
    news: fc.anything(),
  },
  { requiredKeys: ['id', 'recipientAddress', 'receivedDateTime'] },
);
const host = fc.constantFrom(
  ENDPOINT,
  'https://evil.example',
  'http://127.0.0.1:1',
  'https://u:p@evil.example',
);
const runs = { numRuns: 60 };

test('every trace on every page is there once, and only Graph gets the token, wherever a link leads', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ traces: fc.array(trace, { maxLength: 3 }), host }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (pages) => {
        const reply = ({ path }: SeenRequest): Fate => {
          expect(path).toMatch(/^\/v1\.0\/admin\//);
          const at = Number(new URL(path, ENDPOINT).searchParams.get('page') ?? 0);
          const next = at + 1 < pages.length && `${pages[at]?.host}/v1.0/admin/next?page=${at + 1}`;
          const value = JSON.parse(JSON.stringify(pages[at]?.traces, (_, given) => given ?? null));
          return { status: 200, body: { value, ...(next && { '@odata.nextLink': next }) } };
        };
        const { traces, error, origins } = await ask(reply);
        expect(error).toBeUndefined();
        const sent = pages.flatMap((page) => page.traces.map((one) => `${one.id} ${one.recipientAddress}`));
        const told = traces?.map((one) => `${one.id} ${one.recipient}`) ?? [];
        expect(told.sort()).toEqual([...new Set(sent)].sort());
        for (const { size, subject } of traces ?? []) {
          expect([typeof size, typeof subject]).toEqual([
            expect.stringMatching(/number|undefined/),
            expect.stringMatching(/string|undefined/),
          ]);
        }
        expect([...origins]).toEqual([ENDPOINT]);
      },
    ),
    runs,
  );
});

test('an answer that makes no sense is an error of ours that says so, and ends', async () => {
  const spoilt = fc.record(
    {
      value: fc.oneof(fc.array(fc.oneof(trace, fc.jsonValue())), fc.jsonValue()),
      '@odata.nextLink': fc.oneof(fc.constantFrom(`${ENDPOINT}/v1.0/again`, 'no link', ''), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(spoilt, fc.jsonValue(), fc.string()), async (body) => {
      const { traces, error, origins } = await ask(() => ({ status: 200, body }));
      if (traces === undefined) {
        expect(error).toBeInstanceOf(GraphTransportError);
        expect(error).toMatchObject({ code: 'ECONNECTION', ambiguous: expect.any(Boolean) });
        expect(String(error)).not.toContain('secret-token');
      }
      expect([...origins]).toEqual([ENDPOINT]);
    }),
    runs,
  );
});

test.each([
  ['a date that is none', { receivedDateTime: 'yesterday' }],
  ['no date', { receivedDateTime: null }],
  ['no recipient', { recipientAddress: '' }],
  ['no id', { id: 7 }],
])('a trace with %s is refused', async (_, wrong) => {
  const right = { id: 'a-1', recipientAddress: 'ann@example.com', receivedDateTime: '2026-11-26T09:00:00Z' };
  expect((await ask(() => ({ status: 200, body: { value: [right] } }))).traces).toHaveLength(1);
  const { error } = await ask(() => ({ status: 200, body: { value: [{ ...right, ...wrong }] } }));
  expect(error).toMatchObject({ code: 'ECONNECTION' });
});

test('the log tells the Message-ID and how many recipients, and no address', async () => {
  const lines: string[] = [];
  const log = (...line: unknown[]) => lines.push(JSON.stringify(line));
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  const value = ['ann', 'bob'].map((name, at) => ({
    id: `a-${at}`,
    recipientAddress: `${name}@example.com`,
    receivedDateTime: '2026-11-26T09:00:00Z',
    subject: 'Confidential',
  }));
  await ask(() => ({ status: 200, body: { value } }), logger);
  const all = lines.join('\n');
  expect(all).toContain('"recipients":2');
  expect(all).toContain(ID);
  expect(all).not.toMatch(/ann@|bob@|Confidential|secret-token/);
});

test('a request that is throttled waits for as long as Exchange says', async () => {
  const sandbox = await startSandbox({ roles: ['ExchangeMessageTrace.Read.All'] });
  const clock = createManualClock();
  const sleep = jest.spyOn(clock, 'sleep');
  const transport = new ClockedTransport(sandbox.options, clock);
  const asked = () => sandbox.requests.filter(({ path }) => path.includes('/messageTraces')).length;
  sandbox.failNext('list-traces', { kind: 'answer', status: 429, retryAfter: 30 });
  const traces = transport.trace(ID);
  while (asked() < 1) await new Promise(setImmediate);
  while (!sleep.mock.calls.some(([ms]) => ms === 30_000)) await new Promise(setImmediate);
  await clock.pass(29_999);
  expect(asked()).toBe(1);
  const ended = traces.then((found) => expect(found).toEqual([]));
  for (let at = 0; at < 100 && asked() < 2; at += 1) await clock.pass(10);
  await ended;
  expect(asked()).toBe(2);
  await transport.close();
  await sandbox.close();
});
