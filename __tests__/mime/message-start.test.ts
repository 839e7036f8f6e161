import { bytesBeforeHeader } from '../../src/mime/message-start';

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
