import { once } from 'node:events';
import { Readable } from 'node:stream';
import timers from 'node:timers/promises';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { bytesOf } from '../../src/mime/base64-content';
import { BodyParser } from '../../src/mime/body-parser';
import { MessageReader, RawCopy } from '../../src/mime/message-reader';
import { MessageSink, readMessage } from '../../src/mime/read-message';
import { SecondReader } from '../../src/mime/second-reader';
import { inMemory, Spool } from '../../src/mime/spool';
import { from, readMail } from '../support/mail-content';

const LIMITS = { heldBytes: 10_000_000, messageBytes: 10_000_000 };

test('empty lines and a line of a mailbox file before the header are no part of the message', async () => {
  const { content, raw } = await readMail(
    Buffer.from('From ann@example.com Mon Jan  5 2026\nSubject: Hello\n\nHi'),
  );
  expect(content.headers).toEqual([expect.objectContaining({ name: 'Subject', value: 'Hello' })]);
  expect(content.text).toBe('Hi');
  expect(raw.bytes).toBe('Subject: Hello\n\nHi'.length);
});

/** Each of the pieces of 64 KB begins like the header of a message after an empty line. */
const LINES = '\r\nX: y\r\n'.repeat(25_000);

test('a message is the same however it is cut into pieces', async () => {
  const inMailbox = 'From ann@example.com Mon Jan  5 2026\r\n';
  const header =
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: application/zip';
  const length = inMailbox.length + header.length + 4;
  const mime = Buffer.from(`${inMailbox}${header}${' '.repeat(8 - (length % 8))}\r\n\r\n${LINES}\r\n--b--`);
  const whole = await readMail(mime);
  for (const size of [1000, 64 * 1024, 100_000]) {
    const pieces = Array.from({ length: Math.ceil(mime.length / size) }, (_, n) =>
      mime.subarray(n * size, (n + 1) * size),
    );
    const { content, raw } = await readMessage(from(Readable.from(pieces)), LIMITS);
    expect(content.text).toBe(whole.content.text);
    expect(content.attachments[0]?.content.held?.toString()).toBe(LINES);
    expect(Buffer.concat([...bytesOf(raw.pieces ?? [])]).equals(mime.subarray(mime.indexOf('\n') + 1))).toBe(
      true,
    );
  }
});

test.each([
  ['text/plain', 'text'],
  ['text/html', 'html'],
])('a body of %s counts as it is sent, in UTF-8', async (type, as) => {
  const header = `Content-Type: ${type}; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
  const mail = (letters: number) => Buffer.concat([Buffer.from(header), Buffer.alloc(letters, 0xe9)]);
  const { content } = await readMail(mail(2_000_000));
  expect(content).toMatchObject({ [as]: expect.stringMatching(/^é/) });
  await expect(readMail(mail(2_000_001))).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('The body of the message is over 4000000 bytes'),
  });
});

test('an attachment keeps its type, its disposition and its place', async () => {
  const related = (...parts: string[]) =>
    `Content-Type: multipart/related; boundary=c\r\n\r\n${parts.map((part) => `--c\r\n${part}\r\n`).join('')}--c--`;
  const logo = 'Content-Type: image/png; name=logo.png\r\nContent-Disposition: inline\r\n\r\nPNG';
  const { content } = await readMail(
    Buffer.from(
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        related('Content-Type: text/html\r\n\r\n<p>Hello', logo),
        '--b',
        'Content-Type: application/zip',
        '',
        'ZIP',
        '--b--',
      ].join('\r\n'),
    ),
  );
  expect(content.attachments).toMatchObject([
    {
      type: { value: 'image/png', params: { name: 'logo.png' } },
      disposition: 'inline',
      filename: 'logo.png',
      related: true,
    },
    { type: { value: 'application/zip', params: {} }, disposition: undefined, related: false },
  ]);
});

/** Too much for mailparser to read at once. */
const MANY_PARTS = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: text/plain\r\n\r\n\r\n'.repeat(700)}`;

test('a second reader that cannot take more is given no more until it can', async () => {
  const part = `--b\r\nContent-Type: application/zip\r\n\r\n${'x\r\n'.repeat(30_000)}`;
  let isFull = false;
  const whenFull: boolean[] = [];
  const { write } = BodyParser.prototype;
  const writes = jest.spyOn(BodyParser.prototype, 'write').mockImplementation(function (
    this: BodyParser,
    ...given
  ) {
    whenFull.push(isFull);
    Reflect.apply(write, this, given);
    isFull = true;
    setImmediate(() => {
      isFull = false;
      this.emit('drain');
    });
    return false;
  });
  const mime = `${MANY_PARTS}${part.repeat(3)}--b--\r\n`;
  const { content } = await readMail(Buffer.from(mime));
  writes.mockRestore();
  expect(content.attachments.length).toBe(3);
  expect(whenFull.length).toBeGreaterThan(2);
  expect(whenFull).not.toContain(true);
});

test('a second reader that fails fails the message', async () => {
  const write = jest.spyOn(BodyParser.prototype, 'write').mockImplementation(function (this: BodyParser) {
    this.destroy(new Error('too many parts'));
    return true;
  });
  await expect(readMail(Buffer.from(`${MANY_PARTS}--b--`))).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: 'The message cannot be read: too many parts.',
  });
  write.mockRestore();
});

