import { PartScanner } from '../../src/mime/part-scanner';
import { inMemory } from '../../src/mime/spool';

/** Reads a mail that comes in these pieces. */
function read(...pieces: (string | Buffer)[]): void {
  const scanner = new PartScanner(() => ({
    write: () => undefined,
    end: async () => inMemory(Buffer.alloc(0)),
  }));
  for (const piece of pieces) scanner.scan(Buffer.from(piece));
  scanner.end();
}

/** The error of a message that is not sent, and what it says one can do. */
const refused = (what: string, todo = '') =>
  expect.objectContaining({
    code: 'EMESSAGE',
    message: expect.stringContaining(what),
    hint: expect.stringMatching(new RegExp(`^Nothing was sent.*${todo}`)),
  });

test.each([
  ['utf-8', 4_000_000],
  ['UTF-16LE', 8_000_000],
  ['utf16', 8_000_000],
])('a body in %s may have %i bytes and no more', (charset, bytes) => {
  const header = `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
  expect(() => read(header, Buffer.alloc(bytes, 'x'))).not.toThrow();
  expect(() => read(header, Buffer.alloc(bytes, 'x'), 'xx')).toThrow(
    refused('The body of the message is over 4000000 bytes', 'send long texts as attachments'),
  );
});

test('the body is what all texts together have, but not files', () => {
  const part = (type: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${'x'.repeat(2_500_000)}\r\n`;
  const mail = (...types: string[]) =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${types.map(part).join('')}--b--\r\n`;
  expect(() => read(mail('text/plain', 'application/zip', 'application/zip'))).not.toThrow();
  expect(() => read(mail('text/plain', 'application/zip', 'text/html'))).toThrow(
    refused('over 4000000 bytes'),
  );
});

test('parts may be nested 256 deep and no deeper', () => {
  const nested = (depth: number) =>
    Array.from(
      { length: depth },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
    ).join('');
  expect(() => read(`${nested(256)}\r\nx`)).not.toThrow();
  expect(() => read(`${nested(257)}\r\nx`)).toThrow(refused('nested deeper than 256'));
});

test('a header may have just 256 KB', () => {
  const line = `X-A: ${'a'.repeat(1017)}\r\n`;
  expect(() => read(line.repeat(256), '\r\nbody')).not.toThrow();
  expect(() => read(line.repeat(256), 'X: a\r\n')).toThrow(
    refused('over 262144 bytes', 'shorten or remove header fields'),
  );
});

test('a boundary is ASCII, or the message is refused before its parts come', () => {
  for (const boundary of ['b\xe4', 'b\x7f', 'b\x01']) {
    const header = Buffer.from(`Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n`, 'latin1');
    expect(() => read(header)).toThrow(
      refused('a boundary that is not ASCII', 'not certain where its parts begin'),
    );
  }
  expect(() => read('Content-Type: multipart/mixed; boundary="b ~"\r\n\r\n')).not.toThrow();
});

test('a lone carriage return that might begin a part is refused', () => {
  const mail = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r--b--\r\n';
  expect(() => read(mail)).toThrow(
    refused('a carriage return without a line feed', 'End its lines with CRLF'),
  );
});
