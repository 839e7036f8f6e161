import {
  bytesBeforeHeader,
  cleanLines,
  notAHeader,
  quoted,
  readHeaderBlock,
} from '../../src/mime/header-block';
import { fc } from '../support/fast-check';

test('reads fields as they stand, unfolded, up to the empty line', () => {
  const block = readHeaderBlock('Subject: a\r\n\tb\r\nX-A : c \nX-B:\r\n\r\nX-C: body');
  expect(block).toMatchObject({ fault: undefined, hasBlankFold: false, hasLoneCr: false });
  expect(block.fields).toEqual([
    { key: 'subject', name: 'Subject', value: 'a\tb', source: 'Subject: a\r\n\tb\r\n' },
    { key: 'x-a', name: 'X-A', value: 'c', source: 'X-A : c \n' },
    { key: 'x-b', name: 'X-B', value: '', source: 'X-B:\r\n' },
  ]);
});

test.each([
  ['a name with a control character', 'Bcc\x0b: a@example.com\r\n', '"Bcc : a@example.com"'],
  ['a control character before the name', '\x0bBcc: a@example.com\r\n', '"Bcc: a@example.com"'],
  ['a name and its colon on two lines', 'Bcc\r\n : a@example.com\r\n', '"Bcc"'],
  ['a first line that continues nothing', ' x: y\r\n', '"x: y"'],
  ['a name beyond ASCII', 'Gr\xfc\xdfe: y\r\n', '"Grüße: y"'],
  ['a lone CR', 'X-A: b\rBcc: c\r\n', 'carriage return'],
  ['a lone CR before the line end', 'X-A: b\r\r\n', 'carriage return'],
])('takes %s for no field, and says so', (_what, line, said) => {
  const { fault, fields } = readHeaderBlock(`${line}Subject: x\r\n\r\n`);
  expect(fault).toContain(said);
  expect(fields.map(({ key }) => key)).toEqual(['subject']);
});

test.each([
  ['X-A: b\r\n', false],
  ['X-A : b\r\n', true],
  ['X-A: b\r\nX-B\t: c\r\n', true],
])('notes white space before a colon: %j', (text, hasSpacedName) => {
  expect(readHeaderBlock(`${text}\r\n`)).toMatchObject({ hasSpacedName, fault: undefined });
});

test('unfolds lines that end in LF alone, and reads values that are only white space', () => {
  const { fields } = readHeaderBlock('X-A: a\n b\n\tc\nX-B: \t \n \n\n');
  expect(fields.map(({ value }) => value)).toEqual(['a b\tc', '']);
});

test('a line of white space goes on with the field, and is noted', () => {
  expect(readHeaderBlock('X-A: b\r\n \r\nContent-Type: c/d\r\n\r\n')).toMatchObject({
    hasBlankFold: true,
    fields: [{ key: 'x-a' }, { key: 'content-type' }],
  });
});

test('every byte of a header without faults is in exactly one field', () => {
  const line = fc.stringMatching(/^[!-~ \t]{0,20}$/);
  const header = fc.array(fc.tuple(line, fc.constantFrom('\r\n', '\n')), { maxLength: 12 });
  fc.assert(
    fc.property(header, (lines) => {
      const text = lines.map(([content, end]) => content + end).join('');
      const { fields, fault } = readHeaderBlock(text);
      if (fault) return;
      const sources = fields.map(({ source }) => source).join('');
      expect(text.startsWith(sources)).toBe(true);
      expect(text.slice(sources.length)).toMatch(/^(?:\r?\n|$)/);
    }),
    { numRuns: 2000 },
  );
});

test('quotes the start of a text, and no control character of it', () => {
  expect(quoted('a\0b\r\n')).toBe('"a b"');
  expect(quoted('x'.repeat(200))).toHaveLength(83);
});

test.each([
  ['a form feed', '\x0c'],
  ['a no-break space', '\xa0'],
  ['a vertical tab', '\x0b'],
])('%s around a value is part of it', (_, character) => {
  const { fields } = readHeaderBlock(`To: \t${character}a@example.com${character} \r\n\r\n`);
  expect(fields.map(({ value }) => value)).toEqual([`${character}a@example.com${character}`]);
});

/** What remains of a message. */
const rest = (text: string) => {
  const bytes = Buffer.from(text);
  return bytes.subarray(bytesBeforeHeader(bytes)).toString();
};

test.each([
  ['a byte order mark', '\ufeff'],
  ['the line of a mailbox file', 'From ann@example.com Mon Nov 23 10:00:00 2026\r\n'],
  ['a quoted line of a mailbox file', '>From ann@example.com Mon Nov 23 10:00:00 2026\n'],
  ['blank lines', '\r\n\n \r\n'],
  ['all of them', '\ufeff\r\nFrom a b\n>From c d\n\n'],
])('takes off %s', (_what, before) => {
  expect(rest(`${before}Subject: x\r\n\r\nbody`)).toBe('Subject: x\r\n\r\nbody');
});

test.each([
  ['a From field with a space before its colon', 'From : a@example.com\r\n\r\nbody'],
  ['a header', 'From: a@example.com\r\n\r\nbody'],
  ['a line that continues nothing', ' , b@example.com\r\n\r\nbody'],
  ['text', 'body'],
  ['the empty line of a message without a header', '\r\nbody'],
  ['nothing', ''],
])('leaves %s', (_what, text) => {
  expect(rest(text)).toBe(text);
});

test.each([
  ['X-A: b\r\n', 'X-A: b\r\n'],
  ['X-A : b\n', 'X-A: b\r\n'],
  ['X-A\t:b\r\n\tc\n d\r\n', 'X-A:b\r\n\tc\r\n d\r\n'],
  ['X-A: b\r\n \r\n\t\n c\r\n', 'X-A: b\r\n c\r\n'],
  ['X-A: b: c\r\n', 'X-A: b: c\r\n'],
  ['X-A: b', 'X-A: b\r\n'],
])('writes a field so that every reader finds its end: %j', (source, clean) => {
  const [field] = readHeaderBlock(source).fields;
  expect(field && cleanLines(field)).toBe(clean);
});

test('quotes eighty characters whole, and says what is wrong with a header', () => {
  expect(quoted('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
  expect(quoted('x'.repeat(81))).toBe(`"${'x'.repeat(80)}…"`);
  expect(quoted('a\0\0\r\nb')).toBe('"a b"');
  expect(notAHeader('a line that is not a header field: "x"')).toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringMatching(
      /^The header of the message has a line that is not .*: "x"\. Nothing was sent/,
    ),
  });
});

test.each([
  ['an empty line after blank ones', ' \r\n\t\n\r\nbody', '\r\nbody'],
  ['the first of several empty lines', '\n\r\nbody', '\n\r\nbody'],
  ['blank lines alone', ' \r\n\t\r\nbody', 'body'],
  ['a From line with a colon in it', 'From a:b c\r\nSubject: x\r\n\r\n', 'Subject: x\r\n\r\n'],
])('of what is not a header, it leaves %s', (_what, text, left) => {
  expect(rest(text)).toBe(left);
});
