import { readHeaderBlock } from '../../src/mime/header-block';
import type { MailPart } from '../../src/mime/mail-content';
import { headerForParser, PART_NUMBER, readPartHeader } from '../../src/mime/part-header';

const read = (header: string[], parent?: MailPart) =>
  readPartHeader(readHeaderBlock(`${header.join('\r\n')}\r\n\r\n`), parent);
const multipart = (type: string, ...children: MailPart[]): MailPart => ({
  ...read([`Content-Type: multipart/${type}; boundary=b`]),
  children,
});
const faultsOf = ({ faults }: MailPart) => faults.map(({ because, what }) => `${because}: ${what}`);
const mixed = multipart('mixed');
const page = read(['Content-Type: text/html']);

test.each<[string[], Partial<MailPart>]>([
  [[], { type: 'text/plain', use: 'body', encoding: '', disposition: '', hasLocation: false }],
  [['Content-Type: image/png; name=a.jpg'], { type: 'image/png', use: 'attachment', filename: 'a.jpg' }],
  [['Content-Type: png; name=a.pdf'], { type: 'application/pdf', use: 'attachment' }],
  [['Content-Type: x; name=a.zip'], { type: 'application/zip' }],
  [['Content-Type: a/b/c'], { type: 'text/plain' }],
  [['Content-Type: text/plain'], { use: 'body' }],
  [['Content-Type: text/plain-x'], { use: 'attachment' }],
  [['Content-Type: x-text/plain'], { use: 'attachment' }],
  [['Content-Disposition: inline'], { use: 'body', disposition: 'inline' }],
  [['Content-Disposition: inline-x'], { use: 'attachment' }],
  [['Content-Disposition: x-inline'], { use: 'attachment' }],
  [['Content-Disposition: attachment; filename=b', 'Content-Type: a/b; name=a'], { filename: 'b' }],
  [['Content-Disposition: attachment; filename=""', 'Content-Type: a/b; name=a'], { filename: 'a' }],
  [['Content-Disposition: attachment; filename=""'], { filename: undefined }],
  [['Content-Transfer-Encoding: Quoted-Printable'], { encoding: 'quoted-printable' }],
  [['Content-ID: <a@b>'], { contentId: 'a@b' }],
  [['Content-ID: a<b>c '], { contentId: 'a<b>c' }],
  [['Content-ID: < a@b >'], { contentId: 'a@b' }],
  [['Content-ID: <>'], { contentId: undefined }],
  [['Content-Location: https://contoso.example'], { hasLocation: true }],
  [['Content-Base: https://contoso.example'], { hasLocation: true }],
  [['Content-Type: multipart/mixed; boundary=b'], { use: 'multipart' }],
  [['Content-Type: multipart/mixed; boundary=" "'], { use: 'attachment' }],
  [['Content-Type: multipart/mixed'], { use: 'attachment' }],
])('reads what %j says', (header, expected) => {
  expect(read(header)).toMatchObject({ ...expected, faults: [] });
});

test.each<[string, string[], MailPart, MailPart['use']]>([
  ['text in mixed', [], mixed, 'body'],
  ['text with a name in mixed', ['Content-Type: text/plain; name=a'], mixed, 'attachment'],
  ['text first in related', [], multipart('related'), 'body'],
  ['text after it', ['Content-ID: <a>'], multipart('related', page), 'attachment'],
  ['a page with a name in related', ['Content-Type: text/html; name=a'], multipart('related'), 'body'],
  [
    'a page with a name in alternative',
    ['Content-Type: text/html; name=a'],
    multipart('alternative'),
    'body',
  ],
])('knows what %s is for', (_what, header, parent, use) => {
  expect(read(header, parent).use).toBe(use);
});

