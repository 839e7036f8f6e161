import type { AttachmentStream } from 'mailparser';
import { BodyParser } from '../../src/mime/body-parser';
import { PartScanner } from '../../src/mime/part-scanner';
import { Spool } from '../../src/mime/spool';

/** A parser that has read a message to its end. */
async function readToTheEnd(): Promise<BodyParser> {
  const parser = new BodyParser();
  await new Promise((resolve) => {
    parser
      .on('data', () => undefined)
      .on('end', resolve)
      .end('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b--\r\n');
  });
  return parser;
}

test('lets go of the parts of a message that has been read', async () => {
  const parser = await readToTheEnd();
  // Under these names mailparser has them; were they to change, nothing would be let go of any more.
  expect([parser.tree, parser.curnode]).toEqual([
    expect.objectContaining({ children: [expect.anything()] }),
    expect.objectContaining({ textContent: 'Hello' }),
  ]);
  parser.release();
  expect([parser.tree, parser.curnode]).toEqual([false, false]);
  expect(parser.listenerCount('data')).toBe(0);
});

test('makes no streams for the content of a part, since it gets none', async () => {
  const scanner = new PartScanner(() => new Spool(1000, 1000).open());
  const mail = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b--\r\n';
  const passed = Buffer.concat([...scanner.scan(Buffer.from(mail)), ...scanner.end()]);
  const parser = new BodyParser();
  const given: unknown[] = [];
  await new Promise((resolve) => {
    parser
      .on('data', (part) => given.push(part))
      .on('end', resolve)
      .end(passed);
  });
  expect(given).toEqual([expect.objectContaining({ type: 'text' })]);
  // A stream of mailparser's that is ended twice would cost an error for each message.
  expect(parser.tree).toMatchObject({
    children: [expect.not.objectContaining({ decoder: expect.anything() })],
  });
});

test('an error that comes after the end is no uncaught one', async () => {
  const parser = await readToTheEnd();
  parser.release();
  expect(() => parser.emit('error', new Error('too late'))).not.toThrow();
});

test('a message in the message is an attachment, and none is hashed: not every machine allows MD5', async () => {
  const parser = new BodyParser();
  const given: AttachmentStream[] = [];
  await new Promise((resolve) => {
    parser
      .on('data', (part) => {
        if (part.type !== 'attachment') return;
        given.push(part);
        part.content.on('end', () => part.release?.()).resume();
      })
      .on('end', resolve)
      .end(
        'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\nSubject: A\r\n\r\nHello\r\n--b--\r\n',
      );
  });
  expect(given.map(({ contentType, checksum }) => [contentType, checksum])).toEqual([
    ['message/rfc822', undefined],
  ]);
});
