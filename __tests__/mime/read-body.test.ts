import { readBody } from '../../src/mime/body-text';
import type { MailPart } from '../../src/mime/mail-content';
import { mailPart } from '../support/mail-part';

const leaf = (over: Partial<MailPart>, body: string | Buffer = '') =>
  mailPart({ body: Buffer.from(body), ...over });
const text = (body: string) => leaf({}, body);
const html = (body: string) => leaf({ type: 'text/html' }, body);
const multipart = (type: string, ...children: MailPart[]) =>
  leaf({ type: `multipart/${type}`, use: 'multipart', children, body: undefined });
const file = leaf({ type: 'text/html', use: 'attachment' }, '<p>a file');

const inPage = (body: string) => `<div style="white-space: pre-wrap">${body}</div>`;

test.each<[string, MailPart, string | undefined, string | undefined]>([
  ['text alone', text('a'), 'a', undefined],
  ['HTML alone', html('<p>a'), undefined, '<p>a'],
  ['two forms of one text', multipart('alternative', text('a'), html('<p>a')), 'a', '<p>a'],
  ['texts around a file', multipart('mixed', text('a'), file, text('b')), 'a\nb', undefined],
  [
    'text beside HTML',
    multipart('mixed', html('<p>a'), text('b & <c>'), file),
    'b & <c>',
    `<p>a<br/>\n${inPage('b &amp; &lt;c&gt;')}`,
  ],
  [
    'text beside two forms of another',
    multipart('mixed', multipart('alternative', text('a'), html('<p>a')), text('b')),
    'a\nb',
    `<p>a<br/>\n${inPage('b')}`,
  ],
  ['text beside an empty page', multipart('mixed', html(''), text('a')), 'a', inPage('a')],
  ['HTML beside an empty text', multipart('mixed', html('<p>a'), text('')), undefined, '<p>a'],
  ['an empty text', text(''), undefined, undefined],
  ['no text at all', multipart('mixed', file), undefined, undefined],
])('the body of %s', (_what, root, plain, page) => {
  expect(readBody(root)).toEqual({ text: plain, html: page, losses: [] });
});

const LOST = (charset: string) => [{ because: 'charset', what: `text in the charset ${charset}` }];
const bytes = (hex: string) => Buffer.from(hex, 'hex');

test.each<[string, string, Buffer, string, boolean]>([
  ['utf-8', 'base64', bytes('6166c3bc'), 'afü', false],
  ['utf-8', '8bit', bytes('6166fc'), 'af\ufffd', true],
  ['ISO-8859-1', '8bit', bytes('6180fc'), 'a€ü', false],
  ['cp1252', '8bit', bytes('6181'), 'a\ufffd', true],
  ['x-unheard-of', '8bit', bytes('61'), 'a', true],
  ['utf-16le', 'base64', bytes('61000d000a006200'), 'a\nb', false],
  ['utf-16le', '8bit', bytes('61006200'), 'ab', true],
  ['unicode', '', bytes('61006200'), 'ab', true],
  ['utf-16le', 'base64', bytes('6100d8'), 'a\ufffd', true],
])('text in %s with the encoding %s', (charset, encoding, body, plain, isLost) => {
  const part = leaf({ params: { charset }, encoding }, body);
  expect(readBody(part)).toMatchObject({ text: plain, losses: isLost ? LOST(charset) : [] });
});

test('an empty text in UTF-16 loses nothing', () => {
  expect(readBody(leaf({ params: { charset: 'utf-16le' } }, '')).losses).toEqual([]);
});

test('bytes that are lost with their encoding are not counted again', () => {
  const faults = [{ because: 'encoding', what: 'bytes of a part that are not base64' }] as const;
  expect(readBody(leaf({ faults: [...faults] }, bytes('fc'))).losses).toEqual([]);
  const others = [{ because: 'structure', what: 'a second body' }] as const;
  expect(readBody(leaf({ faults: [...others] }, bytes('fc'))).losses).toEqual(LOST('utf-8'));
});

test.each<[Record<string, string>, string, string]>([
  [{ format: 'flowed' }, 'one \nline\nnext', 'one line\nnext'],
  [{ format: ' Flowed ' }, 'one \nline', 'one line'],
  [{ format: 'flowed', delsp: 'yes' }, 'one \nline', 'oneline'],
  [{ format: 'flowed', delsp: 'YES ' }, 'one \nline', 'oneline'],
  [{ format: 'flowed', delsp: 'no' }, 'one \nline', 'one line'],
  [{ format: 'flowed', delsp: 'not yes' }, 'one \nline', 'one line'],
  [{ format: 'flowed', delsp: 'yes or no' }, 'one \nline', 'one line'],
  [{ format: 'flowed', delsp: ' yes' }, 'one \nline', 'oneline'],
  [{ format: 'fixed' }, 'one \nline', 'one \nline'],
  [{ format: 'unflowed' }, 'one \nline', 'one \nline'],
  [{ format: 'flowed2' }, 'one \nline', 'one \nline'],
  [{ delsp: 'yes' }, 'one \nline', 'one \nline'],
])('lines of text with %j', (params, body, plain) => {
  expect(readBody(leaf({ params }, body)).text).toBe(plain);
});

test('lines of HTML, and of very long text, are never joined', () => {
  const params = { format: 'flowed' };
  expect(readBody(leaf({ type: 'text/html', params }, 'one \nline')).html).toBe('one \nline');
  const long = 'one \n'.repeat(200_000);
  expect(readBody(leaf({ params }, long)).text).toHaveLength(800_000);
  expect(readBody(leaf({ params }, `${long}x`)).text).toBe(`${long}x`);
});

test.each([
  ['a\r\nb\r\n', 'a\nb\n'],
  ['a\r\r\nb', 'a\r\r\nb'],
  ['a\rb\n\r\n', 'a\rb\n\n'],
  ['\r\n', '\n'],
  ['a\r', 'a\r'],
])('the line ends of %j are %j', (body, plain) => {
  expect(readBody(text(body)).text).toBe(plain);
  const wide = leaf({ params: { charset: 'utf-16le' }, encoding: 'base64' }, Buffer.from(body, 'utf16le'));
  expect(readBody(wide).text).toBe(plain);
});
