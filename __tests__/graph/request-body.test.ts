import { BodyStream, bufferBody } from '../../src/graph/request-body';

test('counts as written when its last byte is taken, not before', async () => {
  const bytes = Buffer.from('0123456789'.repeat(60_000));
  const stream = new BodyStream(bufferBody(bytes));
  expect(stream.isWritten).toBe(false);
  const chunks: Buffer[] = [];
  const written: boolean[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    written.push(stream.isWritten);
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect(written[0]).toBe(false);
  expect(written.at(-1)).toBe(true);
});

test('is not written while nobody takes it', async () => {
  const stream = new BodyStream(bufferBody(Buffer.from('{}')));
  await new Promise(setImmediate);
  expect(stream.isWritten).toBe(false);
});

test('an empty body is written from the start: nothing of it can be held back', () => {
  expect(new BodyStream(bufferBody(Buffer.alloc(0))).isWritten).toBe(true);
});
