import nodemailer, { type SendMailOptions } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime from 'postal-mime';
import { graphTransport } from '../../src/index';
import { type RunningSandbox, type SandboxMessage, startSandbox } from '../../src/sandbox';
import { fc } from '../support/fast-check';

/** Everything that two readers of one message must agree on. */
interface Seen {
  from: Named | undefined;
  replyTo: Named[];
  to: Named[];
  cc: Named[];
  subject: string;
  body: string;
  importance: string;
  messageId: string;
  custom: [string, string][];
  attachments: { name: string; type: string; bytes: string; contentId: string | undefined }[];
}
interface Named {
  name: string;
  address: string;
}

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const graphemes = fc.string({ unit: 'grapheme', maxLength: 60 });
/** What can stand in a header: Nodemailer itself takes out line breaks and trims. */
const headerText = graphemes.map((text) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').trim());
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/);
const address = fc
  .tuple(headerText, fc.stringMatching(/^[a-z0-9]+([.+_'-][a-z0-9]+){0,2}$/), word)
  .map(([name, local, domain]) => ({ name, address: `${local}@${domain}.example` }));
const addresses = (maxLength: number) =>
  fc.uniqueArray(address, { maxLength, selector: (entry) => entry.address });
const attachment = fc.record({
  cid: fc.option(word, { nil: undefined }),
  filename: headerText.map((name) => `${name.replace(/[/\\]/g, '-')}x.bin`),
  content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  contentType: fc.constantFrom(
    'application/pdf',
    'image/png',
    'text/plain',
    'text/html',
    'text/csv',
    'application/zip',
  ),
});
const bodyText = fc.array(graphemes, { maxLength: 6 }).map((lines) => lines.join('\n').replace(/\r/g, ''));

const mail: fc.Arbitrary<SendMailOptions> = fc
  .record(
    {
      to: addresses(4),
      cc: addresses(3),
      bcc: addresses(3),
      replyTo: addresses(2),
      subject: headerText,
      text: bodyText,
      html: bodyText.map((text) => `<p>${text}</p>`),
      priority: fc.constantFrom('high' as const, 'normal' as const, 'low' as const),
      inReplyTo: fc.constantFrom('<parent@example.com>'),
      references: fc.constantFrom('<root@example.com> <parent@example.com>'),
      attachments: fc.array(attachment, { maxLength: 3 }),
      headers: fc
        .uniqueArray(fc.tuple(word, headerText), { maxLength: 6, selector: ([name]) => name })
        .map((list) => list.map(([name, value]) => ({ key: `X-Our-${name}`, value: `${value}.` }))),
    },
    { requiredKeys: [] },
  )
  .filter(({ to, cc, bcc }) => [to, cc, bcc].flat().filter(Boolean).length > 0);

const plain = (text: string) => text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
const byAddress = (list: Named[]) => [...list].sort((a, b) => (a.address < b.address ? -1 : 1));
/** A name that repeats the address is none, and Nodemailer folds white space in names. */
const named = ({ name = '', address = '' }: { name?: string; address?: string | undefined }): Named => ({
  name: name === address ? '' : name.replace(/\s+/g, ' ').trim(),
  address: address.toLowerCase(),
});

/** The compiled message, as a parser sees it that is none of ours. */
async function judged(mime: Buffer): Promise<Seen> {
  const email = await new PostalMime({ attachmentEncoding: 'arraybuffer' }).parse(mime);
  const mailboxes = (list: typeof email.to) =>
    byAddress(
      (list ?? []).flatMap((entry) => ('group' in entry && entry.group ? entry.group : [entry])).map(named),
    );
  const priority = email.headers.find(({ key }) => key === 'x-priority')?.value ?? '3';
  return {
    from: email.from ? named(email.from) : undefined,
    replyTo: mailboxes(email.replyTo),
    to: mailboxes(email.to),
    cc: mailboxes(email.cc),
    subject: email.subject ?? '',
    body: plain(email.html ?? email.text ?? ''),
    importance: priority.startsWith('1') ? 'high' : priority.startsWith('5') ? 'low' : 'normal',
    messageId: email.messageId ?? '',
    custom: email.headers
      .filter(({ key }) => key.startsWith('x-our-'))
      .map(({ key, value }): [string, string] => [key, PostalMime.decodeWords(value)]),
    attachments: email.attachments.map((file) => ({
      name: file.filename ?? '',
      type: file.mimeType,
      bytes: Buffer.from(file.content as ArrayBuffer).toString('hex'),
      contentId: file.contentId?.replace(/^<|>$/g, ''),
    })),
  };
}

/** What the service took: its JSON, or its MIME as the same judge reads it. */
async function delivered(message: SandboxMessage): Promise<Seen> {
  if (message.mime) return judged(message.mime);
  return {
    from: named(message.from),
    replyTo: byAddress(message.replyTo.map(named)),
    to: byAddress(message.to.map(named)),
    cc: byAddress(message.cc.map(named)),
    subject: message.subject,
    body: plain(message.body.content),
    importance: message.importance,
    messageId: message.internetMessageId,
    custom: message.headers
      .filter(({ name }) => /^x-our-/i.test(name))
      .map(({ name, value }): [string, string] => [name.toLowerCase(), value]),
    attachments: message.attachments.map((file) => ({
      name: file.name,
      type: file.contentType,
      bytes: file.content.toString('hex'),
      contentId: file.contentId,
    })),
  };
}

test.each(['auto', 'mime'] as const)(
  'what arrives equals the message, whatever the message is (format %s)',
  async (format) => {
    const transporter = nodemailer.createTransport(graphTransport({ ...sandbox.options, format }));
    await fc.assert(
      fc.asyncProperty(mail, async (fields) => {
        sandbox.clear();
        const message = {
          ...fields,
          from: { name: 'Contoso', address: sandbox.options.userId },
          messageId: '<fidelity@contoso.example>',
          xMailer: false,
        } satisfies SendMailOptions;
        const info = await transporter.sendMail(message);

        const [arrived] = sandbox.messages;
        if (!arrived) throw new Error('nothing arrived');
        const composed = new MailComposer({ ...message }).compile();
        const expected = await judged(await composed.build());
        const importance = fields.priority ?? 'normal';
        expect(await delivered(arrived)).toEqual({ ...expected, importance });
        const recipients = [...arrived.to, ...arrived.cc, ...arrived.bcc].map((entry) =>
          entry.address.toLowerCase(),
        );
        expect([...new Set(recipients)].sort()).toEqual(
          [...new Set(composed.getEnvelope().to.map((entry) => entry.toLowerCase()))].sort(),
        );
        expect(info.dropped).toEqual([]);
      }),
      { numRuns: Number(process.env.FIDELITY_RUNS ?? 100) },
    );
    transporter.close();
  },
  60_000,
);
