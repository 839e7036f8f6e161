import nodemailer, { type SendMailOptions, type Transport } from 'nodemailer';
import { FailoverTransport, failover } from '../../src/failover';
import { createManualClock } from '../support/manual-clock';

type Callback = Parameters<Transport['send']>[1];

const letter: SendMailOptions = { from: 'app@contoso.example', to: 'ann@example.com', text: 'Hello' };
const busy = () => Object.assign(new Error('busy'), { code: 'ECONNECTION', retryable: true });
const ticks = async () => {
  for (let at = 0; at < 5; at += 1) await new Promise(setImmediate);
};

/** A transport that keeps its messages waiting until the test answers, and has room for one of them. */
function slow(name: string) {
  const waiting: Callback[] = [];
  const transport = Object.assign(nodemailer.createTransport({ jsonTransport: true }).transporter, {
    name,
    waiting,
    send: (_: unknown, callback: Callback) => void waiting.push(callback),
    isIdle: () => waiting.length === 0,
    close: jest.fn(),
  });
  return transport;
}

function setUp(options = {}) {
  const clock = createManualClock();
  const [one, two] = [slow('One'), slow('Two')];
  const transport = new FailoverTransport([one, two], options, clock);
  const mailer = nodemailer.createTransport(transport);
  const send = () => mailer.sendMail(letter).then(({ failover: { name } }) => name);
  return { clock, one, two, transport, mailer, send };
}

test('while one message tries a member, others that come in go to the next', async () => {
  const { clock, one, two, send, transport } = setUp({ circuit: { failures: 1, coolDown: 10 } });
  const failed = send();
  await ticks();
  one.waiting.pop()?.(busy());
  await ticks();
  two.waiting.pop()?.(null);
  expect(await failed).toBe('Two');
  await clock.pass(10);
  const [trial, other] = [send(), send()];
  await ticks();
  expect([one.waiting.length, two.waiting.length]).toEqual([1, 1]);
  expect(transport.members.map(({ circuit }) => circuit)).toEqual(['half-open', 'closed']);
  one.waiting.pop()?.(null);
  two.waiting.pop()?.(null);
  expect(await Promise.all([trial, other])).toEqual(['One', 'Two']);
  expect(transport.members[0]?.circuit).toBe('closed');
});

test('a message that failed when the transport was closed goes to no other member', async () => {
  const { one, two, send, transport, mailer } = setUp();
  const sending = send();
  await ticks();
  await transport.close();
  one.waiting.pop()?.(busy());
  await expect(sending).rejects.toMatchObject({ message: 'busy', retryable: true, failover: { index: 0 } });
  expect(two.waiting).toEqual([]);
  expect([one.close.mock.calls.length, two.close.mock.calls.length]).toEqual([1, 1]);
  await expect(mailer.sendMail(letter)).rejects.toMatchObject({ code: 'ECONNECTION' });
});

test('drain() resolves when no message is left, whichever member has it and however it ends', async () => {
  const { one, two, send, transport } = setUp();
  const sends = [send(), send()];
  const ended = jest.fn();
  const drained = transport.drain().then(ended);
  await ticks();
  expect(transport.pendingCount()).toBe(2);
  one.waiting.shift()?.(busy());
  one.waiting.shift()?.(null);
  await ticks();
  expect(transport.pendingCount()).toBe(1);
  expect(ended).not.toHaveBeenCalled();
  two.waiting.pop()?.(Object.assign(new Error('no'), { retryable: false }));
  await drained;
  expect(transport.pendingCount()).toBe(0);
  await expect(sends[0]).rejects.toThrow('no');
  expect(await sends[1]).toBe('One');
});

test('it is idle while the member whose turn it is has room, and not once it is closed', async () => {
  const { one, send, transport } = setUp();
  expect(transport.isIdle()).toBe(true);
  const sending = send();
  await ticks();
  expect(transport.isIdle()).toBe(false);
  one.waiting.pop()?.(null);
  await sending;
  expect(transport.isIdle()).toBe(true);
  transport.close();
  expect(transport.isIdle()).toBe(false);
});

test('it tells that there is room again when the next message would go to another member', async () => {
  const { one, two, send, transport } = setUp({ circuit: { failures: 1 } });
  await ticks();
  const idle = jest.fn();
  transport.on('idle', idle);
  const sends = [send(), send()];
  await ticks();
  expect(transport.isIdle()).toBe(false);
  one.waiting.shift()?.(busy());
  await ticks();
  expect(idle).not.toHaveBeenCalled();
  // The second still waits in the first member, which is full. The third would go to the other one.
  two.waiting.pop()?.(null);
  expect(await sends[0]).toBe('Two');
  expect(idle).toHaveBeenCalledTimes(1);
  expect(transport.isIdle()).toBe(true);
  one.waiting.shift()?.(null);
  await sends[1];
});

test('a listener that throws fails no message', async () => {
  const { one, send, transport } = setUp();
  transport.on('idle', () => {
    throw new Error('a fault of the app');
  });
  const sending = send();
  await ticks();
  expect(transport.isIdle()).toBe(false);
  one.waiting.pop()?.(null);
  expect(await sending).toBe('One');
});

test('verify() takes a callback, too, and closes no circuit', async () => {
  const wrong = Object.assign(new Error('wrong password'), { code: 'EAUTH' });
  const broken = Object.assign(slow('Broken'), { verify: () => Promise.reject(wrong) });
  const transport = failover([broken, slow('Two')]);
  const said = await new Promise((resolve) => transport.verify((error, ok) => resolve([error, ok])));
  expect(said).toMatchObject([{ code: 'EAUTH', errors: [wrong] }, undefined]);
  expect(transport.members[0]?.circuit).toBe('closed');
});
