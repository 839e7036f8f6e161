import nodemailer, { type SendMailOptions } from 'nodemailer';
import PostalMime from 'postal-mime';
import { graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

type Outcome = { arrived: (typeof sandbox.messages)[0] } | { error: Error };

/** Either the message has arrived or an error says why not; nothing else, and nothing twice. */
async function outcomeOf(message: SendMailOptions): Promise<Outcome> {
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  try {
    await transporter.sendMail(message);
  } catch (error) {
    expect(sandbox.messages).toEqual([]);
    expect(error).toMatchObject({
      name: 'GraphTransportError',
      code: expect.stringMatching(/^E(?:MESSAGE|ENVELOPE)$/),
    });
    return { error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    transporter.close();
  }
  expect(sandbox.messages).toHaveLength(1);
  const [arrived] = sandbox.messages;
  if (!arrived) throw new Error('nothing arrived');
  return { arrived };
}

const raw = (...lines: string[]) => ({
  raw: Buffer.from(lines.join('\r\n'), 'latin1'),
  envelope: { from: sandbox.options.userId, to: ['ann@example.com'] },
});

const injection = 'x\r\nBcc: mallory@evil.example\r\nX-Evil: 1\r\n\r\n<b>injected</b>';
const friendly: SendMailOptions = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

test.each<[string, SendMailOptions]>([
  ['subject', { subject: injection }],
  ['the name in from', { from: { name: injection, address: 'app@contoso.example' } }],
  ['the name in to', { to: { name: injection, address: 'ann@example.com' } }],
  ['the name in cc', { cc: { name: injection, address: 'bob@example.com' } }],
  ['the name in replyTo', { replyTo: { name: injection, address: 'bob@example.com' } }],
  ['messageId', { messageId: `<${injection}@example.com>` }],
  ['inReplyTo', { inReplyTo: `<${injection}@example.com>` }],
  ['references', { references: `<${injection}@example.com>` }],
  ['a header', { headers: { 'X-Ours': injection } }],
  ["a header's name", { headers: { 'X-Ours: 1\r\nBcc: mallory@evil.example\r\nX-More': '1' } }],
  [
    'a prepared header',
    { headers: { 'X-Ours': { prepared: true, value: '=?utf-8?Q?x=0D=0ABcc:_mallory@evil.example?=' } } },
  ],
  ['list', { list: { unsubscribe: { url: `https://example.com/${injection}`, comment: injection } } }],
  ["an attachment's name", { attachments: [{ filename: `${injection}.txt`, content: 'x' }] }],
  [
    "an attachment's type",
    { attachments: [{ contentType: `text/csv\r\nBcc: mallory@evil.example`, content: 'x' }] },
  ],
  ["an attachment's cid", { html: 'x', attachments: [{ cid: injection, content: 'x' }] }],
  ['graph.categories', { graph: { categories: ['a'], format: 'mime' }, subject: injection }],
])('a line break in %s adds no recipient, no header and no body', async (_where, fields) => {
  const outcome = await outcomeOf({ ...friendly, ...fields });
  if ('error' in outcome) return;
  const { arrived } = outcome;
  const everybody = [...arrived.to, ...arrived.cc, ...arrived.bcc].map(({ address }) => address);
  expect(everybody).not.toContain('mallory@evil.example');
  expect(arrived.headers.map(({ name }) => name.toLowerCase())).not.toContain('x-evil');
  expect(arrived.headers.every(({ value }) => !/[\r\n]/.test(value))).toBe(true);
  expect(arrived.body.content).not.toContain('injected');
});

test.each([
  ['a header', ['X-A: 1\rTo: mallory@evil.example', 'To: ann@example.com', '', 'body']],
  ['the end of a header', ['To: ann@example.com', 'X-A: 1\r', 'Bcc: mallory@evil.example', '', 'body']],
  [
    'a header that goes as MIME',
    ['Auto-Submitted: yes\rCc: mallory@evil.example', 'To: ann@example.com', '', 'body'],
  ],
])('a lone carriage return in %s is refused, as readers differ on what it is', async (_where, lines) => {
  expect(await outcomeOf(raw(...lines))).toMatchObject({
    error: { message: expect.stringContaining('carriage return') },
  });
});

test.each<[string, () => string[]]>([
  [
    '10,000 parts',
    () => ['Content-Type: multipart/mixed; boundary=b', '', ...Array(10_000).fill('--b\r\n\r\nx'), '--b--'],
  ],
  ['a header of 1.5 MB', () => [`X-Long: ${'x'.repeat(1_500_000)}`, '', 'body']],
  ['20 MB of text', () => ['Content-Type: text/plain', '', `${'x'.repeat(998)}\r\n`.repeat(20_000)]],
  [
    'parts nested 300 deep',
    () =>
      Array.from({ length: 300 }, (_, n) => [
        `Content-Type: multipart/mixed; boundary=b${n}`,
        '',
        `--b${n}`,
      ]).flat(),
  ],
  ['100,000 headers', () => [...Array(100_000).fill('X-A: 1'), '', 'body']],
])('%s are refused, not waded through', async (_what, lines) => {
  expect(await outcomeOf(raw(...lines()))).toHaveProperty('error');
});

test('parts nested 200 deep all arrive', async () => {
  const open = Array.from({ length: 200 }, (_, n) => [
    `Content-Type: multipart/mixed; boundary=b${n}`,
    '',
    `--b${n}`,
  ]).flat();
  const close = Array.from({ length: 200 }, (_, n) => `--b${199 - n}--`);
  const outcome = await outcomeOf(raw(...open, 'Content-Type: text/plain', '', 'deep down', ...close));
  expect(outcome).toMatchObject({ arrived: { body: { content: 'deep down' } } });
});

test('a body with NUL and stray line ends goes as MIME, its line ends mended', async () => {
  const outcome = await outcomeOf(raw('Subject: x', '', 'a\0b\rc\nd'));
  expect(outcome).toMatchObject({ arrived: { body: { content: 'a\0b\nc\nd\n' } } });
});

test.each(['Subject: a\0b', 'Subject: =?utf-8?Q?a=00b=0D=0Ac?=', 'X-Ours: =?utf-8?Q?a=0D=0AX-Evil:_1?='])(
  'control characters in a header do no harm: %j',
  async (header) => {
    const outcome = await outcomeOf(raw(header, 'To: ann@example.com', '', 'body'));
    if ('error' in outcome) return;
    const judged = await PostalMime.parse(outcome.arrived.mime ?? '');
    expect(judged.headers.map(({ key }) => key)).not.toContain('x-evil');
    expect(outcome.arrived.to).toMatchObject([{ address: 'ann@example.com' }]);
  },
);

test.each<[string, string[], string]>([
  ['no padding', ['SGVsbG8gQW5u', 'SQ'], 'Hello AnnI'],
  ['characters that are none of it', ['SGVs*bG8!gQW5u'], 'Hello Ann'],
])('base64 with %s is read as mail clients read it', async (_what, lines, content) => {
  const outcome = await outcomeOf(
    raw('Content-Transfer-Encoding: base64', 'To: ann@example.com', '', ...lines),
  );
  expect(outcome).toMatchObject({ arrived: { body: { content } } });
});

test.each(['x-unheard-of', 'utf-7', 'utf-8\'"><script>', ''])(
  'an unknown charset, %j, is no reason to fail',
  async (charset) => {
    const outcome = await outcomeOf(
      raw(`Content-Type: text/plain; charset="${charset.replace(/"/g, '')}"`, '', 'plain'),
    );
    expect(outcome).toMatchObject({ arrived: { body: { content: 'plain\n' } } });
  },
);

test('a message without header or body is a message', async () => {
  expect(await outcomeOf(raw(''))).toHaveProperty('arrived');
});

test('a body of nearly 4 MB is not cut', async () => {
  const line = `${'x'.repeat(76)}\r\n`;
  const outcome = await outcomeOf(raw('To: ann@example.com', '', line.repeat(49_000)));
  expect('arrived' in outcome && outcome.arrived.body.content.length).toBe(77 * 49_000);
});

test('text of many lines stays in time', async () => {
  const outcome = await outcomeOf(
    raw('Content-Type: text/plain; format=flowed', '', 'a \r\n'.repeat(500_000)),
  );
  expect(outcome).toHaveProperty('arrived');
});
