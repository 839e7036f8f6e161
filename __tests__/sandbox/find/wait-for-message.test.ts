import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { createSandbox, type Sandbox, SandboxMessageError, startSandbox } from '../../../src/sandbox';
import { LUNCH, post, send } from '../support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});

const order = (number: number, address = 'ann@example.com') => ({
  subject: `Order ${number}`,
  toRecipients: [{ emailAddress: { address } }],
});

test('a message that is there already counts, the latest first', async () => {
  await send(sandbox, order(1));
  await send(sandbox, order(2));
  await expect(sandbox.waitForMessage({ to: 'ann@example.com' })).resolves.toMatchObject({
    subject: 'Order 2',
  });
  await expect(sandbox.waitForMessage()).resolves.toBe(sandbox.messages[1]);
});

test('a message that comes later is waited for, past those that do not match', async () => {
  await send(sandbox, order(1));
  const found = sandbox.waitForMessage(({ subject }) => subject === 'Order 3');
  await send(sandbox, order(2));
  await send(sandbox, order(3));
  await send(sandbox, order(3));
  expect(await found).toBe(sandbox.messages[2]);
});

test('with onlyNew, a message that is there already does not count', async () => {
  await send(sandbox, order(1));
  const found = sandbox.waitForMessage({ subject: /Order/ }, { onlyNew: true });
  await send(sandbox, order(2));
  expect((await found).subject).toBe('Order 2');
});

test('several waits get the same message', async () => {
  const waits = [sandbox.waitForMessage(), sandbox.waitForMessage({ subject: 'Order 1' })];
  await send(sandbox, order(1));
  expect(await Promise.all(waits)).toEqual([sandbox.messages[0], sandbox.messages[0]]);
});

test('a wait goes on after clear(), and after a message is removed', async () => {
  await send(sandbox, order(1));
  const found = sandbox.waitForMessage({}, { onlyNew: true });
  sandbox.removeMessage(sandbox.messages[0].id);
  sandbox.clear();
  await send(sandbox, order(2));
  expect((await found).subject).toBe('Order 2');
});

test('the error of a wait in vain lists what did come, and what was refused', async () => {
  for (let number = 1; number <= 12; number += 1)
    await send(sandbox, order(number, `u${number}@example.com`));
  await send(sandbox, order(13), { authorization: null });
  const failure = await sandbox
    .waitForMessage({ to: 'ann@example.com', subject: /^Order 12$/ }, { timeout: 5 })
    .catch((error) => error);
  expect(failure).toBeInstanceOf(SandboxMessageError);
  expect(failure).toMatchObject({
    name: 'SandboxMessageError',
    code: 'ETIMEDOUT',
    messages: sandbox.messages,
  });
  const lines = failure.message.split('\n');
  expect(lines.slice(0, 6)).toEqual([
    'No message with to "ann@example.com" and subject /^Order 12$/ came within 5 ms.',
    'The sandbox has 12 messages, closest first:',
    '  1. "Order 12" to u12@example.com, from Contoso App <app@contoso.example>',
    '     to is u12@example.com, not "ann@example.com"',
    '  2. "Order 11" to u11@example.com, from Contoso App <app@contoso.example>',
    '     to is u11@example.com, not "ann@example.com"',
  ]);
  expect(lines.slice(-3)).toEqual([
    '  and 2 more',
    'It refused 1 request, at last:',
    '  POST /v1.0/users/app%40contoso.example/sendMail: 401 (token-missing)',
  ]);
});

test('the error says if nothing came at all', async () => {
  await expect(sandbox.waitForMessage({}, { timeout: 0 })).rejects.toThrow(
    'No message came within 0 ms.\nThe sandbox has no messages.\n' +
      'It got no requests either. Does the app use `sandbox.options`, or `sandbox.env`?',
  );
  await expect(sandbox.waitForMessage(() => true, { timeout: 0, onlyNew: true })).rejects.toThrow(
    /^No new message that the function accepts came/,
  );
});

test('the error names a fault that a request met', async () => {
  sandbox.failNext('send-mail', { kind: 'reset', when: 'before' });
  await send(sandbox, LUNCH);
  await expect(sandbox.waitForMessage({}, { timeout: 0 })).rejects.toThrow(
    /sendMail: no answer \(a fault, reset\)$/,
  );
});

