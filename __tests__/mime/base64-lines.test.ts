import { decodeLines } from '../../src/mime/base64-lines';

/** What the lines decode to, or undefined if the shortcut leaves them to the slower decoder. */
function decoded(lines: string): string | undefined {
  const target = Buffer.alloc(lines.length);
  const written = decodeLines(Buffer.from(lines, 'latin1'), target);
  return written === undefined ? undefined : target.toString('latin1', 0, written);
}

test.each([
  ['one line', 'SGVsbG8h\r\n', 'Hello!'],
  ['lines of one length', 'SGVs\r\nbG8h\r\nSGVs\r\n', 'Hello!Hel'],
  ['lines that end in LF alone', 'SGVs\nbG8h\n', 'Hello!'],
  ['line ends of both kinds', 'SGVs\r\nbG8h\nSGVs\r\n', 'Hello!Hel'],
  ['lines that grow longer', 'SGVs\r\nbG8hSGVs\r\n', 'Hello!Hel'],
  ['lines that grow shorter', 'SGVsbG8h\r\nSGVs\r\n\r\nbG8h\r\n', 'Hello!Hello!'],
  ['groups that go over a line end', 'SGVsb\r\nG8h\r\n', 'Hello!'],
  ['a last line without an end', 'SGVs\r\nbG8h', 'Hello!'],
  ['nothing', '', ''],
])('decodes %s', (_what, lines, text) => {
  expect(decoded(lines)).toBe(text);
});

test.each([
  ['digits that make no whole group', 'SGVsbG8\r\n'],
  ['a digit that only Node knows', 'SGV-\r\n'],
  ['another one', 'SGV_\r\n'],
  ['padding', 'SGVsbG8=\r\n'],
  ['white space', 'SGVs SGVs   \r\n'],
  ['other bytes', 'SG*sbG8h\r\n'],
])('leaves %s to the decoder that goes digit by digit', (_what, lines) => {
  expect(decoded(lines)).toBeUndefined();
});
