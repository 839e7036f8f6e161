import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { PassThrough } from 'node:stream';
import { Spool } from '../../src/mime/spool';

afterEach(() => jest.restoreAllMocks());

test('keeps attachments apart that come at the same time, in memory and on disk', async () => {
  const spool = new Spool(1000, 10_000_000);
  const [small, first, second] = [randomBytes(400), randomBytes(1_000_000), randomBytes(700_000)];
  const streams = [new PassThrough(), new PassThrough()] as const;
  const contents = [spool.take(streams[0]), spool.take(streams[1])];
  const held = await spool.take(new PassThrough().end(small));
  for (let at = 0; at < first.length; at += 50_000) {
    streams[0].write(first.subarray(at, at + 50_000));
    streams[1].write(second.subarray(at, at + 50_000));
    await new Promise(setImmediate);
  }
  for (const stream of streams) stream.end();
  expect(held.held?.equals(small)).toBe(true);
  for (const [n, bytes] of [first, second].entries()) {
    const content = await contents[n];
    expect(content).toMatchObject({ size: bytes.length, held: undefined });
    const target = Buffer.alloc(300_000);
    for (let at = 0; at < bytes.length; at += 123_456) {
      const read = await content?.read(target, at);
      expect(read?.equals(bytes.subarray(at, at + target.length))).toBe(true);
    }
  }
  await spool.close();
});

test('fails, and takes no process down, when no temporary file can be made', async () => {
  jest.spyOn(os, 'tmpdir').mockReturnValue('/nowhere');
  const spool = new Spool(1000, 10_000);
  const contents = [2000, 2000].map((size) => spool.take(new PassThrough().end(Buffer.alloc(size))));
  for (const content of contents) await expect(content).rejects.toMatchObject({ code: 'ENOENT' });
  await spool.close();
});