test('neither the text of the error nor what is printed of it holds a body', async () => {
  const body = { contentType: 'html', content: '<p>secret of the body</p>' };
  await send(sandbox, { ...order(1), body });
  const failure = await sandbox
    .waitForMessage({ text: 'x', html: 'zz', header: { 'X-A': '1' } }, { timeout: 0 })
    .catch((error) => error);
  expect(failure.message).toContain('text is a text of 18 characters, not "x"');
  expect(failure.message).toContain('html is HTML of 25 characters, not "zz"');
  expect(failure.message).toContain('header is missing, not X-A: "1"');
  expect(inspect(failure, { depth: 9 })).not.toContain('secret');
});

test('a signal ends a wait with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('The test is over');
  const found = sandbox.waitForMessage({}, { signal: controller.signal });
  controller.abort(reason);
  await expect(found).rejects.toBe(reason);
  await expect(sandbox.waitForMessage({}, { signal: controller.signal })).rejects.toBe(reason);
});

test('a wait that has ended leaves nothing on its signal', async () => {
  const { signal } = new AbortController();
  const found = sandbox.waitForMessage({}, { signal });
  const late = sandbox.waitForMessage({ subject: 'Never' }, { signal, timeout: 1 });
  expect(getEventListeners(signal, 'abort')).toHaveLength(2);
  await send(sandbox, order(1));
  await found;
  await expect(late).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('closing the sandbox ends a wait, and what came can still be found', async () => {
  const running = await startSandbox();
  await send(running, order(1));
  const found = running.waitForMessage({ subject: 'Order 2' }, { timeout: Number.POSITIVE_INFINITY });
  await running.close();
  await expect(found).rejects.toMatchObject({ code: 'ECLOSED', message: /^The sandbox was closed/ });
  await expect(running.waitForMessage({ subject: 'Order 2' })).rejects.toMatchObject({ code: 'ECLOSED' });
  await expect(running.waitForMessage({ subject: 'Order 1' })).resolves.toBe(running.messages[0]);
});

test('an error of the function ends the wait', async () => {
  const broken = () => {
    throw new RangeError('broken');
  };
  const found = sandbox.waitForMessage(broken);
  await send(sandbox, order(1));
  await expect(found).rejects.toThrow('broken');
  await expect(sandbox.waitForMessage(broken)).rejects.toThrow('broken');
});

test('fake timers do not stop the timeout', async () => {
  jest.useFakeTimers();
  try {
    await expect(sandbox.waitForMessage({}, { timeout: 1 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const found = sandbox.waitForMessage();
    await send(sandbox, order(1));
    await expect(found).resolves.toMatchObject({ subject: 'Order 1' });
  } finally {
    jest.useRealTimers();
  }
});

test('a wait that has ended listens no more', async () => {
  let calls = 0;
  const counted = () => {
    calls += 1;
    return true;
  };
  const found = sandbox.waitForMessage(counted);
  await send(sandbox, order(1));
  await found;
  await post(sandbox, '{}');
  await send(sandbox, order(2));
  expect(calls).toBe(1);
});

test.each<[unknown, string]>([
  [{ tmieout: 1 }, 'Unknown option "tmieout" of waitForMessage(). It takes timeout, signal, onlyNew.'],
  [{ timeout: -1 }, 'Expected `timeout` to be a number of milliseconds, got -1.'],
  [{ timeout: '5' }, 'Expected `timeout` to be a number of milliseconds, got 5.'],
  [{ timeout: Number.NaN }, 'got NaN'],
  [{ signal: 'stop' }, 'Expected `signal` to be an AbortSignal.'],
  [{ onlyNew: 'yes' }, 'Expected `onlyNew` to be true or false, got yes.'],
  [5000, 'an object such as { timeout: 5000 }, got 5000.'],
  [null, 'an object such as { timeout: 5000 }, got null.'],
  [[5000], 'got a list'],
])('the options %p are refused', async (options, complaint) => {
  const waiting: Promise<unknown> = Reflect.apply(sandbox.waitForMessage, sandbox, [{}, options]);
  await expect(waiting).rejects.toThrow(complaint);
});
