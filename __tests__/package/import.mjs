// The built package, as an app with import sees it.
import assert from 'node:assert/strict';
import nodemailer from 'nodemailer';
import { GraphTransport, GraphTransportError, graphTransport } from 'nodemailer-graph-transport';
import { startSandbox } from 'nodemailer-graph-transport/sandbox';

assert.equal(typeof GraphTransport, 'function');
assert.throws(() => graphTransport({ userId: 'me' }), GraphTransportError);
const sandbox = await startSandbox();
const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' });
assert.equal(sandbox.messages[0].subject, 'Hello');
transporter.close();
await sandbox.close();
