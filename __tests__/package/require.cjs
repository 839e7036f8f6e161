// The built package, as an app with require() sees it.
const assert = require('node:assert/strict');
const { GraphTransport, GraphTransportError, graphTransport } = require('nodemailer-graph-transport');
const early = Object.keys(require.cache).filter((file) =>
  /[\\/](?:@azure|undici|dist[\\/]sandbox)[\\/]/.test(file),
);
assert.deepEqual(early, [], 'undici, @azure/identity and the sandbox are loaded only when they are used');
const { startSandbox } = require('nodemailer-graph-transport/sandbox');

assert.throws(() => graphTransport({ userId: 'me' }), GraphTransportError);
assert.equal(typeof GraphTransport, 'function');
assert.equal(typeof startSandbox, 'function');
const loaded = Object.keys(require.cache).filter((file) => file.includes('@azure'));
assert.deepEqual(loaded, [], '@azure/identity is loaded only when a token is wanted');
const optional = Object.keys(require.cache).filter((file) =>
  /node_modules[\\/](?:msw|bullmq)[\\/]/.test(file),
);
assert.deepEqual(
  optional,
  [],
  'msw and BullMQ, which an app need not have, are loaded by their own entries only',
);
assert.equal(typeof require('nodemailer-graph-transport/bullmq').createMailWorker, 'function');
assert.equal(typeof require('nodemailer-graph-transport/failover').failover, 'function');
assert.equal(typeof require('nodemailer-graph-transport/sandbox/msw').sandboxHandlers, 'function');
assert.deepEqual(Object.keys(require('nodemailer-graph-transport/sandbox/matchers')).sort(), [
  'toHaveReceived',
  'toHaveReceivedTimes',
]);
