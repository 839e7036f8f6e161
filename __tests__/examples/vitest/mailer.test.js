import { startSandbox } from 'nodemailer-graph-transport/sandbox';
import * as matchers from 'nodemailer-graph-transport/sandbox/matchers';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createMailer } from './mailer.js';

expect.extend(matchers);

let sandbox;
let mailer;
beforeAll(async () => {
  sandbox = await startSandbox({ mailboxes: ['orders@contoso.com'] });
  mailer = createMailer(sandbox.options);
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

test('an order is confirmed', async () => {
  await mailer.confirmOrder({ number: 4711, email: 'ann@example.com' });
  expect(sandbox).toHaveReceived({ to: 'ann@example.com', subject: expect.stringContaining('4711') });
  expect(sandbox).not.toHaveReceived({ to: 'bob@example.com' });
  const message = sandbox.only();
  expect(message.links).toEqual(['https://shop.example/orders/4711']);
  expect(message.attachment('invoice.txt').content.toString()).toBe('Order 4711');
});

test('a mail that is sent in the background is waited for', async () => {
  const confirmation = sandbox.waitForMessage({ to: 'ann@example.com' }, { onlyNew: true });
  setTimeout(() => mailer.confirmOrder({ number: 4712, email: 'ann@example.com' }), 10);
  expect((await confirmation).subject).toBe('Your order 4712');
});

test('a wait ends in time with fake timers, too', async () => {
  vi.useFakeTimers();
  try {
    await expect(sandbox.waitForMessage({}, { timeout: 10 })).rejects.toThrow(
      'No message came within 10 ms.',
    );
  } finally {
    vi.useRealTimers();
  }
});
