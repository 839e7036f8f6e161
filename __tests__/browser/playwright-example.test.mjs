// The example of the docs for Playwright: an app under test, whose mail is read over HTTP.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { runExample } from '../examples/example.mjs';
import { findBrowser } from './support.mjs';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

test('the Playwright example signs up, waits for the mail and follows its link', async () => {
  const { status, printed } = runExample('playwright', {
    CHROMIUM: findBrowser(),
    PORT: await freePort(),
    SANDBOX_PORT: await freePort(),
  });
  assert.equal(status, 0, printed);
  assert.match(printed, /1 passed/);
});
