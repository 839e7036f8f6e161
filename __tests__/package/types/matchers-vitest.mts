// Compiled, not run: the matchers, as tests for Vitest see them.
import { createSandbox } from 'nodemailer-graph-transport/sandbox';
import * as matchers from 'nodemailer-graph-transport/sandbox/matchers';
import { expect } from 'vitest';

expect.extend(matchers);
const sandbox = createSandbox();
expect(sandbox).toHaveReceived({ to: 'ann@example.com', subject: expect.stringContaining('Order') });
expect(sandbox).not.toHaveReceivedTimes(2, ({ links }) => links.length > 0);
// With `noUncheckedIndexedAccess`.
export const subject: string = sandbox.messages[0].subject;
// @ts-expect-error: no such property
expect(sandbox).toHaveReceived({ subjet: 'Order' });
