import nodemailer, { type SendMailOptions } from 'nodemailer';
import { Agent } from 'undici';
import { type Clock, systemClock } from '../../src/clock';
import type { GraphTransportOptions } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { GraphTransport } from '../../src/transport';
import { sandboxCredential } from '../support/sandbox-credential';

/** How long `sendMail` waits for the copy, as documented. */
const MAX_WAIT_MS = 5000;

let sandbox: RunningSandbox;
let pauses: number[];
/** Ends the wait for the copy, as if its time were over. */
let runOut: () => void;
let clock: Clock;

beforeEach(() => {
  let now = 0;
  pauses = [];
  runOut = () => undefined;
  clock = {
    now: () => now,
    random: () => 0.5,
    async sleep(ms) {
      now += ms;
      if (ms > 0) pauses.push(ms);
    },
    timer(ms, act) {
      if (ms === MAX_WAIT_MS) runOut = act;
      return () => undefined;
    },
  };
});
afterEach(() => sandbox.close());

const start = async (options: StartSandboxOptions = {}) => {
  sandbox = await startSandbox(options);
};
const mail: SendMailOptions = {
  messageId: '<letter-1@contoso.example>',
  to: 'ann@example.com',
  subject: 'Plans',
  text: 'Here they are',
};
const ROUTES = {
  draft: { ...mail, attachments: [{ filename: 'plan.bin', content: Buffer.alloc(3_100_000, 'plan') }] },
  mime: { ...mail, graph: { format: 'mime' } },
} satisfies Record<string, SendMailOptions>;
const routes = ['draft', 'mime'] as const;

const create = (options: GraphTransportOptions = {}) =>
  new GraphTransport({ ...sandbox.options, saveToSentItems: false, ...options }, clock);
const send = (message: SendMailOptions, options?: GraphTransportOptions) =>
  nodemailer.createTransport(create(options)).sendMail(message);

async function tokenOfSandbox(): Promise<string> {
  const credential = await sandboxCredential(sandbox);
  return (await credential.getToken()).token;
}

/** The Message-IDs in a folder, as an app with Mail.Read sees them. */
async function messagesIn(folder: string): Promise<string[]> {
  const { graphEndpoint, userId } = sandbox.options;
  const answer = await fetch(`${graphEndpoint}/v1.0/users/${userId}/mailFolders/${folder}/messages`, {
    headers: { authorization: `Bearer ${await tokenOfSandbox()}` },
  });
  const { value } = await answer.json();
  return value.map(({ internetMessageId }: { internetMessageId: string }) => internetMessageId);
}

/** Until the requests that are to fail have come. */
async function faultsAreMet(): Promise<void> {
  while (sandbox.faults.length > 0) await new Promise((resolve) => setImmediate(resolve));
}

const deletions = () =>
  sandbox.requests
    .filter(({ path }) => path.endsWith('/permanentDelete'))
    .map(({ method, status }) => `${method} ${status}`);

const left = (why: string) => [`saveToSentItems: false, because the copy may still be there: ${why}`];

