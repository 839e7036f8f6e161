import nodemailer from 'nodemailer';
import { graphTransport } from '../../src/index';
import { readMessage } from '../../src/mime/read-message';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { fc } from '../support/fast-check';

const limits = { heldBytes: 1e6, messageBytes: 1e6 };

async function textOf(header: string, body: Buffer): Promise<string | undefined> {
  const mime = Buffer.concat([Buffer.from(`${header}\r\n\r\n`), body]);
  const read = await readMessage((sink) => sink.end(mime), limits);
  await read.close();
  return read.content.text ?? read.content.html;
}

/** What any reader takes for the end of a line, as LF. */
const withLf = (text: string | undefined) => text?.replace(/\r\n?/g, '\n');

/** Texts of line ends of all kinds, and of what may stand at the end of a line. */
const texts = fc
  .array(fc.constantFrom('\r', '\n', '\r\n', 'a', ' ', 'é'), { minLength: 1, maxLength: 12 })
  .map((pieces) => `x${pieces.join('')}x`);

test.each([
  ['text/plain; charset=utf-8', 'utf8'],
  ['text/html; charset=utf-8', 'utf8'],
  ['text/plain; charset=utf-16le', 'utf16le'],
] as const)(
  '%s has as many line ends as were sent, however a CR stands among them',
  async (type, encoding) => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const body = Buffer.from(Buffer.from(text, encoding).toString('base64'));
        const found = await textOf(`Content-Type: ${type}\r\nContent-Transfer-Encoding: base64`, body);
        expect(withLf(found)).toBe(withLf(text));
      }),
    );
  },
);

test('a CR before a CRLF stays where it is in flowed text', async () => {
  const header = 'Content-Type: text/plain; charset=utf-8; format=flowed';
  const text = await textOf(header, Buffer.from('one \r\nline\r\n\r\r\ntwo'));
  expect(text).toBe('one line\n\r\r\ntwo');
});

test('line ends without a CR before them are LF', async () => {
  expect(await textOf('Content-Type: text/plain', Buffer.from('a\r\n\r\nb\nc\r\n'))).toBe('a\n\nb\nc\n');
});

describe('on its way', () => {
  let sandbox: Sandbox & { close(): Promise<void> };
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  test.each([
    ['json', 'at-most-once'],
    ['json', 'exactly-once'],
    ['mime', 'at-most-once'],
    ['mime', 'exactly-once'],
  ] as const)('a text and a page keep their line ends as %s, %s', async (format, delivery) => {
    const transporter = nodemailer.createTransport(
      graphTransport({ ...sandbox.options, format, delivery, searchLag: 0 }),
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom('text', 'html'), async (content, form) => {
        await transporter.sendMail({ to: 'ann@example.com', subject: 'Lines', [form]: content });
        const sent = sandbox.messages.at(-1);
        expect(withLf(sent?.body.content)?.replace(/\n$/, '')).toBe(withLf(content));
      }),
      { numRuns: 40 },
    );
  });
});
