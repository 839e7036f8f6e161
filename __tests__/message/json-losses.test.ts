import { controlCharactersIn } from '../../src/delivery/request-bodies';
import { jsonLosses } from '../../src/message/json-losses';
import { convertFixture, mailFixtures } from '../support/fixtures';
import { readLines, readMail } from '../support/mail-content';

test.each(mailFixtures)('knows whether JSON carries it whole: $name', async (fixture) => {
  const { content, message } = await convertFixture(fixture);
  expect(jsonLosses(content, controlCharactersIn(message))[0]?.because).toBe(fixture.because);
});

test('names the part whose bytes cannot be read', async () => {
  const content = await readLines('Content-Type: text/plain', 'Content-Transfer-Encoding: base64', '', '*');
  expect(jsonLosses(content)).toEqual([{ because: 'encoding', what: 'bytes of a part that are not base64' }]);
});

test('names everything that would be lost', async () => {
  const content = await readLines(
    'From: a@example.com, b@example.com',
    'List-Id: <news.example.com>',
    'Precedence: bulk',
    '',
    'body',
  );
  expect(jsonLosses(content).map(({ what }) => what)).toEqual([
    'the second From',
    'the header List-Id',
    'the header Precedence',
  ]);
});

test('takes five custom headers and names those that are too many', async () => {
  const five = ['X-A: 1', 'X-B: 2', 'X-C: 3', 'X-D: 4', 'X-E: 5'];
  expect(jsonLosses(await readLines(...five, 'X-Priority: 1', '', 'body'))).toEqual([]);
  expect(jsonLosses(await readLines(...five, 'x-f: 6', '', 'body'))).toEqual([
    expect.objectContaining({ because: 'too-many-headers', what: 'the header x-f' }),
  ]);
});

test.each([
  ['X-Ours: =?utf-8?Q?a=0D=0AX-Evil:_1?=', 'the header X-Ours'],
  ['X-: nothing', 'the header X-'],
  ['X-Empty:', 'the header X-Empty'],
  ['Message-ID: 12345', 'the header Message-ID'],
  ['Subject: =?hz-gb-2312?Q?=7E{Dc:C=7E}?=', 'the header Subject'],
  ['Reply-To: friends:;', 'the header Reply-To'],
  ['Sender: www-data', 'the header Sender'],
])('leaves to MIME what is safe there only: %j', async (header, what) => {
  expect(jsonLosses(await readLines(header, '', 'body'))).toMatchObject([{ because: 'header', what }]);
});

test('knows a sensitivity that MAPI has no number for', async () => {
  expect(jsonLosses(await readLines('Sensitivity: Private', '', 'body'))).toEqual([]);
  expect(jsonLosses(await readLines('Sensitivity: Top-Secret', '', 'body'))).toMatchObject([
    { because: 'header' },
  ]);
});

test('takes U+FFFD in UTF-8 for the character that it is', async () => {
  const content = await readLines('Content-Type: text/plain; charset=utf-8', '', 'caf\ufffd');
  expect(jsonLosses(content)).toEqual([]);
});

test.each<[string, string, string]>([
  ['utf-8', 'caf\xe9', 'charset'],
  ['us-ascii', 'caf\xc3\xa9', 'charset'],
  ['iso-2022-jp', '\xa4\xb3', 'charset'],
  ['utf-16le', 'a\0b', 'charset'],
  ['windows-1252', 'a\x81', 'charset'],
  ['latin9', '\xa4', 'charset'],
  ['cp50220', '\x1b$B$3\x1b(B', 'charset'],
])('judges text in %s by its bytes', async (charset, body, because) => {
  const mail = Buffer.from(`Content-Type: text/plain; charset=${charset}\r\n\r\n${body}`, 'latin1');
  expect(jsonLosses((await readMail(mail)).content)[0]?.because).toBe(because);
});

/** A multipart of these parts, each given as lines. */
const multipart = (type: string, boundary: string, ...parts: string[][]): string[] => [
  `Content-Type: ${type}; boundary=${boundary}`,
  '',
  ...parts.flatMap((part) => [`--${boundary}`, ...part]),
  `--${boundary}--`,
];
const leaf = (type: string, body = 'x', ...headers: string[]) => [
  `Content-Type: ${type}`,
  ...headers,
  '',
  body,
];
const mixed = (...parts: string[][]) => multipart('multipart/mixed', 'm', ...parts);
const alternative = (...parts: string[][]) => multipart('multipart/alternative', 'a', ...parts);
const [text, html, pdf] = [leaf('text/plain'), leaf('text/html', '<p>x'), leaf('application/pdf')];