test('what mailparser alone takes for an attachment does not keep it waiting', async () => {
  const listens = jest.spyOn(BodyParser.prototype, 'on');
  const reader = new SecondReader();
  reader.write([Buffer.alloc(20_000, 'x: y\n')]);
  reader.destroy();
  const [, take] = listens.mock.calls.find(([event]) => event === 'data') ?? [];
  listens.mockRestore();
  const release = jest.fn();
  take?.({ type: 'attachment', release });
  take?.({ type: 'attachment', release: null });
  take?.({ type: 'text', release: undefined });
  expect(release).toHaveBeenCalledTimes(1);
});

test("what a message's structure and its text would lose as JSON is told of both", async () => {
  const { content } = await readMail(
    Buffer.from(
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: multipart/mixed; boundary=c',
        '',
        'of no part',
        '--b',
        'Content-Type: text/plain; charset=unheard-of',
        '',
        'Gr\xfc\xdfe',
        '--b--',
      ].join('\r\n'),
      'latin1',
    ),
  );
  expect(content.losses.map(({ because }) => because)).toEqual(['structure', 'charset']);
});

test('an endless message is stopped soon after it is too large', async () => {
  let given = 0;
  const endless = Readable.from(
    (function* () {
      yield 'Content-Type: application/zip\r\n\r\n';
      for (; given < 10_000_000; given += 50_000) yield Buffer.alloc(50_000, 'x\n');
    })(),
  );
  const limits = { heldBytes: 1000, messageBytes: 500_000 };
  await expect(readMessage(from(endless), limits)).rejects.toMatchObject({ code: 'EMESSAGE' });
  expect(given).toBeLessThan(2_000_000);
});

test('a copy is kept of what is small enough, and more is refused than base64 makes of the largest message', () => {
  const small = new RawCopy({ heldBytes: 10, messageBytes: 57_000_000 });
  small.add(Buffer.alloc(10));
  expect(small.pieces).toEqual([Buffer.alloc(10)]);
  small.add(Buffer.alloc(1));
  expect(small.pieces).toBeUndefined();
  const large = new RawCopy({ heldBytes: 0, messageBytes: 570_000 });
  large.add(Buffer.alloc(1_780_000));
  expect(() => large.add(Buffer.alloc(1))).toThrow(
    expect.objectContaining({ code: 'EMESSAGE', message: expect.stringContaining('570000 bytes') }),
  );
});

