import { http } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { sendMailUrl, useGraphWire } from '../support/graph-wire';
import { IDENTITY } from '../support/options';

const wire = useGraphWire();

const letter = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

/** Thirty messages, four of which have reached Graph and are answered when told. */
async function setUp(options: GraphTransportOptions = {}) {
  const held: (() => void)[] = [];
  let hold = true;
  wire.use(
    http.post(sendMailUrl, async () => {
      if (hold) await new Promise<void>((resolve) => held.push(resolve));
      return undefined;
    }),
  );
  const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher, ...options });
  const transporter = nodemailer.createTransport(transport);
  const sends = Array.from({ length: 30 }, () => transporter.sendMail(letter).catch((error: Error) => error));
  while (held.length < 4) await new Promise(setImmediate);
  const answer = () => {
    hold = false;
    for (const release of held) release();
  };
  return { transport, transporter, sends, answer };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await new Promise(setImmediate);
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

test('a queue may send again what waited when the transport was closed: nothing of it was sent', async () => {
  const { transport, sends, answer } = await setUp();
  const closed = transport.close();
  expect(await isSettled(closed)).toBe(false);
  answer();
  const outcomes = await Promise.all(sends);
  const failed = outcomes.filter((outcome) => outcome instanceof Error);
  expect(failed).toHaveLength(26);
  for (const error of failed) {
    expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true, ambiguous: false });
  }
  expect(wire.sends()).toHaveLength(4);
  await closed;
});

test('a message that comes after close() may go another way', async () => {
  const { transport, transporter, answer } = await setUp();
  answer();
  await transport.close();
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ code: 'ECONNECTION', retryable: true });
});

test('close() resolves only when what is under way has ended, each time it is called', async () => {
  const { transport, sends, answer } = await setUp();
  const closings = [transport.close(), transport.close()];
  for (const closing of closings) expect(await isSettled(closing)).toBe(false);
  answer();
  await Promise.all(closings);
  expect(transport.pendingCount()).toBe(0);
  await Promise.all(sends);
});

test('close({ force: true }) waits for the drafts of what it aborts, not for Graph', async () => {
  const { transport, sends } = await setUp();
  await transport.close({ force: true });
  const outcomes = await Promise.all(sends);
  expect(
    outcomes.filter((error) => error instanceof Error && 'ambiguous' in error && error.ambiguous),
  ).toHaveLength(4);
});

test('drain() waits for the queue too, and takes nothing from it', async () => {
  const { transport, sends, answer } = await setUp();
  const drained = transport.drain();
  expect(await isSettled(drained)).toBe(false);
  expect(transport.pendingCount()).toBe(30);
  answer();
  await drained;
  expect(transport.pendingCount()).toBe(0);
  for (const outcome of await Promise.all(sends)) expect(outcome).toMatchObject({ response: '202 Accepted' });
  expect(wire.sends()).toHaveLength(30);
});

test('drain() of a transport that has nothing to do resolves at once', async () => {
  const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher });
  await transport.drain();
  expect(transport.pendingCount()).toBe(0);
});

test('drain() does not reject when a message fails', async () => {
  const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher });
  const sent = nodemailer.createTransport(transport).sendMail({ ...letter, to: 'no address' });
  const [outcome] = await Promise.allSettled([sent, transport.drain()]);
  expect(outcome.status).toBe('rejected');
});

test('a message is not pending any more when its callback runs', async () => {
  const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher });
  const transporter = nodemailer.createTransport(transport);
  const pending = await new Promise((resolve) => {
    transporter.sendMail(letter, () => resolve(transport.pendingCount()));
    expect(transport.pendingCount()).toBe(1);
  });
  expect(pending).toBe(0);
});

test('many messages may share a signal without a warning, and all hear it', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const { transport, transporter, answer } = await setUp();
  const abort = new AbortController();
  const shared = Array.from({ length: 50 }, () =>
    transporter.sendMail({ ...letter, signal: abort.signal }).catch((error: Error) => error),
  );
  await new Promise(setImmediate);
  abort.abort();
  for (const outcome of await Promise.all(shared)) expect(outcome).toMatchObject({ code: 'EABORT' });
  answer();
  await transport.drain();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