describe.each(routes)('saveToSentItems: false on the route %s', (route) => {
  test('leaves no copy in Sent Items, nor in Deleted Items', async () => {
    await start({ deleteLeadsTo: 'deletedItems' });
    const info = await send(ROUTES[route]);
    expect(info).toMatchObject({ route, dropped: [], sentItem: undefined, attempts: 1 });
    expect(await messagesIn('sentitems')).toEqual([]);
    expect(await messagesIn('deleteditems')).toEqual([]);
    expect(sandbox.messages).toHaveLength(1);
    expect(deletions()).toEqual(['POST 204']);
    expect(pauses).toEqual([]);
  });

  test('leaves alone what was sent before with that Message-ID, and everything else', async () => {
    let now = Date.now() - 3_600_000;
    await start({ now: () => now });
    await send(ROUTES[route], { saveToSentItems: true });
    await send({ ...mail, messageId: '<LETTER-1@contoso.example>' }, { saveToSentItems: true });
    now = Date.now() + 60_000;
    await send({ ...mail, messageId: '<Letter-1@contoso.example>' }, { saveToSentItems: true });
    expect((await send(ROUTES[route])).dropped).toEqual([]);
    expect((await messagesIn('sentitems')).sort()).toEqual([
      '<LETTER-1@contoso.example>',
      '<Letter-1@contoso.example>',
      '<letter-1@contoso.example>',
    ]);
  });

  test('waits for a copy that the mailbox shows late', async () => {
    await start({ searchDelay: { sentItems: { finds: 3 } } });
    expect((await send(ROUTES[route])).dropped).toEqual([]);
    expect(pauses).toEqual([500, 500, 1000]);
    expect(await messagesIn('sentitems')).toEqual([]);
  });

  test('gives up within five seconds if the mailbox never shows the copy', async () => {
    await start({ searchDelay: { sentItems: { finds: 99 } } });
    const warnings: string[] = [];
    const say = () => undefined;
    const logger = {
      ...{ level: say, trace: say, debug: say, info: say, error: say, fatal: say },
      warn: (...args: unknown[]) => warnings.push(args.slice(1).join(' ')),
    };
    const info = await send(ROUTES[route], { logger });
    expect(info.dropped).toEqual(left('Sent Items did not show it in time'));
    expect(pauses).toEqual([500, 500, 1000, 2000]);
    expect(warnings).toEqual([expect.stringContaining('Sent Items did not show it in time')]);
    expect(deletions()).toEqual([]);
  });

  test('is told which permission it lacks, and the message is sent', async () => {
    await start();
    sandbox.failNext('delete-message', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
    const info = await send(ROUTES[route]);
    expect(info.dropped).toEqual(left('deleting it needs the application permission Mail.ReadWrite'));
    expect(pauses).toEqual([]);
    expect(sandbox.messages).toHaveLength(1);
  });

  test.each([
    ['was not found by its id', { kind: 'answer', status: 404, code: 'ErrorItemNotFound' }],
    ['could not be changed for a moment', { kind: 'answer', status: 412, code: 'ErrorIrresolvableConflict' }],
    ['met an error of the service', { kind: 'answer', status: 503 }],
    ['met a throttled mailbox', { kind: 'answer', status: 429, retryAfter: 2 }],
    ['met a broken connection', { kind: 'reset', when: 'before' }],
    ['was carried out and not answered', { kind: 'reset', when: 'after' }],
  ] as const)('succeeds if the first deletion %s', async (_, fault) => {
    await start();
    sandbox.failNext('delete-message', fault);
    expect((await send(ROUTES[route])).dropped).toEqual([]);
    expect(await messagesIn('sentitems')).toEqual([]);
    expect(pauses).toEqual(['retryAfter' in fault ? 2000 : 500]);
  });

  test.each([
    ['answer 404', { kind: 'answer', status: 404, code: 'ErrorItemNotFound' }, '404 ErrorItemNotFound'],
    ['answer 400', { kind: 'answer', status: 400, code: 'BadRequest' }, '400 BadRequest'],
    ['answer 503', { kind: 'answer', status: 503, code: 'ServiceUnavailable' }, '503 ServiceUnavailable'],
    [
      'answer 429 and ask for a long wait',
      { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 60 },
      '429 ApplicationThrottled',
    ],
  ] as const)('says so if all deletions %s', async (_, fault, answer) => {
    await start();
    sandbox.failNext('delete-message', fault, { times: 99 });
    const info = await send(ROUTES[route]);
    expect(info.dropped).toEqual(left(`Graph answered ${answer}`));
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(MAX_WAIT_MS);
    expect(await messagesIn('sentitems')).toEqual(['<letter-1@contoso.example>']);
  });

  test('does not take a search without an answer for a deletion', async () => {
    await start({ searchDelay: { sentItems: { finds: 99 } } });
    sandbox.failNext('find-messages', { kind: 'reset', when: 'after' });
    expect((await send(ROUTES[route])).dropped).toEqual(left('Sent Items did not show it in time'));
  });

  test('ends the wait for a service that says nothing', async () => {
    await start();
    sandbox.failNext('delete-message', { kind: 'silence', when: 'before' });
    const sending = send(ROUTES[route]);
    await faultsAreMet();
    runOut();
    expect((await sending).dropped).toEqual(left('Graph did not answer in time'));
  });

  test.each(['delete-message', 'find-messages'] as const)(
    'ends with the send at %s, which has succeeded all the same',
    async (request) => {
      await start();
      sandbox.failNext(request, { kind: 'silence', when: 'before' });
      const abort = new AbortController();
      const sending = send({ ...ROUTES[route], signal: abort.signal });
      await faultsAreMet();
      abort.abort();
      expect(await sending).toMatchObject({
        response: '202 Accepted',
        dropped: left('the send was ended before it was deleted'),
      });
    },
  );

  test('does not hurry past close(), which waits for it', async () => {
    await start({ searchDelay: { sentItems: { finds: 2 } } });
    const transport = create();
    const sending = nodemailer.createTransport(transport).sendMail(ROUTES[route]);
    while (transport.pendingCount() === 0 || sandbox.requests.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await transport.close();
    expect(await messagesIn('sentitems')).toEqual([]);
    expect((await sending).dropped).toEqual([]);
  });

  test('keeps the copy as the proof of exactly-once delivery', async () => {
    await start();
    const info = await send(ROUTES[route], { delivery: 'exactly-once', searchLag: 0 });
    expect(info.dropped).toEqual(['saveToSentItems: false']);
    expect(await messagesIn('sentitems')).toEqual(['<letter-1@contoso.example>']);
    expect(deletions()).toEqual([]);
  });

  test('does nothing for a message that was not sent', async () => {
    await start();
    const sends = route === 'draft' ? 'send-draft' : 'send-mail';
    sandbox.failNext(sends, { kind: 'answer', status: 400, code: 'ErrorInvalidRecipients' });
    await expect(send(ROUTES[route])).rejects.toMatchObject({ code: 'EENVELOPE' });
    expect(deletions()).toEqual([]);
  });
});

test('of two copies with one Message-ID, both stay', async () => {
  const later = Date.now() + 60_000;
  await start({ now: () => later });
  await send(ROUTES.mime, { saveToSentItems: true });
  const info = await send(ROUTES.mime);
  expect(info.dropped).toEqual(left('several messages in Sent Items could be it'));
  expect(await messagesIn('sentitems')).toHaveLength(2);
  expect(deletions()).toEqual([]);
});

test('the copy of a draft whose sending was not answered is deleted too', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'reset', when: 'after' });
  const info = await send(ROUTES.draft);
  expect(info).toMatchObject({ response: 'Sent, as the mailbox says', dropped: [], sentItem: undefined });
  expect(await messagesIn('sentitems')).toEqual([]);
});

