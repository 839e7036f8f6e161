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
const mocks = Object.keys(require.cache).filter((file) => file.includes('/msw/'));
assert.deepEqual(mocks, [], 'msw, which an app need not have, is loaded by its own entry only');
assert.equal(typeof require('nodemailer-graph-transport/sandbox/msw').sandboxHandlers, 'function');