test.each<[string, string[]]>([
  ['text and HTML', alternative(text, html)],
  ['text around a file', mixed(text, pdf, text)],
  ['text and HTML in a mixed one', mixed(alternative(text, html), pdf)],
  ['HTML with images as the alternative', alternative(text, multipart('multipart/related', 'r', html, pdf))],
])('finds nothing lost of %s', async (_what, lines) => {
  expect(jsonLosses(await readLines(...lines))).toEqual([]);
});

test.each<[string, string[], string]>([
  ['a disclaimer in an alternative of its own', mixed(html, alternative(text)), 'structure'],
  ['text after a file within the HTML form', alternative(text, mixed(html, pdf, text)), 'structure'],
  ['two HTML forms', alternative(html, html), 'structure'],
  ['two text forms', alternative(text, text), 'structure'],
  ['a digest', multipart('multipart/digest', 'd', leaf('message/rfc822')), 'structure'],
  ['a multipart without a boundary', leaf('multipart/mixed'), 'structure'],
  [
    'an alternative with a file name',
    alternative(text, leaf('application/ld+json; name=a.json')),
    'alternative',
  ],
  [
    'AMP that says inline',
    alternative(text, leaf('text/x-amp-html', 'x', 'Content-Disposition: inline')),
    'alternative',
  ],
  [
    'an invitation that says attachment',
    alternative(text, leaf('text/calendar', 'x', 'Content-Disposition: attachment')),
    'invitation',
  ],
  [
    'a signed part within',
    mixed(multipart('multipart/signed', 's', text, leaf('application/x-unheard'))),
    'signed',
  ],
  ['S/MIME that calls itself text', ['Content-Type: text/plain; name=smime.p7m', '', 'x'], 'encrypted'],
  ['S/MIME known by its name only', leaf('application/octet-stream; name=smime.p7m'), 'encrypted'],
  ['UTF-7', leaf('text/plain; charset=utf-7', '+AOQ-'), 'charset'],
  [
    'an HTML file with a name as the whole message',
    leaf('text/html; name=report.html', 'x', 'Content-Disposition: inline; filename=report.html'),
    'structure',
  ],
  ['a second Subject', ['Subject: a', 'Subject: b', '', 'x'], 'header'],
])('knows that %s does not fit', async (_what, lines, because) => {
  expect(jsonLosses(await readLines(...lines))[0]?.because).toBe(because);
});

test.each<[string, string[]]>([
  ['an alternative with only one form', alternative(text)],
  [
    'a calendar that is a file with a name',
    mixed(text, leaf('text/calendar; name=a.ics', 'x', 'Content-Disposition: inline; filename=a.ics')),
  ],
  ['a file whose type only begins like that of a report', mixed(text, leaf('message/delivery-status-log'))],
  ['a file whose type only ends like that of a signature', mixed(text, leaf('x-application/pgp-signature'))],
])('finds nothing lost of %s either', async (_what, lines) => {
  expect(jsonLosses(await readLines(...lines))).toEqual([]);
});

test.each<[string, string[], string]>([
  ['a report whose parts say nothing of it', multipart('multipart/report', 'r', text, pdf), 'report'],
  ['a delivery report outside of any', mixed(text, leaf('message/delivery-status')), 'report'],
  ['a calendar without a name', mixed(text, leaf('text/calendar')), 'invitation'],
  ['a calendar with a method', mixed(text, leaf('text/calendar; method=REQUEST; name=a.ics')), 'invitation'],
  ['a signature beside what it signs', mixed(text, leaf('application/x-pkcs7-signature')), 'signed'],
])('knows that %s does not fit either', async (_what, lines, because) => {
  expect(jsonLosses(await readLines(...lines))[0]?.because).toBe(because);
});