test('an app that may only send is told so, and sends as MIME', async () => {
  await start({ roles: ['Mail.Send'] });
  const info = await send(ROUTES.mime);
  expect(info.dropped).toEqual(left('deleting it needs the application permission Mail.ReadWrite'));
  expect(sandbox.messages).toMatchObject([{ savedToSentItems: true }]);
});

test('JSON leaves no copy, so none is looked for', async () => {
  await start();
  expect(await send(mail)).toMatchObject({ route: 'json', dropped: [] });
  expect(sandbox.requests.filter(({ path }) => path.startsWith('/v1.0/'))).toHaveLength(1);
});

test.each([
  ['https://graph.microsoft.us', 'DELETE'],
  ['https://dod-graph.microsoft.us', 'DELETE'],
  ['https://microsoftgraph.chinacloudapi.cn', 'DELETE'],
  ['https://graph.microsoft.com', 'POST'],
])('at %s the copy is deleted by %s', async (graphEndpoint, method) => {
  await start();
  const { userId, graphEndpoint: origin } = sandbox.options;
  const agent = new Agent();
  const transport = new GraphTransport(
    {
      ...{ userId, graphEndpoint, saveToSentItems: false, format: 'mime' },
      credential: {
        getToken: async () => ({
          token: await tokenOfSandbox(),
          expiresOnTimestamp: Date.now() + 3_600_000,
        }),
      },
      dispatcher: agent.compose(
        (dispatch) => (options, handler) => dispatch({ ...options, origin }, handler),
      ),
    },
    clock,
  );
  const info = await nodemailer.createTransport(transport).sendMail(mail);
  expect(info.dropped).toEqual([]);
  expect(sandbox.requests.at(-1)).toMatchObject({ method, status: 204 });
  expect(await messagesIn('sentitems')).toEqual([]);
  await agent.close();
});

test.each([
  ['ahead of', 600_000],
  ['behind', -600_000],
])('the copy of MIME is deleted though this machine is ten minutes %s Graph', async (_, ms) => {
  await start();
  const wrongClock: Clock = { ...clock, date: () => systemClock.date() + ms };
  const transport = new GraphTransport({ ...sandbox.options, saveToSentItems: false }, wrongClock);
  const info = await nodemailer.createTransport(transport).sendMail(ROUTES.mime);
  expect(info.dropped).toEqual([]);
  expect(deletions()).toEqual(['POST 204']);
});
