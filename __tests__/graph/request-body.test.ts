import { once } from 'node:events';
import { bufferBody, wholeOf } from '../../src/graph/calls';
import { BodyStream } from '../../src/graph/http-exchange';

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

test('comes in pieces, none of them over 256 KB, which together are the body again', () => {
  const bytes = Buffer.from(Array.from({ length: 600_000 }, (_, at) => at % 251));
  const body = bufferBody(bytes);
  const sizes = [...body.pieces()].map(({ length }) => length);
  expect(body.length).toBe(600_000);
  expect(sizes).toEqual([262_144, 262_144, 75_712]);
  expect(wholeOf(body).equals(bytes)).toBe(true);
});

test('a body of one piece is not copied, and one of none is empty', () => {
  const bytes = Buffer.from('{}');
  expect(wholeOf({ length: 2, pieces: () => [bytes] })).toBe(bytes);
  expect(wholeOf(bufferBody(Buffer.alloc(0)))).toHaveLength(0);
});

test('is read no faster than it is sent', async () => {
  let read = 0;
  const pieces = function* () {
    for (let at = 0; at < 10; at++) {
      read++;
      yield Buffer.from('x');
    }
  };
  const stream = new BodyStream({ length: 10, pieces });
  await once(stream, 'readable');
  await new Promise(setImmediate);
  expect(read).toBe(1);
});
