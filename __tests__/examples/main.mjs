// The examples that need no browser. Each test has to be found and to pass.
import assert from 'node:assert/strict';
import { runExample } from './example.mjs';

for (const [name, counted] of [
  ['vitest', /Tests\s+3 passed/],
  ['jest', /Tests:\s+2 passed, 2 total/],
]) {
  const { status, printed } = runExample(name);
  console.log(printed);
  assert.equal(status, 0, `the example for ${name} fails`);
  assert.match(printed.replace(/\p{Cc}\[[\d;]*m/gu, ''), counted);
}