test.each<[string[], string[]]>([
  [multipart('multipart/encrypted', 'e', leaf('application/pgp-encrypted')), ['the encryption']],
  [leaf('application/octet-stream; name=SMIME.P7M'), ['the encryption']],
  [leaf('application/x-pkcs7-mime; smime-type=enveloped-data; name=smime.p7m'), ['the encryption']],
  [leaf('application/pkcs7-mime; smime-type=Signed-Data; name=smime.p7m'), ['the signature']],
  [leaf('application/pkcs7-mime; smime-type=signed-data'), ['the signature']],
  [multipart('multipart/signed', 's', text, leaf('application/pgp-signature')), ['the signature']],
  [multipart('multipart/encrypted', 'e', leaf('application/octet-stream')), ['the encryption']],
  [mixed(text, leaf('application/pgp-encrypted')), ['the encryption']],
  [mixed(text, leaf('application/pkcs7-mime')), ['the encryption']],
  [mixed(text, leaf('application/pkcs7-signature')), ['the signature']],
  [mixed(text, leaf('message/feedback-report')), ['the delivery report']],
  [alternative(text, leaf('text/calendar; method=REQUEST')), ['the invitation']],
  [
    alternative(text, leaf('text/x-amp-html'), leaf('text/watch-html')),
    ['the alternative text/x-amp-html', 'the alternative text/watch-html'],
  ],
  [alternative(text, leaf('text/html-sandboxed')), ['the alternative text/html-sandboxed']],
  [alternative(text, leaf('x-text/html')), ['the alternative x-text/html']],
  [
    multipart('multipart/mixed-replace', 'd', leaf('application/pdf')),
    ['the parts of multipart/mixed-replace'],
  ],
  [leaf('text/markdown'), ['the alternative text/markdown']],
  [
    multipart('multipart/x-mixed-replace', 'd', leaf('application/pdf')),
    ['the parts of multipart/x-mixed-replace'],
  ],
  [alternative(html, html), ['a second body, text/html']],
  [alternative(text, text), ['a second body, text/plain']],
])('says in words what would be lost: %j', async (lines, whats) => {
  expect(jsonLosses(await readLines(...lines)).map(({ what }) => what)).toEqual(whats);
});

test.each<[string, string[]]>([
  ['a text file with a name', mixed(text, leaf('text/markdown; name=a.md'))],
  ['a text file to be saved', mixed(text, leaf('text/css', 'x', 'Content-Disposition: attachment'))],
  ['text that a page shows', multipart('multipart/related', 'r', html, leaf('text/css'))],
  [
    'an invitation to be saved',
    mixed(text, leaf('text/calendar; method=REQUEST', 'x', 'Content-Disposition: attachment')),
  ],
  ['a file whose type ends like S/MIME', mixed(text, leaf('x-application/pkcs7-mime'))],
  ['a file whose type ends like that of a report', mixed(text, leaf('x-message/delivery-status'))],
  ['two pages one after the other', mixed(html, html)],
  ['a file that only mentions a signature', mixed(text, leaf('application/pgp-signature-log'))],
  ['a file whose type only begins like S/MIME', mixed(text, leaf('application/pkcs7-mime-log'))],
  ['a file whose name only mentions S/MIME', mixed(text, leaf('application/zip; name=a.p7m.zip'))],
])('finds nothing lost of %s in the end', async (_what, lines) => {
  expect(jsonLosses(await readLines(...lines))).toEqual([]);
});

test('names the receipts that would go to someone else, each header on its own', async () => {
  const content = await readLines(
    'From: Ann <ann@example.com>',
    'Disposition-Notification-To: ann@example.com, <bob@example.com>',
    'Return-Receipt-To: eve@example.com',
    '',
    'body',
  );
  expect(jsonLosses(content)).toEqual([
    { because: 'receipt-address', what: 'the receipt to bob@example.com' },
    { because: 'receipt-address', what: 'the receipt to eve@example.com' },
  ]);
});

test('names a control character in the name of an attachment once', async () => {
  const file = leaf('application/pdf; name="=?utf-8?Q?a=0Db.pdf?="');
  expect(
    jsonLosses(await readLines(...mixed(text, file, file)), ['a control character in the text']),
  ).toEqual([
    { because: 'control-characters', what: 'a control character in the text' },
    { because: 'control-characters', what: 'control characters in an attachment' },
  ]);
});
