import { PartScanner } from '../../src/message/part-scanner';
import { mailFixtures } from '../support/fixtures';

/** What comes out when the mail comes in chunks of so many bytes. */
function pass(mime: Buffer, chunkBytes: number, scanner = new PartScanner()): string {
  const passed: Buffer[] = [];
  for (let at = 0; at < mime.length; at += chunkBytes) {
    passed.push(...scanner.scan(mime.subarray(at, at + chunkBytes)));
  }
  return Buffer.concat([...passed, ...scanner.end()]).toString('latin1');
}

const lines = (...parts: string[]) => Buffer.from(parts.join('\r\n'), 'latin1');
const mixed = (...part: string[]) =>
  lines('Content-Type: multipart/mixed; boundary="b 1"', '', '--b 1', ...part, '--b 1--', 'epilogue');

test.each(mailFixtures)('changes no byte, but for the one word, however $name is cut', ({ name, mime }) => {
  const whole = pass(mime, mime.length);
  const expected = mime.toString('latin1');
  expect(whole).toBe(
    name === 'inline-text-file'
      ? expected.replace(/Content-Disposition: inline/, 'Content-Disposition: attachment')
      : expected,
  );
  for (const chunkBytes of [1, 2, 3, 7, 64, 1000]) expect(pass(mime, chunkBytes)).toBe(whole);
});

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
])('marks an inline text part that has %s', (_what, part) => {
  const marked = pass(mixed(...part), 5);
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
])('leaves a part alone when %s', (_what, part) => {
  expect(pass(mixed(...part), 5)).toBe(mixed(...part).toString());
});

test.each([
  ['the whole message', []],
  ['one of several forms of the body', ['Content-Type: multipart/alternative; boundary=a', '', '--a']],
])('leaves a part with a name alone when it is %s', (_what, before) => {
  const mail = lines(
    ...before,
    'Content-Type: text/html',
    'Content-Disposition: inline; filename=a.html',
    '',
    'x',
  );
  expect(pass(mail, 5)).toBe(mail.toString());
});

test('finds parts after an inner multipart that is never closed', () => {
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
  expect(pass(mail, 9)).toBe(mail.toString().replace('inline', 'attachment'));
});

test('lets a line without end pass as it comes', () => {
  const mail = mixed('Content-Type: text/plain', '', `--${'x'.repeat(200_000)}`, 'y'.repeat(100_000));
  expect(pass(mail, 1000)).toBe(mail.toString());
});

/** What passes and what is taken out when the mail comes in chunks of so many bytes. */
function takeOut(mime: Buffer, chunkBytes: number): { passed: string; contents: string[] } {
  const contents: string[] = [];
  const scanner = new PartScanner(() => {
    const chunks: Buffer[] = [];
    return {
      header: 'X-Content: taken',
      write(chunk) {
        chunks.push(chunk);
        return undefined;
      },
      end: () => contents.push(Buffer.concat(chunks).toString()),
    };
  });
  return { passed: pass(mime, chunkBytes, scanner), contents };
}

test.each([
  ['a file', ['Content-Type: application/pdf', 'Content-Transfer-Encoding: base64']],
  [
    'an image in the body',
    ['Content-Type: image/png', 'Content-Disposition: inline', 'content-transfer-encoding:BASE64 '],
  ],
  [
    'text that is a file',
    ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64', 'Content-Disposition: attachment'],
  ],
])('takes out the content of %s, and leaves its header behind', (_what, header) => {
  for (const chunkBytes of [1, 3, 10, 1000]) {
    expect(takeOut(mixed(...header, '', 'SGVs', 'bG8=', '', '-- ', '--', '--?'), chunkBytes)).toEqual({
      passed: mixed(...header, 'X-Content: taken', '').toString(),
      contents: ['Hello'],
    });
  }
});

test.each([
  ['is not base64', ['Content-Type: application/pdf', 'Content-Transfer-Encoding: 7bit', '', 'SGVsbG8=']],
  ['is body text', ['Content-Type: text/html', 'Content-Transfer-Encoding: base64', '', 'SGVsbG8=']],
  ['is a message', ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', 'SGVsbG8=']],
  ['is a calendar', ['Content-Type: text/calendar', 'Content-Transfer-Encoding: base64', '', 'SGVsbG8=']],
  [
    'is a multipart without a boundary',
    [
      'Content-Type: multipart/mixed',
      'Content-Disposition: attachment',
      'Content-Transfer-Encoding: base64',
      '',
      'SGVsbG8=',
    ],
  ],
  [
    'declares two encodings',
    [
      'Content-Type: a/b',
      'Content-Transfer-Encoding: base64',
      'Content-Transfer-Encoding : 7bit',
      '',
      'SGVsbG8=',
    ],
  ],
  [
    'has two types',
    ['Content-Type: a/b', 'Content-Type : text/html', 'Content-Transfer-Encoding: base64', '', 'SGVsbG8='],
  ],
  [
    'declares more than base64',
    ['Content-Type: a/b', 'Content-Transfer-Encoding: base64', ' (not)', '', 'SGVsbG8='],
  ],
  [
    'hides a header behind a lone CR',
    ['Content-Type: a/b', 'X: y\rContent-Transfer-Encoding: base64', '', 'SGVsbG8='],
  ],
  ['has a header that never ends', ['Content-Type: a/b', 'Content-Transfer-Encoding: base64']],
])('leaves content in place when its part %s', (_what, part) => {
  for (const chunkBytes of [7, 1000]) {
    expect(takeOut(mixed(...part), chunkBytes)).toEqual({
      passed: mixed(...part).toString(),
      contents: [],
    });
  }
});

test('leaves content in place when it is the whole message', () => {
  const mail = lines('Content-Type: application/pdf', 'Content-Transfer-Encoding: base64', '', 'SGVsbG8=');
  expect(takeOut(mail, 10)).toEqual({ passed: mail.toString(), contents: [] });
});
