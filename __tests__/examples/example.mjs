// Installs the packed package in a folder with one of the examples, as an app has it, and runs the example's tests there.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const NAME = 'nodemailer-graph-transport';

const COMMANDS = {
  vitest: ['node_modules/vitest/vitest.mjs', 'run'],
  jest: ['node_modules/jest/bin/jest.js'],
  playwright: ['node_modules/@playwright/test/cli.js', 'test', '--reporter=line'],
};

/** @returns the exit code and what was printed */
export function runExample(name, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), `example-${name}-`));
  try {
    cpSync(join(here, name), folder, { recursive: true });
    install(folder);
    const { status, stdout, stderr } = spawnSync(process.execPath, COMMANDS[name], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { status, printed: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The package from its tarball, and links to what a clean install of this repository has. */
function install(folder) {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  const others = readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.'));
  for (const name of others) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // npm 12 gives an object by package name where older ones give a list.
  const [{ filename }] = Object.values(JSON.parse(packed));
  execFileSync('tar', ['-xzf', filename], { cwd: folder });
  renameSync(join(folder, 'package'), join(modules, NAME));
  const command = join(modules, NAME, 'dist/cli/main.js');
  chmodSync(command, 0o755);
  mkdirSync(join(modules, '.bin'));
  symlinkSync(command, join(modules, '.bin', NAME));
}
