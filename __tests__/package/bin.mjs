// The command of the built package, as a shell sees it: a sandbox, and messages through it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';

const require = createRequire(import.meta.url);
const { bin, version } = require('../../package.json');
const command = require.resolve(`../../${bin['nodemailer-graph-transport']}`);
assert.ok(readFileSync(command, 'utf8').startsWith('#!/usr/bin/env node\n'));

const cwd = mkdtempSync(join(tmpdir(), 'graph-bin-'));
const start = (args, env = {}) => spawn(process.execPath, [command, ...args], { cwd, env });
async function run(args, env, input = '') {
  const child = start(args, env);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code };
}

assert.deepEqual(await run(['--version']), { stdout: `${version}\n`, stderr: '', code: 0 });
assert.equal((await run(['verify'])).code, 78);
// Compiled code is kept where only this user can write, before anything of the package is loaded.
const told = join(cwd, 'told.cjs');
writeFileSync(told, "require('node:module').enableCompileCache = (folder) => console.error(folder);");
const cacheOf = async (env) =>
  (await run(['--version'], { NODE_OPTIONS: `--require ${told}`, ...env })).stderr;
assert.equal(await cacheOf({ HOME: cwd }), `${join(cwd, '.cache', 'nodemailer-graph-transport')}\n`);
assert.equal(await cacheOf({ XDG_CACHE_HOME: cwd }), `${join(cwd, 'nodemailer-graph-transport')}\n`);
assert.equal(await cacheOf({ HOME: cwd, NODE_COMPILE_CACHE: '/elsewhere' }), '/elsewhere\n');
assert.equal(await cacheOf({}), '');
assert.match((await run(['prove', '--help'])).stdout, /SENDS REAL MAIL/);

const sandbox = start(['sandbox', '--port', '0']);
let printed = '';
sandbox.stdout.on('data', (data) => {
  printed += data;
});
await once(sandbox.stderr, 'data');
const env = parseEnv(printed);

const verified = await run(['verify'], env);
assert.equal(verified.code, 0, verified.stdout + verified.stderr);
const sent = await run(['send', '-t', '-i', '--json'], env, 'To: ann@example.com\n\nHello\n');
assert.equal(sent.code, 0, sent.stderr);
assert.deepEqual(JSON.parse(sent.stdout).accepted, ['ann@example.com']);
// Whoever hands a message over to sendmail may keep the pipe open after its end.
const child = start(['send', '-t'], env);
child.stdin.write('To: bob@example.com\n\nHello\n.\n');
assert.deepEqual(await once(child, 'close'), [0, null]);
const wrong = await run(
  ['send', '--to', 'ann@example.com', '--text', 'x', '--from', 'ceo@contoso.example'],
  env,
);
assert.equal(wrong.code, 67);
assert.match(wrong.stderr, /^nodemailer-graph-transport: .*ErrorSendAsDenied/);

const app = 'console.log(process.env.GRAPH_USER_ID); process.exit(5)';
const withApp = await run(
  [
    'sandbox',
    '--mailbox',
    'orders@contoso.com',
    '--write',
    '.env',
    '--port',
    '0',
    '--',
    process.execPath,
    '-e',
    app,
  ],
  process.env,
);
assert.equal(withApp.stdout, 'orders@contoso.com\n');
assert.equal(withApp.code, 5);
assert.equal(parseEnv(readFileSync(join(cwd, '.env'), 'utf8')).GRAPH_USER_ID, 'orders@contoso.com');

const demo = start(['demo'], process.env);
let shown = '';
for await (const data of demo.stdout) {
  shown += data;
  if (shown.includes('Ctrl-C')) break;
}
const [inboxUrl] = /http:\S+\/inbox/.exec(shown);
assert.match(await (await fetch(inboxUrl)).text(), /Ihre Rechnung 2026-1177/);
demo.kill('SIGINT');
assert.deepEqual(await once(demo, 'close'), [0, null]);

sandbox.kill('SIGTERM');
assert.deepEqual(await once(sandbox, 'close'), [0, null]);
rmSync(cwd, { recursive: true });

// What is only printed loads neither Azure's library nor the sandbox.
const { run: runHere } = require('../../dist/cli/run.js');
const io = { stdout: { write() {} }, env: {}, cwd };
assert.equal(await runHere(['--help'], io), 0);
assert.equal(await runHere(['send', '--help'], io), 0);
const loaded = Object.keys(require.cache).filter((file) => /@azure|dist\/sandbox/.test(file));
assert.deepEqual(loaded, []);
