// The built package, as an app with import sees it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setupServer } from 'msw/node';
import nodemailer from 'nodemailer';
import * as imported from 'nodemailer-graph-transport';
import { GraphTransport, GraphTransportError, graphTransport } from 'nodemailer-graph-transport';
import { createMailQueue, createMailWorker } from 'nodemailer-graph-transport/bullmq';
import { failover } from 'nodemailer-graph-transport/failover';
import { createSandbox, startSandbox } from 'nodemailer-graph-transport/sandbox';
import * as matchers from 'nodemailer-graph-transport/sandbox/matchers';
import { sandboxHandlers } from 'nodemailer-graph-transport/sandbox/msw';

const required = createRequire(import.meta.url)('nodemailer-graph-transport');
assert.deepEqual({ ...imported }, { ...required });
assert.equal(typeof GraphTransport, 'function');
assert.throws(() => createMailQueue('', {}), TypeError);
assert.throws(() => createMailWorker('me', {}), GraphTransportError);
assert.throws(() => graphTransport({ userId: 'me' }), GraphTransportError);
const sandbox = await startSandbox();
const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' });
assert.equal(sandbox.messages[0].subject, 'Hello');
const either = nodemailer.createTransport(failover([graphTransport(sandbox.options)]));
assert.equal((await either.sendMail({ to: 'ann@example.com' })).failover.name, 'GraphTransport');
await either.close();
// Nothing else: `expect.extend()` takes only functions.
assert.deepEqual(Object.keys(matchers), ['toHaveReceived', 'toHaveReceivedTimes']);
assert.equal(matchers.toHaveReceived(sandbox, { to: 'ann@example.com' }).pass, true);
transporter.close();
await sandbox.close();

const played = createSandbox();
const server = setupServer(...sandboxHandlers(played));
server.listen({ onUnhandledRequest: 'error' });
const answer = await fetch('https://graph.microsoft.com/v1.0/users/app@contoso.example/sendMail', {
  method: 'POST',
});
server.close();
assert.equal(answer.status, 401);
assert.equal(played.requests.length, 1);
