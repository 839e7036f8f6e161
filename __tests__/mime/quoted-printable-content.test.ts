import { encode, wrap } from 'nodemailer/lib/qp';
import { QuotedPrintableContent } from '../../src/mime/quoted-printable-content';
import { createTransferDecoder } from '../../src/mime/transfer-decoder';
import { fc } from '../support/fast-check';

const contentOf = (content: Buffer) => QuotedPrintableContent.of(content, wrap(encode(content)));

const TEXT = [
  'a',
  'word',
  ' ',
  '\t',
  '.',
  '=',
  '\n',
  '\r\n',
  '\r',
  '-',
  'é',
  '№',
  '😀',
  '\0',
  'x'.repeat(30),
];
const text = fc
  .uniqueArray(fc.constantFrom(...TEXT), { minLength: 1 })
  .chain((units) => fc.string({ unit: fc.constantFrom(...units), maxLength: 300 }))
  .map((characters) => Buffer.from(characters));
const bytes = fc
  .uniqueArray(fc.constantFrom(0x80, 0xbf, 0xc3, 0xf0, 0x20, 0x61, 0x0a, 0x0d, 0x3d), { minLength: 1 })
  .chain((some) => fc.array(fc.constantFrom(...some), { maxLength: 300 }))
  .map((some) => Buffer.from(some));
const content = fc.oneof(text, bytes);

test('is what every reader finds in its lines, which have no delimiter among them', () => {
  fc.assert(
    fc.property(content, (some) => {
      const made = contentOf(some);
      if (typeof made === 'string') return;
      const decoder = createTransferDecoder('quoted-printable');
      const lines = Buffer.concat([...made.lines()]).toString('latin1');
      expect(Buffer.concat([decoder.decode(Buffer.from(lines)), decoder.end()])).toEqual(some);
      expect(decoder.isStrict).toBe(true);
      expect(made.length).toBe(lines.length);
      expect(lines).not.toMatch(/(?:^|[\r\n])--/);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['begins with dashes', '--b', true],
  ['has a line that begins with dashes', 'a\n--b', true],
  ['has a line that a soft break lets begin with dashes', `${'a'.repeat(75)}--b`, true],
  ['has dashes after a lone CR', 'a\r--b', true],
  ['has a lone CR, which not every decoder keeps', 'a\rb', true],
  ['ends with CR', 'a\r', true],
  ['has dashes elsewhere', 'a --b-\r\n-c', false],
  ['has any line end', 'a\n\r\nb\n', false],
])('is given as its lines alone if one of them could mislead a reader: it %s', (_what, some, misleads) => {
  expect(typeof contentOf(Buffer.from(some)) === 'string').toBe(misleads);
});
