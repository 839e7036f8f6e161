// Runs the esbuild commands of docs/bundlers-and-serverless.md on an app, and each bundle where nothing is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const page = readFileSync(join(root, 'docs/bundlers-and-serverless.md'), 'utf8');
const commands = [...page.matchAll(/^esbuild .+$/gm)].map(([command]) => command);
assert.equal(commands.length, 3);

const PATH = `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`;
const made = [];
const elsewhere = mkdtempSync(join(tmpdir(), 'bundles-'));

/** Makes a bundle in the package's own folder, where its name leads to itself. */
function bundle(command) {
  const [, file] = /--outfile=(\S+)/.exec(command);
  made.push(join(here, file));
  const line = command.replace('app.mjs', 'bundled-app.mjs');
  execFileSync(line, ['--log-level=warning'], { cwd: here, shell: true, env: { ...process.env, PATH } });
  return join(here, file);
}

function run(file, cwd) {
  return spawnSync(process.execPath, [file], { cwd, encoding: 'utf8', timeout: 60_000 });
}

function check(what, file, look) {
  const { status, stdout, stderr } = run(file, dirname(file));
  assert.equal(stdout, `sent, and its inbox is ${look}\n`, `${what}\n${stderr}`);
  assert.equal(status, 0);
}

try {
  for (const command of commands) {
    const file = bundle(command);
    const isWhole = !command.includes('--packages=external');
    const place = isWhole ? join(elsewhere, file.slice(here.length + 1)) : file;
    if (isWhole) copyFileSync(file, place);
    check(command, place, isWhole ? 'plain' : 'styled');
  }
  const [, copied] = /copy `node_modules\/nodemailer-graph-transport\/(\S+)`/.exec(page);
  cpSync(join(root, copied), join(elsewhere, basename(copied)), { recursive: true });
  check('a CommonJS bundle with the files of the inbox', join(elsewhere, 'app.bundle.cjs'), 'styled');
  const [, banner] = / (--banner:js=".*?")/.exec(page);
  const bare = commands.find((command) => command.includes(banner)).replace(banner, '');
  const { stderr } = run(bundle(bare), here);
  const [, failure] = /`(Dynamic require .+?)`/.exec(page);
  assert.ok(stderr.includes(failure), 'the banner is needed, for the reason that the page gives');
  assert.deepEqual(readdirSync(elsewhere).sort(), ['app.bundle.cjs', 'app.bundle.mjs', 'public']);
} finally {
  for (const file of made) rmSync(file, { force: true });
  rmSync(elsewhere, { recursive: true });
}
