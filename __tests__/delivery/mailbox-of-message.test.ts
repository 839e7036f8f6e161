import { Readable } from 'node:stream';
import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { useGraphWire } from '../support/graph-wire';
import { IDENTITY } from '../support/options';

const wire = useGraphWire();

function setUp(options: GraphTransportOptions) {
  const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher, ...options });
  return { transport, transporter: nodemailer.createTransport(transport) };
}
const letter = {
  from: 'Ann <ann@contoso.example>',
  to: 'bob@example.com',
  subject: 'Hello',
  text: 'Hello Bob',
};
const raw = 'From: Ann <ann@contoso.example>\r\nTo: bob@example.com\r\nSubject: Hello\r\n\r\nHello Bob\r\n';
const never = () => new Promise<string>(() => undefined);
const mailboxes = () => wire.sends().map(({ url }) => decodeURIComponent(url.split('/')[5] ?? ''));

/** A stream that says whether anybody has read from it. */
function watchedStream(...chunks: string[]) {
  const watched = { isRead: false, stream: new Readable({ read: () => undefined }) };
  watched.stream = new Readable({
    read() {
      watched.isRead = true;
      for (const chunk of chunks.splice(0)) this.push(chunk);
      this.push(null);
    },
  });
  return watched;
}

test.each([
  ['compiled from its fields', letter],
  ['raw text', { envelope: { from: 'x@contoso.example', to: 'bob@example.com' }, raw }],
  ['raw bytes', { envelope: { from: 'x@contoso.example', to: 'bob@example.com' }, raw: Buffer.from(raw) }],
  [
    'a raw stream',
    { envelope: { from: 'x@contoso.example', to: 'bob@example.com' }, raw: Readable.from([raw]) },
  ],
])('asks for the mailbox of a message by its From, be it %s', async (_what, message) => {
  const asked: unknown[] = [];
  const { transporter } = setUp({
    userId: (question) => {
      asked.push(question);
      return question.from?.address ?? '';
    },
  });
  await transporter.sendMail(message);
  expect(asked).toEqual([
    {
      from: { name: 'Ann', address: 'ann@contoso.example' },
      envelope: expect.objectContaining({ to: ['bob@example.com'] }),
    },
  ]);
  expect(mailboxes()).toEqual(['ann@contoso.example']);
});

test('reads nothing of a message while its mailbox is asked for', async () => {
  const attachment = watchedStream('content');
  let answer = (_mailbox: string) => {};
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { transporter } = setUp({
    userId: () =>
      new Promise<string>((resolve) => {
        answer = resolve;
        asked();
      }),
  });
  const sent = transporter.sendMail({
    ...letter,
    attachments: [{ filename: 'a.txt', content: attachment.stream }],
  });
  await isAsked;
  await new Promise(setImmediate);
  expect(attachment.isRead).toBe(false);
  answer('app@contoso.example');
  await sent;
  expect(attachment.isRead).toBe(true);
});

test('reads only a few raw streams before their turn, however many there are', async () => {
  const messages = Array.from({ length: 60 }, () => watchedStream(raw));
  const { transport, transporter } = setUp({ userId: never });
  const sends = messages.map(({ stream }) =>
    transporter
      .sendMail({ envelope: { from: 'x@contoso.example', to: 'bob@example.com' }, raw: stream })
      .catch((error: Error) => error),
  );
  const isRead = () => messages.filter((message) => message.isRead).length;
  while (isRead() < 16) await new Promise(setImmediate);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  expect(isRead()).toBe(16);
  expect(transporter.isIdle()).toBe(false);
  await transport.close({ force: true });
  const outcomes = await Promise.all(sends);
  expect(outcomes).toHaveLength(60);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ retryable: true, ambiguous: false });
});

test('more raw streams than are read ahead all arrive, each from its mailbox', async () => {
  const { transporter } = setUp({ userId: ({ from }) => from?.address ?? '' });
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      transporter.sendMail({
        envelope: { from: 'x@contoso.example', to: 'bob@example.com' },
        raw: Readable.from([raw.replace('ann@', `ann${index}@`)]),
      }),
    ),
  );
  expect(new Set(mailboxes()).size).toBe(40);
});

test.each([
  ['a function that never answers', letter],
  [
    'a raw stream without end',
    {
      envelope: { from: 'x@contoso.example', to: 'bob@example.com' },
      raw: new Readable({ read: () => undefined }),
    },
  ],
])('the timeout ends %s', async (_what, message) => {
  const { transporter } = setUp({ userId: never, timeout: 50 });
  await expect(transporter.sendMail(message)).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    retryable: true,
    message: expect.stringContaining('timeout, 50 ms'),
  });
});

test('the signal of a message ends a function that never answers', async () => {
  const abort = new AbortController();
  const { transporter } = setUp({
    userId: () => {
      setImmediate(() => abort.abort());
      return never();
    },
  });
  await expect(transporter.sendMail({ ...letter, signal: abort.signal })).rejects.toMatchObject({
    code: 'EABORT',
  });
});

test('a transport that is closed by force ends a function that never answers, and the message can go another way', async () => {
  const { transport, transporter } = setUp({
    userId: () => {
      setImmediate(() => transport.close({ force: true }));
      return never();
    },
  });
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ code: 'EABORT', retryable: true });
});

test('what the function took does not count against the timeout of sending', async () => {
  const { transporter } = setUp({
    timeout: 300,
    userId: () => new Promise((resolve) => setTimeout(resolve, 200, 'app@contoso.example')),
    maxConnections: 1,
  });
  // The second waits for longer than the timeout until the function has answered and the first is done.
  const sends = [1, 2].map(() => transporter.sendMail(letter));
  await expect(Promise.all(sends)).resolves.toHaveLength(2);
});

test('a From that is no address is refused before the function is asked', async () => {
  let asked = 0;
  const { transporter } = setUp({ userId: () => `${++asked}@contoso.example` });
  const sent = transporter.sendMail({
    envelope: { from: 'x@contoso.example', to: 'bob@example.com' },
    raw: raw.replace('ann@contoso.example', 'ann@contoso@example'),
  });
  await expect(sent).rejects.toMatchObject({
    code: 'EENVELOPE',
    message: expect.stringContaining('ann@contoso@example'),
  });
  expect(asked).toBe(0);
});
