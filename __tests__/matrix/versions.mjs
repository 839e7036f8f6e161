// The package as apps get it: packed, installed beside each supported Nodemailer, and used on each supported Node.
// Arguments: versions of Node to use instead of all. Prints a table, and fails when something in it does.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const require = createRequire(import.meta.url);
const run = promisify(execFile);

const NODEMAILERS = ['7', '9', '10'];
/** Releases before 10 bring no types of their own. */
const TYPES = { 7: '@types/nodemailer@7', 9: '@types/nodemailer@8' };
const NODES = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26'];

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
    const { version } = require(join(app, 'node_modules/nodemailer/package.json'));
    const tsc = (...flags) =>
      run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags], { cwd: app });
    const common = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--types', 'node'];
    const esbuild = join(root, 'node_modules/esbuild/bin/esbuild');
    apps.push({
      app,
      nodemailer: version,
      node16: await cell(() =>
        tsc(...common, '--module', 'node16', '--moduleResolution', 'node16', 'types.mts', 'types.cts'),
      ),
      bundler: await cell(() =>
        tsc(...common, '--module', 'esnext', '--moduleResolution', 'bundler', 'types.mts'),
      ),
      bundle: await cell(() =>
        run(esbuild, ['import.mjs', '--bundle', '--platform=node', '--format=cjs', '--outfile=bundle.cjs'], {
          cwd: app,
        }),
      ),
    });
  }
  for (const { app, nodemailer, node16, bundler, bundle } of apps) {
    // The bundle has everything in it: it runs where nothing is installed.
    const elsewhere = join(folder, `bundle-${nodemailer}`);
    mkdirSync(elsewhere);
    if (bundle === 'ok') cpSync(join(app, 'bundle.cjs'), join(elsewhere, 'bundle.cjs'));
    for (const node of NODES) {
      const on = (cwd, file) =>
        run('npx', ['-y', '-p', `node@${node}`, 'node', file], { cwd, timeout: 120_000 });
      const { stdout } = await run('npx', ['-y', '-p', `node@${node}`, 'node', '--version'], { cwd: folder });
      rows.push({
        Nodemailer: nodemailer,
        Node: stdout.trim(),
        require: await cell(() => on(app, 'require.cjs')),
        import: await cell(() => on(app, 'import.mjs')),
        'types node16': node16,
        'types bundler': bundler,
        'bundle by esbuild': bundle === 'ok' ? await cell(() => on(elsewhere, 'bundle.cjs')) : bundle,
      });
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.table(rows);
