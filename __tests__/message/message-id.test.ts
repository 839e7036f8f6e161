import { randomUUID } from 'node:crypto';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';

let sandbox: RunningSandbox;
const start = async (options: StartSandboxOptions = {}) => {
  sandbox = await startSandbox(options);
};
afterEach(() => sandbox.close());

const OBJECT_ID = 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01';
const DEFAULT = 'app@contoso.example';
const LETTER = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

/** Sends a message, and gives the Message-ID with which it arrives, which must be what the app is told. */
async function idOf(message: SendMailOptions, options: GraphTransportOptions = {}): Promise<string> {
  const lines: string[] = [];
  const log = (entry: object) => lines.push(String(Reflect.get(entry, 'messageId')));
  const ignore = () => undefined;
  const logger = { trace: ignore, debug: ignore, info: log, warn: log, error: log, fatal: log };
  const transport = graphTransport({ ...sandbox.options, logger, searchLag: 0, ...options });
  const info = await nodemailer.createTransport(transport).sendMail(message);
  transport.close();
  const [arrived] = sandbox.messages;
  expect(sandbox.messages).toHaveLength(1);
  expect(arrived?.internetMessageId).toBe(info.messageId);
  expect(arrived?.mime?.toString().match(/^Message-ID:/gim) ?? ['json']).toHaveLength(1);
  expect(new Set(lines)).toEqual(new Set([info.messageId]));
  return info.messageId;
}

const unique = (domain: string) =>
  expect.stringMatching(
    new RegExp(`^<[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}@${domain.replaceAll('.', '\\.')}>$`),
  );

const ROUTES: [string, SendMailOptions, GraphTransportOptions][] = [
  ['JSON', LETTER, {}],
  ['MIME', LETTER, { format: 'mime' }],
  ['a draft', LETTER, { delivery: 'exactly-once' }],
  ['a draft of MIME', LETTER, { delivery: 'exactly-once', format: 'mime' }],
  [
    'a large draft',
    { ...LETTER, attachments: [{ filename: 'a.bin', content: Buffer.alloc(4_000_000) }] },
    {},
  ],
  ['raw bytes', { raw: 'To: ann@example.com\r\n\r\nHello', envelope: { from: '', to: [LETTER.to] } }, {}],
  [
    'raw bytes as MIME',
    { raw: 'To: ann@example.com\r\n\r\nHello', envelope: { from: '', to: [LETTER.to] } },
    { format: 'mime' },
  ],
];

describe.each(ROUTES)(
  'a message without From, as %s, has a Message-ID with the domain',
  (_, message, route) => {
    test('of the mailbox', async () => {
      await start();
      expect(await idOf(message, { ...route, userId: DEFAULT })).toEqual(unique('contoso.example'));
    });

    test('of the mailbox that a function finds', async () => {
      await start();
      expect(await idOf(message, { ...route, userId: async () => DEFAULT })).toEqual(
        unique('contoso.example'),
      );
    });

    test('of the from option, whatever the mailbox is', async () => {
      const mailbox = { id: OBJECT_ID, userPrincipalName: DEFAULT, displayName: 'App' };
      await start({ mailboxes: [{ ...mailbox, sendAs: ['shop@fabrikam.example'] }] });
      const from = '"Shop" <shop@fabrikam.example>';
      expect(await idOf(message, { ...route, from, userId: DEFAULT })).toEqual(unique('fabrikam.example'));
    });

    test('of the tenant where the mailbox is an object id', async () => {
      await start({ tenantId: 'contoso.onmicrosoft.example' });
      expect(await idOf(message, { ...route, userId: OBJECT_ID })).toEqual(
        unique('contoso.onmicrosoft.example'),
      );
    });

    test('of nobody where there is nothing that has one', async () => {
      await start({ tenantId: '11111111-2222-4333-8444-555555555555' });
      expect(await idOf(message, { ...route, userId: OBJECT_ID })).toEqual(unique('mailbox.invalid'));
    });
  },
);

describe('a Message-ID', () => {
  beforeEach(() => start());

  test.each<[string, SendMailOptions]>([
    ['Reply-To', { ...LETTER, replyTo: 'bob@elsewhere.example' }],
    ['the envelope', { ...LETTER, envelope: { from: 'root@build-host', to: LETTER.to } }],
  ])('takes no domain from %s', async (_, message) => {
    expect(await idOf(message)).toEqual(unique('contoso.example'));
  });

  test('keeps the domain that Nodemailer takes from the message’s own From', async () => {
    const message = { ...LETTER, from: DEFAULT };
    expect(await idOf(message, { from: 'shop@fabrikam.example' })).toEqual(unique('contoso.example'));
  });

  test('keeps the domain that Nodemailer takes from the envelope where the message has a From', async () => {
    const envelope = { from: 'bounces@elsewhere.example', to: LETTER.to };
    expect(await idOf({ ...LETTER, from: DEFAULT, envelope })).toEqual(unique('elsewhere.example'));
  });

  test.each<[string, SendMailOptions, string]>([
    ['Sender', { ...LETTER, sender: DEFAULT }, 'contoso.example'],
    [
      'the envelope',
      { ...LETTER, envelope: { from: 'bounces@elsewhere.example', to: LETTER.to } },
      'elsewhere.example',
    ],
    [
      'nobody, where the envelope has an address of the network',
      { ...LETTER, envelope: { from: 'root@10.0.0.1', to: LETTER.to } },
      'mailbox.invalid',
    ],
  ])('takes the domain of %s where the mailbox is an object id', async (_, message, domain) => {
    expect(await idOf(message, { userId: OBJECT_ID })).toEqual(unique(domain));
  });

  test('takes the domain of the From of a raw message that has none', async () => {
    const raw = `From: ${DEFAULT}\r\nTo: ann@example.com\r\n\r\nHello`;
    const id = await idOf({ raw, envelope: { from: '', to: LETTER.to } }, { userId: OBJECT_ID });
    expect(id).toEqual(unique('contoso.example'));
  });

  const given = `<${randomUUID()}@localhost>`;
  test.each<[string, SendMailOptions]>([
    ['as messageId', { messageId: given }],
    ['among the headers', { headers: { 'message-id': given } }],
    ['in a list of headers', { headers: [{ key: 'Message-Id', value: given }] }],
    ['in a raw message', { raw: `Message-ID: ${given}\r\nTo: ann@example.com\r\n\r\nHello` }],
  ])('stays as the app gives it %s', async (_, more) => {
    const message = { ...LETTER, ...more, envelope: { from: '', to: LETTER.to } };
    expect(await idOf(message, { format: 'json' })).toBe(given);
    sandbox.clear();
    expect(await idOf(message, { format: 'mime' })).toBe(given);
  });

  test.each([
    [['--to', 'ann@example.com', '--text', 'Hello'], ''],
    [['-t', '-i'], 'To: ann@example.com\n\nHello\n'],
    [['-t', '-i', '-f', 'root@build-host'], 'To: ann@example.com\n\nHello\n'],
  ])('has the mailbox’s domain on the command line too: send %j', async (args, stdin) => {
    const { exitCode } = await runCli(['send', ...args], { env: { ...sandbox.env }, stdin });
    expect(exitCode).toBe(0);
    expect(sandbox.messages.map(({ internetMessageId }) => internetMessageId)).toEqual([
      unique('contoso.example'),
    ]);
  });
});
