import { PartScanner } from '../../src/mime/part-scanner';
import { inMemory } from '../../src/mime/spool';

const scanner = () =>
  new PartScanner(() => ({ write: () => undefined, end: async () => inMemory(Buffer.alloc(0)) }));
const header = (line: string, times: number) => Buffer.from(`${`${line}\r\n`.repeat(times)}\r\nbody`);
const tooLarge = expect.objectContaining({
  code: 'EMESSAGE',
  message: expect.stringContaining('A header of the message is over 262144 bytes'),
});

test('a header of nearly 256 KB is read', () => {
  expect(() => scanner().scan(header(`X-A: ${'a'.repeat(993)}`, 262))).not.toThrow();
});

test.each([
  ['in whole lines', header(`X-A: ${'a'.repeat(993)}`, 263)],
  ['in one line', header(`X-A: ${'a'.repeat(262_144)}`, 1)],
  ['counting short lines as longer ones, since they take as much time', header('X: a', 5000)],
])('a header over 256 KB is refused, %s', (_, mime) => {
  expect(() => scanner().scan(mime)).toThrow(tooLarge);
});

test('a header that is too large is refused before all of it has arrived', () => {
  const reader = scanner();
  const piece = Buffer.from(`X-A: ${'a'.repeat(993)}\r\n`.repeat(100));
  reader.scan(piece);
  reader.scan(piece);
  expect(() => reader.scan(piece)).toThrow(tooLarge);
});

test('each part may have a header of that size', () => {
  const part = `--b\r\n${`X-A: ${'a'.repeat(993)}\r\n`.repeat(100)}\r\ntext\r\n`;
  const mime = Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(3)}--b--\r\n`);
  expect(() => scanner().scan(mime)).not.toThrow();
});
