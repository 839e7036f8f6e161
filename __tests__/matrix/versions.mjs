// The package as apps get it: packed, installed beside each supported Nodemailer, and used on each supported Node, on
// Bun and on Deno. Arguments: what to use instead of all of these, such as 22 or bun@1.4. Prints a table, and fails when something in it does.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const require = createRequire(import.meta.url);
const run = promisify(execFile);

const NODEMAILERS = ['7', '9', '10.2', '10.6.1'];
/** Releases before 10 bring no types of their own. */
const TYPES = { 7: '@types/nodemailer@7', 9: '@types/nodemailer@8' };
const RUNTIMES = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26', 'bun', 'deno'];

/** What the README says of types that are not Nodemailer's own. */
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, DEFINITELY_TYPED] = /^```typescript\n(.*?)^```$/ms.exec(readme);
/** What the page on bundlers says of ESM. */
const page = readFileSync(join(root, 'docs/bundlers-and-serverless.md'), 'utf8');
const [, BANNER] = / --banner:js="(.*?)"/.exec(page);

const folder = mkdtempSync(join(tmpdir(), 'versions-'));
const rows = [];

/** Does something and gives what to print of it. */
async function cell(work) {
  try {
    await work();
    return 'ok';
  } catch (error) {
    console.error(error.stdout || error.stderr || error.message);
    process.exitCode = 1;
    return 'FAILS';
  }
}

/** A runtime from the registry, and how to run a file on it. */
async function start(runtime) {
  const [kind, version = 'latest'] = /^[a-z]/.test(runtime) ? runtime.split('@') : ['node', runtime];
  const command = ['npx', '-y', '-p', `${kind}@${version}`, kind];
  const { stdout } = await run(command[0], [...command.slice(1), '--version'], { cwd: folder });
  const [number] = /\d+\.\d+\.\d+/.exec(stdout);
  return { name: `${kind} ${number}`, command: kind === 'deno' ? [...command, 'run', '-A'] : command };
}

try {
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const apps = [];
  for (const nodemailer of NODEMAILERS) {
    const app = join(folder, `nodemailer-${nodemailer}`);
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), '{ "private": true }');
    const wanted = [join(folder, packed), `nodemailer@${nodemailer}`, '@types/node@20', TYPES[nodemailer]];
    await run('npm', ['install', '--no-audit', '--no-fund', ...wanted.filter(Boolean)], { cwd: app });
    cpSync(join(here, 'app'), app, { recursive: true });
    if (TYPES[nodemailer]) writeFileSync(join(app, 'definitely-typed.mts'), DEFINITELY_TYPED);
    const typed = TYPES[nodemailer] ? 'definitely-typed.mts' : 'types-of-messages.mts';
    const { version } = require(join(app, 'node_modules/nodemailer/package.json'));
    const tsc = (...flags) =>
      run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags], { cwd: app });
    const common = ['--strict', '--noEmit', '--target', 'es2022', '--types', 'node'];
    const esbuild = join(root, 'node_modules/esbuild/bin/esbuild');
    const bundled = ['import.mjs', '--bundle', '--platform=node'];
    apps.push({
      app,
      nodemailer: version,
      node16: await cell(() =>
        tsc(...common, '--module', 'node16', '--moduleResolution', 'node16', 'types.mts', 'types.cts', typed),
      ),
      bundler: await cell(() =>
        tsc(...common, '--module', 'esnext', '--moduleResolution', 'bundler', 'types.mts', typed),
      ),
      cjs: await cell(() => run(esbuild, [...bundled, '--format=cjs', '--outfile=bundle.cjs'], { cwd: app })),
      esm: await cell(() =>
        run(esbuild, [...bundled, '--format=esm', `--banner:js=${BANNER}`, '--outfile=bundle.mjs'], {
          cwd: app,
        }),
      ),
    });
  }
  const runtimes = [];
  for (const runtime of RUNTIMES) runtimes.push(await start(runtime));
  for (const { app, nodemailer, node16, bundler, cjs, esm } of apps) {
    // A bundle has everything in it: it runs where nothing is installed.
    const elsewhere = join(folder, `bundle-${nodemailer}`);
    mkdirSync(elsewhere);
    if (cjs === 'ok') cpSync(join(app, 'bundle.cjs'), join(elsewhere, 'bundle.cjs'));
    if (esm === 'ok') cpSync(join(app, 'bundle.mjs'), join(elsewhere, 'bundle.mjs'));
    for (const { name, command } of runtimes) {
      const on = (cwd, file) => run(command[0], [...command.slice(1), file], { cwd, timeout: 120_000 });
      rows.push({
        Nodemailer: nodemailer,
        on: name,
        require: await cell(() => on(app, 'require.cjs')),
        import: await cell(() => on(app, 'import.mjs')),
        'types node16': node16,
        'types bundler': bundler,
        'esbuild cjs': cjs === 'ok' ? await cell(() => on(elsewhere, 'bundle.cjs')) : cjs,
        'esbuild esm': esm === 'ok' ? await cell(() => on(elsewhere, 'bundle.mjs')) : esm,
      });
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.table(rows);
