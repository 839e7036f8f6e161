import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import files from 'node:fs/promises';
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

test('holds just as much as it may, and takes just as much', async () => {
  const spool = new Spool(1000, 2000);
  const contents = [1000, 1000].map((size) => Buffer.alloc(size));
  expect((await spool.take(new PassThrough().end(contents[0]))).held).toHaveLength(1000);
  expect((await spool.take(new PassThrough().end(contents[1]))).held).toBeUndefined();
  await expect(spool.take(new PassThrough().end(Buffer.alloc(1)))).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('larger than maxMessageSize, 2000 bytes'),
  });
  await spool.close();
});

test('writes small pieces to disk 256 KB at a time, and keeps no more of them in memory', async () => {
  const { open } = files;
  const written: number[] = [];
  jest.spyOn(files, 'open').mockImplementation(async (...args) => {
    const file = await open(...args);
    const writev = file.writev.bind(file);
    return Object.assign(file, {
      writev(buffers: readonly Buffer[], position: number) {
        written.push(Buffer.concat(buffers).length);
        return writev(buffers, position);
      },
    });
  });
  const spool = new Spool(1000, 10_000_000);
  const sink = spool.open();
  for (let piece = 0; piece < 17; piece++) await sink.write(Buffer.alloc(65_536));
  expect(written).toEqual([262_144, 262_144, 262_144, 262_144]);
  expect(await sink.end()).toMatchObject({ size: 17 * 65_536 });
  expect(written.at(-1)).toBe(65_536);
  await spool.close();
});

test('fails, and takes no process down, when no temporary file can be made', async () => {
  jest.spyOn(os, 'tmpdir').mockReturnValue('/nowhere');
  const spool = new Spool(1000, 10_000);
  const contents = [2000, 2000].map((size) => spool.take(new PassThrough().end(Buffer.alloc(size))));
  for (const content of contents) await expect(content).rejects.toMatchObject({ code: 'ENOENT' });
  await spool.close();
});

test('fails, and leaves no file open, if the temporary file cannot be made nameless', async () => {
  const { open } = files;
  let isClosed = false;
  jest.spyOn(files, 'unlink').mockRejectedValue(new Error('no rights'));
  jest.spyOn(files, 'open').mockImplementation(async (path, ...others) => {
    const file = await open(path, ...others);
    rmSync(path.toString());
    const close = file.close.bind(file);
    return Object.assign(file, {
      async close() {
        isClosed = true;
        await close();
      },
    });
  });
  const spool = new Spool(1000, 10_000);
  await expect(spool.take(new PassThrough().end(Buffer.alloc(2000)))).rejects.toThrow('no rights');
  expect(isClosed).toBe(true);
  await spool.close();
});

test('says so if the temporary file has lost its end', async () => {
  const { open } = files;
  const opened: files.FileHandle[] = [];
  jest.spyOn(files, 'open').mockImplementation(async (...args) => {
    const file = await open(...args);
    opened.push(file);
    return file;
  });
  const spool = new Spool(1000, 10_000);
  const content = await spool.take(new PassThrough().end(Buffer.alloc(2000)));
  await opened[0]?.truncate(1500);
  expect(await content.read(Buffer.alloc(1500), 0)).toHaveLength(1500);
  await expect(content.read(Buffer.alloc(2000), 0)).rejects.toThrow('the temporary file was truncated');
  await spool.close();
});

test('reads a part of what is in memory, as of what is on disk', async () => {
  for (const heldBytes of [1000, 10]) {
    const spool = new Spool(heldBytes, 10_000);
    const pieces = new PassThrough();
    pieces.write('first ');
    pieces.end('second');
    const content = await spool.take(pieces);
    expect((await content.read(Buffer.alloc(4), 4)).toString()).toBe('t se');
    expect((await content.read(Buffer.alloc(100), 6)).toString()).toBe('second');
    await spool.close();
  }
});

test('stores an attachment whole on a disk that takes and gives only a part of it at a time', async () => {
  const { open } = files;
  jest.spyOn(files, 'open').mockImplementation(async (...args) => {
    const file = await open(...args);
    const write = file.write.bind(file);
    const read = file.read.bind(file);
    return Object.assign(file, {
      async writev(buffers: readonly Buffer[], position: number) {
        const bytes = Buffer.concat(buffers);
        const { bytesWritten } = await write(bytes, 0, Math.ceil(bytes.length / 3), position);
        return { bytesWritten, buffers };
      },
      read: (buffer: Buffer, offset: number, length: number, position: number) =>
        read(buffer, offset, Math.ceil(length / 3), position),
    });
  });
  const spool = new Spool(1000, 10_000_000);
  const [first, second] = [randomBytes(600_000), randomBytes(300_000)];
  const contents = [
    await spool.take(new PassThrough().end(first)),
    await spool.take(new PassThrough().end(second)),
  ];
  for (const [n, bytes] of [first, second].entries()) {
    const read = await contents[n]?.read(Buffer.alloc(bytes.length), 0);
    expect(read?.equals(bytes)).toBe(true);
  }
  await spool.close();
});
