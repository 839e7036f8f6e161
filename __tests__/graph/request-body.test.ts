import { trackedBody } from '../../src/graph/request-body';

test('counts as written when its last byte is taken, not before', async () => {
  const bytes = Buffer.from('0123456789'.repeat(60_000));
  const body = trackedBody(bytes);
  expect(body.isWritten).toBe(false);
  const chunks: Buffer[] = [];
  const written: boolean[] = [];
  for await (const chunk of body.stream) {
    chunks.push(chunk);
    written.push(body.isWritten);
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect(written[0]).toBe(false);
  expect(written.at(-1)).toBe(true);
});

test('an empty body is written from the start: nothing of it can be held back', () => {
  expect(trackedBody(Buffer.alloc(0)).isWritten).toBe(true);
});
