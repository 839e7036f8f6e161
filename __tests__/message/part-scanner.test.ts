import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PartScanner } from '../../src/message/part-scanner';
import { mailFixtures } from '../support/fixtures';

/** What comes out when the mail comes in chunks of so many bytes. */
async function pass(mime: Buffer, chunkBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < mime.length; at += chunkBytes) chunks.push(mime.subarray(at, at + chunkBytes));
  return (await buffer(Readable.from(chunks).pipe(new PartScanner()))).toString('latin1');
}

const lines = (...parts: string[]) => Buffer.from(parts.join('\r\n'), 'latin1');
const mixed = (...part: string[]) =>
  lines('Content-Type: multipart/mixed; boundary="b 1"', '', '--b 1', ...part, '--b 1--', 'epilogue');

test.each(mailFixtures)(
  'changes no byte, but for the one word, however $name is cut',
  async ({ name, mime }) => {
    const whole = await pass(mime, mime.length);
    const expected = mime.toString('latin1');
    expect(whole).toBe(
      name === 'inline-text-file'
        ? expected.replace(/Content-Disposition: inline/, 'Content-Disposition: attachment')
        : expected,
    );
    for (const chunkBytes of [1, 2, 3, 7, 64, 1000]) expect(await pass(mime, chunkBytes)).toBe(whole);
  },
);

test.each([
  ['a file name', ['Content-Type: text/plain', 'Content-Disposition: inline; filename=a.txt', '', 'x']],
  [
    'a name of the old kind',
    ['content-disposition: Inline', 'Content-Type: text/html; name="a.html"', '', 'x'],
  ],
  [
    'a folded header',
    ['Content-Type: TEXT/PLAIN', 'Content-Disposition:', ' inline;', "\tfilename*=utf-8''%41.txt", '', 'x'],
  ],
])('marks an inline text part that has %s', async (_what, part) => {
  const marked = await pass(mixed(...part), 5);
  expect(marked).toBe(
    mixed(...part)
      .toString()
      .replace(/inline/i, 'attachment'),
  );
});

test.each([
  ['it has no name', ['Content-Type: text/plain', 'Content-Disposition: inline', '', 'x']],
  ['it is an image', ['Content-Type: image/png', 'Content-Disposition: inline; filename=a.png', '', 'x']],
  ['it only speaks of one', ['Content-Type: text/plain', '', 'Content-Disposition: inline; filename=a.txt']],
  [
    'it stands in a message that is attached',
    [
      'Content-Type: message/rfc822',
      '',
      'Content-Type: multipart/mixed; boundary=inner',
      '',
      '--inner',
      'Content-Type: text/plain',
      'Content-Disposition: inline; filename=a.txt',
      '',
      'x',
      '--inner--',
    ],
  ],
])('leaves a part alone when %s', async (_what, part) => {
  expect(await pass(mixed(...part), 5)).toBe(mixed(...part).toString());
});

test.each([
  ['the whole message', []],
  ['one of several forms of the body', ['Content-Type: multipart/alternative; boundary=a', '', '--a']],
])('leaves a part with a name alone when it is %s', async (_what, before) => {
  const mail = lines(
    ...before,
    'Content-Type: text/html',
    'Content-Disposition: inline; filename=a.html',
    '',
    'x',
  );
  expect(await pass(mail, 5)).toBe(mail.toString());
});

test('finds parts after an inner multipart that is never closed', async () => {
  const mail = mixed(
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain',
    '',
    'body',
    '--b 1',
    'Content-Type: text/plain',
    'Content-Disposition: inline; filename=a.txt',
    '',
    'x',
  );
  expect(await pass(mail, 9)).toBe(mail.toString().replace('inline', 'attachment'));
});

test('lets a line without end pass as it comes', async () => {
  const mail = mixed('Content-Type: text/plain', '', `--${'x'.repeat(200_000)}`, 'y'.repeat(100_000));
  expect(await pass(mail, 1000)).toBe(mail.toString());
});
