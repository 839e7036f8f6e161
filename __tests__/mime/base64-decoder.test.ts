import { randomBytes } from 'node:crypto';
import { Base64Decoder } from '../../src/mime/base64-decoder';

/** What comes out when the text comes in pieces of so many bytes. */
function decode(text: string, pieceBytes = text.length || 1): Buffer {
  const decoder = new Base64Decoder();
  const base64 = Buffer.from(text, 'latin1');
  const decoded: Buffer[] = [];
  for (let at = 0; at < base64.length; at += pieceBytes) {
    decoded.push(decoder.decode(base64.subarray(at, at + pieceBytes)));
  }
  return Buffer.concat(decoded);
}

const inLines = (base64: string, length: number, end = '\r\n') =>
  base64.replace(new RegExp(`.{1,${length}}`, 'g'), `$&${end}`);

test.each([
  ['lines of 76', (base64: string) => inLines(base64, 76)],
  ['lines that end in LF alone', (base64: string) => inLines(base64, 76, '\n')],
  ['lines that end within a group', (base64: string) => inLines(base64, 63)],
  ['one line', (base64: string) => base64],
  ['lines with white space around them', (base64: string) => inLines(base64, 60, ' \r\n\t')],
  ['line ends of both kinds', (base64: string) => inLines(base64, 76).replaceAll(/((?:.*\r\n){3})/g, '$1\n')],
  ['no padding', (base64: string) => inLines(base64.replaceAll('=', ''), 76)],
])('decodes %s, wherever it is cut', (_what, written) => {
  for (const size of [0, 1, 2, 3, 56, 57, 58, 1000, 1001]) {
    const bytes = randomBytes(size);
    const text = written(bytes.toString('base64'));
    for (const pieceBytes of [1, 2, 3, 77, 78, 79, 500, 5000]) {
      expect(decode(text, pieceBytes).equals(bytes)).toBe(true);
    }
  }
});

test.each([
  ['padding on every line', 'QQ==\r\nQkI=\r\nQ0ND\r\nRA==\r\n', 'ABBCCCD'],
  ['one padding sign of two', 'QQ=\r\nQkI=\r\n', 'ABB'],
  ['padding that has no need to be', 'QUJD=\r\nREVG\r\n', 'ABCDEF'],
  ['bytes that are no base64', 'QU*JD!\r\n\xe9RE\x00VG-_\r\n', 'ABCDEF'],
  ['a digit too few', 'QUJDR\r\n', 'ABC'],
])('passes over %s', (_what, text, expected) => {
  for (const pieceBytes of [1, 2, 3, 4, 5, 100]) {
    expect(decode(text, pieceBytes).toString()).toBe(expected);
  }
});
