// The types of the matchers compile, without skipLibCheck, in an app that has neither Jest nor Vitest.
const { execFileSync } = require('node:child_process');
const { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '../..');
const app = mkdtempSync(join(tmpdir(), 'without-test-runners-'));
try {
  const modules = join(app, 'node_modules');
  const own = join(modules, 'nodemailer-graph-transport');
  mkdirSync(join(modules, '@types'), { recursive: true });
  cpSync(join(root, 'dist'), join(own, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(own, 'package.json'));
  for (const name of ['@types/node', 'undici-types']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  const lines = [
    "import * as matchers from 'nodemailer-graph-transport/sandbox/matchers';",
    'export const { pass }: { pass: boolean } = matchers.toHaveReceived({});',
  ];
  for (const file of ['app.mts', 'app.cts']) writeFileSync(join(app, file), lines.join('\n'));
  const compilerOptions = {
    module: 'node16',
    target: 'es2022',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
  };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', app], { stdio: 'inherit' });
} finally {
  rmSync(app, { recursive: true });
}
