import { createSandbox, type Sandbox } from '../../src/sandbox';
import * as matchers from '../../src/sandbox/matchers';
import { send } from './support';

expect.extend({ ...matchers });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});

const sendTo = (address: string, subject: string) =>
  send(sandbox, { subject, toRecipients: [{ emailAddress: { address } }] });

/** What a failed expectation says. */
function complaint(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return String(Object(error).message);
  }
  throw new Error('The expectation was met');
}

test('a sandbox that has received a message, and one that has not', async () => {
  expect(sandbox).not.toHaveReceived();
  await sendTo('ann@example.com', 'Your order 4711');
  expect(sandbox).toHaveReceived();
  expect(sandbox).toHaveReceived({ to: 'ann@example.com', subject: 'Your order 4711' });
  expect(sandbox).toHaveReceived({ subject: expect.stringContaining('4711') });
  expect(sandbox).toHaveReceived({ to: expect.arrayContaining([expect.objectContaining({ name: '' })]) });
  expect(sandbox).toHaveReceived(({ to }) => to.length === 1);
  expect(sandbox).not.toHaveReceived({ to: 'bob@example.com' });
});

test('the number of messages is compared', async () => {
  expect(sandbox).toHaveReceivedTimes(0);
  await sendTo('ann@example.com', 'One');
  await sendTo('ann@example.com', 'Two');
  expect(sandbox).toHaveReceivedTimes(2, { to: 'ann@example.com' });
  expect(sandbox).toHaveReceivedTimes(1, { subject: 'One' });
  expect(sandbox).not.toHaveReceivedTimes(1);
});

test('a failure lists what came, the closest first', async () => {
  await sendTo('ann@example.com', 'Order 1');
  await sendTo('bob@example.com', 'Hello');
  expect(complaint(() => expect(sandbox).toHaveReceived({ to: 'ann@example.com', subject: 'Order 2' }))).toBe(
    [
      'expect(sandbox).toHaveReceived(query)',
      '',
      'There is no message with to "ann@example.com" and subject "Order 2".',
      'The sandbox has 2 messages, closest first:',
      '  1. "Order 1" to ann@example.com, from Contoso App <app@contoso.example>',
      '     subject is "Order 1", not "Order 2"',
      '  2. "Hello" to bob@example.com, from Contoso App <app@contoso.example>',
      '     to is bob@example.com, not "ann@example.com"',
      '     subject is "Hello", not "Order 2"',
    ].join('\n'),
  );
  expect(
    complaint(() => expect(sandbox).toHaveReceived({ subject: expect.stringContaining('x') })),
  ).toContain('There is no message with subject StringContaining "x".');
});

test('a failure of .not lists the messages that it found', async () => {
  await sendTo('ann@example.com', 'Order 1');
  expect(complaint(() => expect(sandbox).not.toHaveReceived({ to: 'ann@example.com' }))).toBe(
    [
      'expect(sandbox).not.toHaveReceived(query)',
      '',
      'Expected no message with to "ann@example.com", and there is 1:',
      '  1. "Order 1" to ann@example.com, from Contoso App <app@contoso.example>',
    ].join('\n'),
  );
});

test('a failed count says how many there are', async () => {
  expect(complaint(() => expect(sandbox).toHaveReceivedTimes(1))).toContain(
    'Expected 1 message, and there is none.',
  );
  for (let number = 1; number <= 11; number += 1) await sendTo('ann@example.com', `Order ${number}`);
  const text = complaint(() => expect(sandbox).toHaveReceivedTimes(2, { to: /ann/ }));
  expect(text).toContain(
    'Expected 2 messages with to /ann/, and there are 11, latest first:\n  1. "Order 11" to',
  );
  expect(text).toMatch(/ {2}and 1 more$/);
  expect(complaint(() => expect(sandbox).not.toHaveReceivedTimes(11))).toContain(
    'Expected any number but 11 messages, and there are 11',
  );
});

test.each<[string, unknown, string]>([
  ['a promise', Promise.resolve(), 'is an `await` missing before startSandbox()?'],
  ['a list', [], 'takes what startSandbox() or createSandbox() returned.'],
  ['nothing', undefined, 'takes what startSandbox() or createSandbox() returned.'],
])('%s is no sandbox, with .not too', (_what, received, text) => {
  expect(complaint(() => expect(received).toHaveReceived())).toContain(text);
  expect(complaint(() => expect(received).not.toHaveReceived())).toContain(text);
  expect(complaint(() => expect(received).not.toHaveReceivedTimes(1))).toContain(text);
});

test('a filter that makes no sense fails, with .not too', () => {
  const wrong: object = { subjet: 'x' };
  expect(complaint(() => expect(sandbox).not.toHaveReceived(wrong))).toContain('Did you mean "subject"?');
  expect(complaint(() => expect(sandbox).not.toHaveReceivedTimes(Number.NaN))).toContain(
    'to be a number of messages, got NaN',
  );
});

test('everything that the entry exports is a matcher', () => {
  expect(Object.values(matchers).map((matcher) => typeof matcher)).toEqual(['function', 'function']);
});