test.each<[string[], MailPart | undefined, string[]]>([
  [
    ['X-A: b', 'MIME-Version: 1.0', 'Content-Length: 3', 'Content-Description: x', 'Content-Base: y'],
    mixed,
    [],
  ],
  [['Subject: a', 'X-B: c'], undefined, []],
  [['Subject: a'], mixed, ['structure: the header Subject of a part']],
  [['X-A : b'], mixed, ['structure: a header of a part with a space before its colon']],
  [['X-A : b'], undefined, []],
  [['Hello'], mixed, ['structure: a part whose header has a line that is not a header field: "Hello"']],
  [['X-A: b', ' '], undefined, ['structure: a header line of white space']],
  [['Content-Type: text/plain', 'Content-type: a/b'], mixed, ['structure: a second Content-type of a part']],
  [['Content-Type: text/plain (x)'], mixed, ['structure: the Content-Type of a part, which has a comment']],
  [
    ['Content-Disposition: attachment; filename="\xff"'],
    mixed,
    ['charset: the Content-Disposition of a part, which has bytes that are not UTF-8'],
  ],
  [
    ['Content-Type: multipart; boundary=b'],
    mixed,
    ['structure: the Content-Type "multipart", which has no subtype'],
  ],
  [['Content-Type: x; boundary=b'], mixed, ['structure: the Content-Type "x", which has no subtype']],
  [['Content-Type: x-multipart'], mixed, []],
  [['Content-Transfer-Encoding: x-uuencode'], mixed, ['encoding: the transfer encoding "x-uuencode"']],
  [['Content-Transfer-Encoding: base64-x'], mixed, ['encoding: the transfer encoding "base64-x"']],
  [['Content-Transfer-Encoding: x-base64'], mixed, ['encoding: the transfer encoding "x-base64"']],
  [['Content-Transfer-Encoding: x8bit'], mixed, ['encoding: the transfer encoding "x8bit"']],
  [['Content-Transfer-Encoding: 8bits'], mixed, ['encoding: the transfer encoding "8bits"']],
  ...['7bit', '8BIT', 'binary', 'base64', 'quoted-printable'].map(
    (encoding): [string[], MailPart, string[]] => [[`Content-Transfer-Encoding: ${encoding}`], mixed, []],
  ),
  [
    ['Content-Type: multipart/mixed; boundary=b', 'Content-Transfer-Encoding: base64'],
    undefined,
    ['encoding: the transfer encoding "base64"'],
  ],
  [['Content-Type: message/partial; id=1'], mixed, ['structure: what message/partial only points to']],
  [['Content-Type: message/external-body'], mixed, ['structure: what message/external-body only points to']],
  [['Content-Type: message/partial-x'], mixed, []],
  [['Content-Type: x-message/partial'], mixed, []],
  [['Content-Type: text/html; name=a'], undefined, ['structure: the file name of the body']],
  [['Content-Type: text/html; name=a'], multipart('related'), []],
  [['Content-Type: text/plain; name=a'], multipart('related'), ['structure: the file name of the body']],
  [['Content-Type: a/b'], multipart('related'), ['structure: the first part of multipart/related, a/b']],
  [['Content-Type: a/b'], multipart('related', page), []],
  [[], multipart('related', page), ['structure: a second body, text/plain']],
  [['Content-Type: text/html'], multipart('related', page), ['structure: a second body, text/html']],
  [['Content-Type: text/css'], multipart('related', page), []],
  [['Content-ID: <a>'], multipart('related', page), []],
  [['Content-Type: text/plain; name=a'], multipart('related', page), []],
  [['Content-Disposition: attachment'], multipart('related', page), []],
])('is in doubt about %j', (header, parent, faults) => {
  expect(faultsOf(read(header, parent))).toEqual(faults);
});

test.each([
  ['<a@b>', ['Content-ID: <a@b>'], []],
  ['a@b', ['Content-ID: <a@b>'], []],
  ['<c@d>', ['Content-ID: <a@b>'], ['structure: the start of multipart/related']],
  ['<c@d>', [], ['structure: the start of multipart/related']],
])('the page of multipart/related is its first part, and %s may say otherwise', (start, header, faults) => {
  const parent = { ...multipart('related'), params: { start } };
  expect(faultsOf(read(header, parent))).toEqual(faults);
  expect(faultsOf(read(['Content-ID: <x@y>'], { ...parent, children: [page] }))).toEqual([]);
});

test('mailparser gets no more of a part than its boundary', () => {
  const part = read(['Content-Type: MULTIPART/mixed (x); boundary="a \\"b\\" \\\\ "; charset=x', 'X-A: b']);
  expect(headerForParser(part, 3).toString()).toBe(
    `Content-Type: multipart/mixed; boundary="a \\"b\\" \\\\"\r\n${PART_NUMBER}: 3\r\n\r\n`,
  );
  const header = headerForParser(page, 4).toString();
  expect(header).toMatch(new RegExp(`\\r\\n${PART_NUMBER}: 4\\r\\n\\r\\n$`));
  expect(header).not.toMatch(/text\/html|boundary/);
});
