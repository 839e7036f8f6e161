import PostalMime from 'postal-mime';
import { createSandbox, type SandboxMessage } from '../../src/sandbox';
import { composeEml } from '../../src/sandbox/mail/compose-eml';
import { LUNCH, send, TEXT_FILE } from './support';

/** Sends a message and composes a file of it. */
async function compose(message: object): Promise<{ eml: string; message: SandboxMessage }> {
  const sandbox = createSandbox();
  const response = await send(sandbox, { ...LUNCH, ...message });
  const [sent] = sandbox.messages;
  if (sent === undefined) throw new Error(await response.text());
  return { eml: composeEml(sent).toString('latin1'), message: sent };
}

/** The file as another parser than the sandbox's reads it. */
async function parse(message: object) {
  const { eml } = await compose(message);
  return PostalMime.parse(Buffer.from(eml, 'latin1'));
}

const address = (name: string, mail: string) => ({ emailAddress: { name, address: mail } });

test('envelope, subject and text arrive as they were given, letters of any script included', async () => {
  const mail = await parse({
    subject: 'Grüße aus München: 日本語の件名がとても長いので一行には収まりません。まだまだ続きます 🎉',
    body: { contentType: 'text', content: 'Grüße\r\n🎉' },
    toRecipients: [address('Ünal, "Meg"', 'meg@x.example'), address('', 'bob@x.example')],
    ccRecipients: [address('Doe, "J" \\', 'doe@x.example')],
    replyTo: [address('Desk', 'desk@x.example')],
  });
  expect(mail.subject).toBe(
    'Grüße aus München: 日本語の件名がとても長いので一行には収まりません。まだまだ続きます 🎉',
  );
  expect(mail.text?.trimEnd()).toBe('Grüße\r\n🎉');
  expect(mail.from).toMatchObject({ name: 'Contoso App', address: 'app@contoso.example' });
  expect(mail.to).toMatchObject([
    { name: 'Ünal, "Meg"', address: 'meg@x.example' },
    { name: '', address: 'bob@x.example' },
  ]);
  expect(mail.cc).toMatchObject([{ name: 'Doe, "J" \\', address: 'doe@x.example' }]);
  expect(mail.replyTo).toMatchObject([{ name: 'Desk', address: 'desk@x.example' }]);
});

test('hidden recipients stay hidden', async () => {
  const { eml } = await compose({ bccRecipients: [address('', 'hidden@x.example')] });
  expect(eml).not.toContain('hidden@x.example');
});

test('HTML stands together with the images that it shows, other files beside it', async () => {
  const { eml } = await compose({
    body: { contentType: 'html', content: '<img src="cid:logo@x">' },
    attachments: [
      { ...TEXT_FILE, name: 'logo.png', contentType: 'image/png', isInline: true, contentId: 'logo@x' },
      { ...TEXT_FILE, name: 'Übersicht für das vierte Quartal, mit allen Zahlen und Anmerkungen.pdf' },
    ],
  });
  const structure = [...eml.matchAll(/^Content-(?:Type|Disposition|ID): ([^;\r\n]+)/gm)].map(
    ([, type]) => type,
  );
  expect(structure).toEqual([
    'multipart/mixed',
    'multipart/related',
    'text/html',
    'image/png',
    'inline',
    '<logo@x>',
    'text/plain',
    'attachment',
  ]);
  const mail = await PostalMime.parse(Buffer.from(eml, 'latin1'));
  expect(mail.html?.trim()).toBe('<img src="cid:logo@x">');
  expect(
    mail.attachments.map(({ filename, content }) => [
      filename,
      new TextDecoder().decode(typeof content === 'string' ? Buffer.from(content) : content),
    ]),
  ).toEqual([
    ['logo.png', 'Hello'],
    ['Übersicht für das vierte Quartal, mit allen Zahlen und Anmerkungen.pdf', 'Hello'],
  ]);
});

test('MAPI properties and custom headers become the headers that they stand for', async () => {
  const references = Array.from({ length: 20 }, (_, number) => `<${'x'.repeat(40)}${number}@x.example>`).join(
    ' ',
  );
  const { eml } = await compose({
    importance: 'high',
    categories: ['Orders', 'News'],
    isReadReceiptRequested: true,
    isDeliveryReceiptRequested: true,
    internetMessageId: '<mine@x.example>',
    internetMessageHeaders: [{ name: 'X-Order', value: '4711' }],
    singleValueExtendedProperties: [
      { id: 'String 0x1042', value: '<a@b>' },
      { id: 'String 0x1039', value: references },
      { id: 'String 0x1045', value: '<https://x.example/leave>' },
      { id: 'Integer 0x36', value: '3' },
      { id: 'String {00020386-0000-0000-C000-000000000046} Name List-Id', value: '<l.x.example>' },
      { id: 'String {11111111-0000-0000-C000-000000000046} Name mine', value: 'no header' },
    ],
  });
  const { headers } = await PostalMime.parse(Buffer.from(eml, 'latin1'));
  const values = new Map(headers.map(({ key, value }) => [key, value]));
  expect(Object.fromEntries(values)).toMatchObject({
    importance: 'high',
    keywords: 'Orders, News',
    'message-id': '<mine@x.example>',
    'disposition-notification-to': expect.stringContaining('app@contoso.example'),
    'return-receipt-to': expect.stringContaining('app@contoso.example'),
    'x-order': '4711',
    'in-reply-to': '<a@b>',
    references,
    'list-unsubscribe': '<https://x.example/leave>',
    sensitivity: 'Company-Confidential',
    'list-id': '<l.x.example>',
  });
  expect(eml).not.toContain('no header');
});

test('no value begins a header or a part of its own', async () => {
  const evil = 'x\r\nBcc: victim@x.example\r\n\r\n--';
  const { eml } = await compose({
    subject: evil,
    toRecipients: [address(evil, 'ann@x.example')],
    categories: [evil],
    singleValueExtendedProperties: [{ id: 'String 0x1042', value: evil }],
    attachments: [
      { ...TEXT_FILE, name: evil, contentType: `text/plain; x=${evil}`, contentId: evil, isInline: true },
    ],
  });
  expect(eml).not.toMatch(/^Bcc:/m);
  const [header = ''] = eml.split('\r\n\r\n');
  expect(header).toMatch(/multipart\/mixed/);
  const { subject, to } = await PostalMime.parse(Buffer.from(eml, 'latin1'));
  expect(subject).toBe('x Bcc: victim@x.example --');
  expect(to).toMatchObject([{ name: 'x Bcc: victim@x.example --', address: 'ann@x.example' }]);
});

test.each(['message/rfc822', 'multipart/mixed', 'text', 'a b/c', ''])(
  'a file of type %p is one of bytes',
  async (contentType) => {
    const { eml } = await compose({ attachments: [{ ...TEXT_FILE, contentType }] });
    expect(eml).toContain('\r\nContent-Type: application/octet-stream\r\n');
  },
);

test('lines stay short enough for mail', async () => {
  const { eml } = await compose({
    subject: 'many words '.repeat(100),
    toRecipients: Array.from({ length: 100 }, (_, number) =>
      address(`Recipient ${number}`, `r${number}@x.example`),
    ),
    attachments: [
      { ...TEXT_FILE, name: `${'ä'.repeat(200)}.txt`, contentBytes: Buffer.alloc(1000).toString('base64') },
    ],
  });
  expect(Math.max(...eml.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(78);
  expect(eml.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});
