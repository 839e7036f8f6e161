import nodemailer from 'nodemailer';
import { type GraphTransport, type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox';
import { GraphTransport as ClockedTransport } from '../../src/transport';
import { createManualClock } from '../support/manual-clock';

const TRACE = 'ExchangeMessageTrace.Read.All';
const DAY_MS = 24 * 60 * 60 * 1000;
const LIST = '/v1.0/admin/exchange/tracing/messageTraces';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface World {
  sandbox: RunningSandbox;
  transport: GraphTransport;
  send(...to: string[]): Promise<string>;
  /** The requests for traces so far, as their statuses. */
  asked(): number[];
}

async function start(options: SandboxOptions = {}, given: GraphTransportOptions = {}): Promise<World> {
  const sandbox = await startSandbox({ roles: ['Mail.Send', TRACE], ...options });
  open.push(() => sandbox.close());
  const transport = graphTransport({ ...sandbox.options, retry: { maxDelay: 1 }, ...given });
  open.push(() => transport.close());
  const sender = graphTransport(sandbox.options);
  open.push(() => sender.close());
  return {
    sandbox,
    transport,
    async send(...to) {
      const message = { to, subject: 'Rechnung für Groß', text: 'Hello' };
      return (await nodemailer.createTransport(sender).sendMail(message)).messageId;
    },
    asked: () => sandbox.requests.filter(({ path }) => path.startsWith(LIST)).map(({ status }) => status),
  };
}

test('tells the status of each recipient', async () => {
  const { transport, send } = await start();
  await send('other@example.com');
  const messageId = await send(
    'hard@bounce.test',
    'delayed@bounce.test',
    'expanded@bounce.test',
    'sales@contoso.example',
    'kim@example.com',
  );
  const traces = await transport.trace(messageId);
  expect(traces.map(({ recipient, status }) => [recipient, status])).toEqual([
    ['delayed@bounce.test', 'pending'],
    ['expanded@bounce.test', 'expanded'],
    ['hard@bounce.test', 'failed'],
    ['kim@example.com', 'delivered'],
    ['sales@contoso.example', 'delivered'],
  ]);
  expect(traces[3]).toEqual({
    recipient: 'kim@example.com',
    status: 'delivered',
    receivedAt: expect.any(Date),
    subject: 'Rechnung für Groß',
    fromIP: '192.0.2.25',
    toIP: '198.51.100.25',
    size: expect.any(Number),
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(traces[4]?.toIP).toBeUndefined();
});

test('tells the steps of each recipient on demand, an apostrophe in the address included', async () => {
  const { transport, send, asked } = await start();
  const messageId = await send("o'brien@example.com", 'full@bounce.test');
  const traces = await transport.trace(messageId, { details: true });
  expect(traces.map(({ details }) => details?.map(({ event }) => event))).toEqual([
    ['Receive', 'Fail'],
    ['Receive', 'Deliver'],
  ]);
  expect(traces[0]?.details?.[1]).toMatchObject({
    at: expect.any(Date),
    action: undefined,
    description: expect.stringMatching(/mailbox full/),
  });
  expect(asked()).toEqual([200, 200, 200]);
});

test.each(["<it's@contoso.example>", "<a' or messageId ne '@contoso.example>"])(
  '%s is asked for as it is, or refused',
  async (messageId) => {
    const { sandbox, transport } = await start();
    const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
    await transporter.sendMail({ messageId: "<it's@contoso.example>", to: 'kim@example.com', text: 'Hello' });
    const traces = transport.trace(messageId);
    await (messageId.includes(' ')
      ? expect(traces).rejects.toMatchObject({ code: 'EMESSAGE' })
      : expect(traces).resolves.toHaveLength(1));
    transporter.close();
  },
);

test('a message that has no trace yet has none, and a Message-ID may come without <>', async () => {
  let later = 0;
  const { transport, send } = await start({ traceDelay: 300_000, now: () => Date.now() + later });
  const messageId = await send('kim@example.com');
  expect(await transport.trace(messageId)).toEqual([]);
  later += 300_000;
  expect(await transport.trace(messageId.slice(1, -1))).toHaveLength(1);
});

test('reads all pages', async () => {
  const { transport, send, asked } = await start({ pageSize: 2 });
  const to = Array.from({ length: 5 }, (_, at) => `kim${at}@example.com`);
  const traces = await transport.trace(await send(...to));
  expect(traces.map(({ recipient }) => recipient)).toEqual(to);
  expect(asked()).toEqual([200, 200, 200]);
});

test.each([
  [1, 1],
  [10, 1],
  [25, 3],
  [90, 9],
])('%d days back are %d requests, and each trace is there once', async (days, requests) => {
  const { transport, send, asked } = await start();
  const messageId = await send('kim@example.com');
  const since = new Date(Date.now() - days * DAY_MS + 1000);
  expect(await transport.trace(messageId, { since })).toHaveLength(1);
  expect(asked()).toEqual(Array(requests).fill(200));
});

test.each([
  ['more than 90 days ago', { since: new Date(Date.now() - 91 * DAY_MS) }, /90 days/],
  ['in the future', { since: new Date(Date.now() + DAY_MS) }, /future/],
  ['no date', { since: 'last week' }, /must be a date/],
])('a since that is %s is ECONFIG, before any request', async (_, options, message) => {
  const { transport, asked } = await start();
  await expect(transport.trace('<a@b.example>', options)).rejects.toMatchObject({
    code: 'ECONFIG',
    message: expect.stringMatching(message),
  });
  expect(asked()).toEqual([]);
});

test('an unknown option is refused with the one that was meant', async () => {
  const { transport } = await start();
  await expect(transport.trace('<a@b.example>', Object({ detail: true }))).rejects.toThrow(
    /Did you mean "details"/,
  );
});

test.each(['usgov', 'usgov-dod', 'china'] as const)(
  'in the cloud %s it is ECONFIG, before any request',
  async (cloud) => {
    const identity = {
      tenantId: 'contoso.example',
      clientId: 'a',
      clientSecret: 'secret',
      userId: 'a@b.example',
    };
    const dispatch = jest.fn();
    const transport = graphTransport({ ...identity, cloud, dispatcher: Object({ dispatch }) });
    await expect(transport.trace('<a@b.example>')).rejects.toMatchObject({
      code: 'ECONFIG',
      hint: expect.stringMatching(/global cloud/),
    });
    expect(dispatch).not.toHaveBeenCalled();
    await transport.close();
  },
);

test('a missing permission is EAUTH, and is named', async () => {
  const { transport } = await start({ roles: ['Mail.Send'] });
  await expect(transport.trace('<a@b.example>')).rejects.toMatchObject({
    code: 'EAUTH',
    responseCode: 403,
    ambiguous: false,
    hint: expect.stringMatching(/ExchangeMessageTrace\.Read\.All/),
  });
});

test('a missing service principal is EAUTH, with the command that creates it', async () => {
  const { transport } = await start({ traceServicePrincipal: false });
  await expect(transport.trace('<a@b.example>')).rejects.toMatchObject({
    code: 'EAUTH',
    responseCode: 401,
    hint: expect.stringMatching(/New-MgServicePrincipal -AppId 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373/),
  });
});

test('a request that is throttled, fails or breaks off is made again', async () => {
  const { sandbox, transport, send } = await start();
  const messageId = await send('kim@example.com');
  sandbox.failNext('list-traces', { kind: 'answer', status: 429 });
  sandbox.failNext('list-traces', { kind: 'answer', status: 503 });
  sandbox.failNext('list-traces', { kind: 'reset', when: 'before' });
  sandbox.failNext('trace-details', { kind: 'reset', when: 'after' });
  const [trace] = await transport.trace(messageId, { details: true });
  expect(trace?.details).toHaveLength(2);
});

test('a failure for good says that nothing is in doubt', async () => {
  const { sandbox, transport } = await start({}, { retry: { attempts: 1 } });
  sandbox.failNext('list-traces', { kind: 'reset', when: 'after' });
  await expect(transport.trace('<a@b.example>')).rejects.toMatchObject({ ambiguous: false, retryable: true });
});

test('the 101st request in five minutes waits for its turn, over all calls', async () => {
  const clock = createManualClock();
  const { sandbox, asked } = await start();
  const transport = new ClockedTransport({ ...sandbox.options, timeout: 60_000 }, clock);
  open.push(() => transport.close());
  for (let call = 0; call < 100; call++) await transport.trace('<a@b.example>');
  const signal = new AbortController();
  const aborted = transport.trace('<a@b.example>', { signal: signal.signal });
  signal.abort();
  await expect(aborted).rejects.toMatchObject({ code: 'EABORT' });
  const last = transport.trace('<a@b.example>');
  await clock.pass(5 * 60 * 1000 - 1);
  expect(asked()).toHaveLength(100);
  await clock.pass(1);
  // The sandbox, which has another clock, refuses it.
  await expect(Promise.race([last, until(() => asked().length > 100)])).resolves.toBeUndefined();
  await transport.close();
  await expect(last).rejects.toMatchObject({ code: expect.stringMatching(/EABORT|ETIMEDOUT/) });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the option trace', () => {
  /** Tokens that may do nothing. */
  const weak = {
    getToken: async () => ({ token: 'weak-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };

  test('has the app that asks for traces', async () => {
    const { sandbox, send } = await start();
    const { tenantId, clientId, clientSecret, ...rest } = sandbox.options;
    const transport = graphTransport({
      userId: rest.userId,
      graphEndpoint: rest.graphEndpoint,
      authorityHost: rest.authorityHost,
      credential: weak,
      trace: { tenantId, clientId, clientSecret },
    });
    open.push(() => transport.close());
    expect(await transport.trace(await send('kim@example.com'))).toHaveLength(1);
  });

  test('may be a credential, whose token reaches no error', async () => {
    const { transport } = await start({}, { trace: { credential: weak } });
    const error: unknown = await transport.trace('<a@b.example>').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'EAUTH', responseCode: 401 });
    expect(JSON.stringify(error) + String(error)).not.toContain('weak-token');
  });

  test('that Entra does not know is told as Entra tells it, without the secret', async () => {
    const { sandbox } = await start();
    const trace = { clientId: '6f0c1c9e-0000-4000-8000-000000000000', clientSecret: 'S3cret~value' };
    const transport = graphTransport({ ...sandbox.options, trace });
    open.push(() => transport.close());
    await expect(transport.trace('<a@b.example>')).rejects.toMatchObject({
      code: 'EAUTH',
      graphCode: 'AADSTS700016',
      hint: expect.not.stringMatching(/message trace|S3cret~value/),
    });
  });

  test.each([
    [{ clientId: 'a' }, /trace\.clientSecret must be/],
    [{ clientSecret: 'S3cret~value' }, /trace\.clientId is missing/],
    [{ clientId: 'a', clientSecret: 'S3cret~value', secret: 'x' }, /trace\.secret/],
    [{ credential: {} }, /TokenCredential/],
    [{ credential: weak, clientId: 'a' }, /not both/],
    ['S3cret~value', /must be an object/],
  ])('%j is ECONFIG', async (trace, message) => {
    const { sandbox } = await start();
    const create = () => graphTransport(Object({ ...sandbox.options, trace }));
    expect(create).toThrow(message);
    expect(create).not.toThrow(/S3cret~value/);
  });
});
