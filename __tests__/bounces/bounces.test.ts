import nodemailer from 'nodemailer';
import { type Bounce, type BouncesOptions, type GraphTransport, graphTransport } from '../../src/index';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox';
import type { BOUNCE_NAMES } from '../../src/sandbox/mail/bounce-test';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface World {
  sandbox: RunningSandbox;
  transport: GraphTransport;
  /** Sends a mail and returns its Message-ID. */
  send(...to: string[]): Promise<string>;
}

async function start(options: SandboxOptions = {}, given: object = {}): Promise<World> {
  const sandbox = await startSandbox(options);
  open.push(() => sandbox.close());
  const transport = graphTransport({ ...sandbox.options, retry: { maxDelay: 1 }, ...given });
  open.push(() => transport.close());
  const transporter = nodemailer.createTransport(transport);
  return {
    sandbox,
    transport,
    async send(...to) {
      const info = await transporter.sendMail({ to, subject: 'Rechnung für Groß', text: 'Hello' });
      return info.messageId;
    },
  };
}

async function all(transport: GraphTransport, options?: BouncesOptions): Promise<Bounce[]> {
  const bounces: Bounce[] = [];
  for await (const bounce of transport.bounces(options)) bounces.push(bounce);
  return bounces;
}

const KINDS: Record<keyof typeof BOUNCE_NAMES, Bounce['kind']> = {
  hard: 'hard',
  unknown: 'hard',
  domain: 'hard',
  loop: 'hard',
  denied: 'hard',
  full: 'soft',
  large: 'soft',
  expired: 'soft',
  quota: 'soft',
  filtered: 'filtered',
  rule: 'filtered',
  spf: 'filtered',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
  read: 'read',
  unread: 'unread',
};

describe('bounces()', () => {
  test('tells the kind and the Message-ID for every name at bounce.test', async () => {
    const { transport, send } = await start();
    const ids = new Map<string, string>();
    for (const name of Object.keys(KINDS)) ids.set(name, await send(`${name}@bounce.test`));
    const bounces = await all(transport);
    expect(bounces).toHaveLength(Object.keys(KINDS).length);
    for (const { recipient, kind, messageId, date } of bounces) {
      const name = recipient.replace('@bounce.test', '');
      expect([name, kind, messageId]).toEqual([name, Object(KINDS)[name], ids.get(name)]);
      expect(date).toBeInstanceOf(Date);
    }
  });

  test('tells everything about a recipient that Exchange does not know', async () => {
    const { transport, send } = await start();
    const messageId = await send('5.1.10@bounce.test');
    expect(await all(transport)).toEqual([
      {
        kind: 'hard',
        recipient: '5.1.10@bounce.test',
        finalRecipient: undefined,
        messageId,
        status: '5.1.10',
        action: 'failed',
        diagnostic: expect.stringMatching(/^550 5\.1\.10 RESOLVER\.ADR\.RecipientNotFound;/),
        remoteServer: 'mx.bounce.test',
        hint: expect.stringMatching(/no such address/),
        date: expect.any(Date),
        reportId: expect.stringMatching(/^AAMk/),
        token: expect.any(String),
      },
    ]);
  });

  test('tells of each recipient of a message once, whatever report it is in', async () => {
    const { transport, send } = await start();
    const messageId = await send(
      'full+1@bounce.test',
      'full+2@bounce.test',
      'ann@example.com',
      'read@bounce.test',
    );
    const bounces = await all(transport);
    expect(bounces.map(({ recipient, kind }) => `${recipient} ${kind}`).sort()).toEqual([
      'full+1@bounce.test soft',
      'full+2@bounce.test soft',
      'read@bounce.test read',
    ]);
    expect(new Set(bounces.map((bounce) => bounce.messageId))).toEqual(new Set([messageId]));
  });

  test('takes a MIME mail that arrived from elsewhere for what it is', async () => {
    const { sandbox, transport } = await start({
      mailboxes: ['app@contoso.example', 'postmaster@contoso.example'],
    });
    const other = graphTransport({ ...sandbox.options, userId: 'postmaster@contoso.example' });
    open.push(() => other.close());
    const transporter = nodemailer.createTransport(other);
    const text = [
      'Hi. This is the qmail-send program at mail.fabrikam.example.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      '',
      '<ann@example.com>:',
      'Remote host said: 550 5.1.1 User unknown',
      '',
      '--- Below this line is a copy of the message.',
      '',
      'Message-ID: <sent@contoso.example>',
    ].join('\n');
    await transporter.sendMail({ to: 'app@contoso.example', subject: 'failure notice', text });
    await transporter.sendMail({ to: 'app@contoso.example', subject: 'Maintenance', text: 'On Sunday.' });
    expect(await all(transport)).toMatchObject([
      { kind: 'hard', recipient: 'ann@example.com', status: '5.1.1', messageId: '<sent@contoso.example>' },
    ]);
  });
});
