import { setTimeout as sleep } from 'node:timers/promises';
import nodemailer, { type SendMailOptions, type Transport } from 'nodemailer';
import { type FailoverError, failover } from '../../src/failover';

const letter: SendMailOptions = { from: 'app@contoso.example', to: 'ann@example.com', text: 'Hello' };
const busy = () => Object.assign(new Error('busy'), { code: 'ECONNECTION', retryable: true });

/** A transport that does as it likes; `calls` counts its messages. */
function member(name: string, send: Transport['send'], more: object = {}) {
  const transport = {
    name,
    version: '1',
    calls: 0,
    ...more,
    send(...args: Parameters<Transport['send']>) {
      transport.calls += 1;
      return send(...args);
    },
  };
  return transport;
}
const sender = () => member('Sender', (_, callback) => callback(null));
const send = (members: Transport[], more: SendMailOptions = {}) =>
  nodemailer.createTransport(failover(members)).sendMail({ ...letter, ...more });
const failureOf = (sending: Promise<unknown>): Promise<FailoverError> =>
  sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error) => error,
  );

test('goes on from a member that throws a retryable error instead of calling back', async () => {
  const first = member('Thrower', () => {
    throw busy();
  });
  await expect(send([first, sender()])).resolves.toMatchObject({ failover: { index: 1 } });
});

test('stops at a member that throws without saying whether it sent', async () => {
  const next = sender();
  const first = member('Thrower', () => {
    throw new TypeError('x is not a function');
  });
  const error = await failureOf(send([first, next]));
  expect(error).toMatchObject({ message: 'x is not a function', ambiguous: true, retryable: false });
  expect(next.calls).toBe(0);
});

test('hears a promise that is rejected in place of a call back', async () => {
  const first = member('Async', async () => {
    throw busy();
  });
  await expect(send([first, sender()])).resolves.toMatchObject({ failover: { index: 1 } });
});

test.each<[string, (callback: (error: Error | null) => void) => void, boolean]>([
  ['success and then an error', (callback) => [null, busy()].forEach(callback), true],
  ['an error and then success', (callback) => [busy(), null].forEach(callback), false],
  ['two errors', (callback) => [busy(), busy()].forEach(callback), false],
])('believes the first answer of a member that calls back with %s', async (_, answer, isSent) => {
  const next = sender();
  const calledBack = jest.fn();
  const first = member('Twice', (_mail, callback) => answer((error) => callback(error)));
  nodemailer.createTransport(failover([first, next])).sendMail(letter, calledBack);
  while (calledBack.mock.calls.length === 0) await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(calledBack).toHaveBeenCalledTimes(1);
  expect(calledBack.mock.calls[0][1]).toMatchObject({ failover: { index: isSent ? 0 : 1 } });
  expect(next.calls).toBe(isSent ? 0 : 1);
});

test('waits for a member that is silent, until its own timeout says what became of the message', async () => {
  const next = sender();
  const first = member('Silent', (_, callback) => {
    sleep(20).then(() => callback(Object.assign(new Error('no answer'), { retryable: true })));
  });
  const sending = send([first, next]);
  await new Promise(setImmediate);
  expect(next.calls).toBe(0);
  await expect(sending).resolves.toMatchObject({ failover: { index: 1 } });
});

test('an abort ends the wait for a member that never calls back, which may still send', async () => {
  const controller = new AbortController();
  const [first, next] = [member('Silent', () => controller.abort()), sender()];
  const error = await failureOf(send([first, next], { signal: controller.signal }));
  expect(error).toMatchObject({ code: 'EABORT', ambiguous: true, retryable: false, failover: { index: 0 } });
  expect(error.message).toContain('may still be sent');
  expect(next.calls).toBe(0);
});

test('a member that observes the signal itself says what an abort meant', async () => {
  const controller = new AbortController();
  const first = member(
    'Observer',
    ({ data }, callback) => {
      data.signal?.addEventListener('abort', () =>
        callback(Object.assign(new Error('stopped'), { code: 'EABORT', retryable: false, ambiguous: false })),
      );
      controller.abort();
    },
    { supportsAbortSignal: true },
  );
  const error = await failureOf(send([first, sender()], { signal: controller.signal }));
  expect(error).toMatchObject({ message: 'stopped', ambiguous: false });
});

test('a message that is to go later passes by the members that would send it at once', async () => {
  const [smtp, graph] = [sender(), member('GraphTransport', (_, callback) => callback(null))];
  const later = { graph: { sendAt: new Date(Date.now() + 3_600_000) } };
  await expect(send([smtp, graph], later)).resolves.toMatchObject({ failover: { index: 1 } });
  expect(smtp.calls).toBe(0);
  const error = await failureOf(send([smtp], later));
  expect(error).toMatchObject({ code: 'EMESSAGE', retryable: false, ambiguous: false });
  expect(smtp.calls).toBe(0);
});
