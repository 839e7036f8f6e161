// Compiled, not run: the matchers, as tests for Jest see them.
import globals = require('@jest/globals');
import sandboxes = require('nodemailer-graph-transport/sandbox');
import matchers = require('nodemailer-graph-transport/sandbox/matchers');

globals.expect.extend({ ...matchers });
const sandbox = sandboxes.createSandbox();
globals.expect(sandbox).toHaveReceived({ to: 'ann@example.com', subject: /Order/ });
globals.expect(sandbox).not.toHaveReceivedTimes(2, ({ links }) => links.length > 0);
// @ts-expect-error: no such property
globals.expect(sandbox).toHaveReceived({ subjet: 'Order' });