test('other work has its turns while a large message is read, and a small one is read at once', async () => {
  const turns = jest.spyOn(timers, 'setImmediate');
  for (const [bytes, times] of [
    [1000, 0],
    [200_000, 0],
    [300_000, 1],
    [1_000_000, 4],
  ] as const) {
    turns.mockClear();
    const header = 'Content-Type: application/zip\r\n\r\n';
    await readMail(Buffer.concat([Buffer.from(header), Buffer.alloc(bytes, 'x\n')]), LIMITS);
    expect(turns).toHaveBeenCalledTimes(times);
  }
  turns.mockRestore();
});

test('a message is read no faster than its attachment can be stored', async () => {
  const writes: (() => void)[] = [];
  const open = jest.spyOn(Spool.prototype, 'open').mockReturnValue({
    write: () => new Promise<void>((resolve) => writes.push(resolve)),
    end: async () => inMemory(Buffer.alloc(0)),
  });
  const store = async () => {
    for (const stored of writes.splice(0)) stored();
    for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  const reader = new MessageReader(LIMITS);
  const sink = new MessageSink(reader);
  const done: string[] = [];
  sink.once('finish', () => reader.content().then(() => done.push('all')));
  sink.write(`Content-Type: application/zip\r\n\r\n${'x\r\n'.repeat(22_000)}--`, () => done.push('most'));
  sink.end('the last line');
  await new Promise((resolve) => setImmediate(resolve));
  expect([done, writes.length > 0]).toEqual([[], true]);
  await store();
  expect([done, writes.length > 0]).toEqual([['most'], true]);
  await store();
  expect(done).toEqual(['most', 'all']);
  open.mockRestore();
});

test('an error that is none of ours is told in words, and kept as the cause', async () => {
  const gone = new Error('disk gone');
  await expect(readMessage((reader) => reader.destroy(gone), LIMITS)).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: 'The message cannot be read: disk gone.',
    cause: gone,
  });
});

test('an error of ours is passed on as it is', async () => {
  const error = new GraphTransportError('EMESSAGE', 'Too large.');
  await expect(readMessage((reader) => reader.destroy(error), LIMITS)).rejects.toBe(error);
});

test.each(['EFILEACCESS', 'EURLACCESS', 'EFETCH', 'ESTREAM'])(
  'an error %s of Nodemailer is passed on as it is',
  async (code) => {
    const error = Object.assign(new Error('File access rejected'), { code });
    await expect(readMessage((reader) => reader.destroy(error), LIMITS)).rejects.toBe(error);
  },
);

test('a send that was aborted before is not read, and its signal is let go of', async () => {
  const write = jest.fn();
  await expect(readMessage(write, LIMITS, AbortSignal.abort())).rejects.toMatchObject({ code: 'EABORT' });
  const { signal } = new AbortController();
  const remove = jest.spyOn(signal, 'removeEventListener');
  const add = jest.spyOn(signal, 'addEventListener');
  await readMessage((reader) => reader.end('Subject: a\r\n\r\nb'), LIMITS, signal);
  expect(remove.mock.calls[0]?.slice(0, 2)).toEqual(add.mock.calls[0]?.slice(0, 2));
});

test('what Nodemailer writes line by line is read in pieces of 64 KB, and a large piece without a copy', async () => {
  const read = jest.spyOn(MessageReader.prototype, 'read').mockResolvedValue();
  const sink = new MessageSink(new MessageReader(LIMITS));
  for (let n = 0; n < 3; n++) sink.write(Buffer.alloc(32 * 1024, `${n}`));
  const large = Buffer.alloc(100_000, 'x');
  sink.write(large);
  sink.end(large);
  await once(sink, 'finish');
  const pieces = read.mock.calls.map(([piece]) => piece);
  read.mockRestore();
  expect(pieces.map(({ length }) => length)).toEqual([64 * 1024, 32 * 1024 + 100_000, 100_000, 0]);
  expect(pieces[2]).toBe(large);
});
