import { randomBytes } from 'node:crypto';
import libmime from 'libmime';
import { createTransferDecoder, hexByteAt } from '../../src/mime/transfer-decoder';
import { fc } from '../support/fast-check';

/** What comes of text in an encoding that comes in pieces of so many bytes, and whether it is strict. */
function decode(encoding: string, text: string, pieceBytes = 1000) {
  const decoder = createTransferDecoder(encoding);
  const bytes = Buffer.from(text, 'latin1');
  const decoded: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    decoded.push(Buffer.from(decoder.decode(bytes.subarray(at, at + pieceBytes))));
  }
  decoded.push(decoder.end());
  return { text: Buffer.concat(decoded).toString('latin1'), isStrict: decoder.isStrict };
}

const piece = fc.integer({ min: 1, max: 100 });

test('decodes any bytes in base64, in whatever pieces', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), piece, (content, pieceBytes) => {
      const text = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n');
      const expected = Buffer.from(content).toString('latin1');
      expect(decode('base64', text, pieceBytes)).toEqual({ text: expected, isStrict: true });
    }),
  );
});

test('decodes any text in quoted-printable, in whatever pieces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), piece, (content, pieceBytes) => {
      const text = Buffer.from(content)
        .toString('latin1')
        .replace(/[^!-<>-~]/g, (byte) => {
          return `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
        });
      const lines = text.replace(/(?:=..|[^=]){60}/g, '$&=\r\n');
      const decoded = decode('quoted-printable', lines, pieceBytes);
      expect(Buffer.from(decoded.text, 'latin1').toString()).toBe(Buffer.from(content).toString());
      expect(decoded.isStrict).toBe(true);
    }),
  );
});

test.each([
  ['base64', 'SGVs*bG8='],
  ['base64', 'SGVsbG8=SGVs'],
  ['base64', 'SGVsb'],
  ['base64', 'S==='],
  ['base64', 'SGVsbG9-'],
  ['base64', 'SGVs\r\nbG9-\r\n'],
  ['base64', 'QQ==\r\nQUJD\r\n'],
  ['base64', 'QUJDA'],
  ['base64', 'QR'],
  ['base64', 'QE'],
  ['base64', 'QUJ'],
  ['quoted-printable', 'a=ZZ'],
  ['quoted-printable', 'a \r\nb'],
  ['quoted-printable', 'a '],
  ['quoted-printable', 'caf\xe9'],
  ['quoted-printable', 'a\rb'],
  ['quoted-printable', 'a=\rb'],
  ['quoted-printable', 'a=4G'],
  ['quoted-printable', 'a \nb'],
  ['quoted-printable', 'a\t\r\n'],
  ['quoted-printable', 'a=4'],
  ['quoted-printable', 'a\r'],
  ['quoted-printable', 'a\x00b'],
  ['quoted-printable', 'a\x7fb'],
  ['quoted-printable', 'a==41'],
])('knows that decoders differ on %s: %j', (encoding, text) => {
  for (const pieceBytes of [1, 2, 3, 6, 1000])
    expect(decode(encoding, text, pieceBytes).isStrict).toBe(false);
});

test.each([
  ['base64', 'S G\tVs\r\nbG8=\r\n', 'Hello'],
  ['base64', 'SGVsbG8', 'Hello'],
  ['base64', 'SGVsbA', 'Hell'],
  ['base64', 'QQ==', 'A'],
  ['base64', 'QUI=\r\n', 'AB'],
  ['base64', 'QUJDQQ==\r\n', 'ABCA'],
  ['base64', 'QU JDRA', 'ABCD'],
  ['quoted-printable', 'a\r\nb\nc=\r\nd=\ne', 'a\r\nb\ncde'],
  ['quoted-printable', 'a b\tc =\r\nd', 'a b\tc d'],
  ['quoted-printable', 'at the end=', 'at the end'],
  ['quoted-printable', 'at the end=\r', 'at the end'],
  ['quoted-printable', '~tilde~ {=7E} =7e\r\n', '~tilde~ {~} ~\r\n'],
  ['quoted-printable', 'a=\r\n=41=\n=\r\n', 'aA'],
  ['quoted-printable', 'a\t b', 'a\t b'],
])('reads %s in the only way there is, wherever it is cut: %j', (encoding, written, text) => {
  for (const pieceBytes of [1, 2, 3, 1000]) {
    expect(decode(encoding, written, pieceBytes)).toEqual({ text, isStrict: true });
  }
});

test.each([
  ['a=4', 'a=4'],
  ['a=ZZ', 'a=ZZ'],
  ['a\r', 'a\r'],
  ['=\xe9', '=\xe9'],
  ['\xe9=', '\xe9'],
  ['\xe9 ', '\xe9 '],
  ['a==41', 'a=A'],
  ['a ', 'a '],
])('keeps what is not quoted-printable: %j', (written, text) => {
  for (const pieceBytes of [1, 2, 1000]) {
    expect(decode('quoted-printable', written, pieceBytes)).toEqual({ text, isStrict: false });
  }
});

test.each(['', '7bit', '8bit', 'binary', 'x-uuencode'])(
  'leaves bytes in the encoding "%s" as they are',
  (encoding) => {
    expect(decode(encoding, 'a=41\xff\r\n')).toEqual({ text: 'a=41\xff\r\n', isStrict: true });
  },
);

test('agrees with libmime on text that it has encoded', () => {
  const text = 'Grüße \t= '.repeat(40);
  const encoded = String(libmime.encodeWord(text, 'Q')).slice('=?UTF-8?Q?'.length, -'?='.length);
  expect(
    Buffer.from(decode('quoted-printable', encoded.replaceAll('_', '=20')).text, 'latin1').toString(),
  ).toBe(text);
});

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
])('decodes base64 with %s, wherever it is cut', (_what, written) => {
  for (const size of [0, 1, 2, 3, 56, 57, 58, 1000, 1001]) {
    const bytes = randomBytes(size);
    const text = written(bytes.toString('base64'));
    for (const pieceBytes of [1, 2, 3, 77, 78, 79, 500, 5000]) {
      expect(decode('base64', text, pieceBytes).text).toBe(bytes.toString('latin1'));
    }
  }
});

test.each([
  ['padding on every line', 'QQ==\r\nQkI=\r\nQ0ND\r\nRA==\r\n', 'ABBCCCD'],
  ['one padding sign of two', 'QQ=\r\nQkI=\r\n', 'ABB'],
  ['padding that has no need to be', 'QUJD=\r\nREVG\r\n', 'ABCDEF'],
  ['bytes that are not', 'QU*JD!\r\n\xe9RE\x00VG-_\r\n', 'ABCDEF'],
  ['a digit too few', 'QUJDR\r\n', 'ABC'],
])('passes over %s in base64', (_what, text, expected) => {
  for (const pieceBytes of [1, 2, 3, 4, 5, 100]) {
    expect(decode('base64', text, pieceBytes).text).toBe(expected);
  }
});

test('reads every pair of hexadecimal digits, in either case, and nothing else', () => {
  for (let byte = 0; byte < 256; byte++) {
    const hex = byte.toString(16).padStart(2, '0');
    expect(hexByteAt(Buffer.from(`=${hex}`), 1)).toBe(byte);
    expect(hexByteAt(Buffer.from(`=${hex.toUpperCase()}`), 1)).toBe(byte);
    if (/[0-9a-f]/i.test(String.fromCharCode(byte))) continue;
    expect(hexByteAt(Buffer.of(byte, 0x30), 0)).toBeUndefined();
    expect(hexByteAt(Buffer.of(0x30, byte), 0)).toBeUndefined();
  }
  expect(hexByteAt(Buffer.from('=4'), 1)).toBeUndefined();
  expect(hexByteAt(Buffer.from('='), 1)).toBeUndefined();
});
