import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { commandLine } from './cli-process';
import { temporaryFolder } from './temporary-folder';

const root = join(__dirname, '../..');

/** What an app may import of this package, and from which of its sources it comes. */
const ENTRIES: Record<string, { source: string; names: string[] }> = {
  '.': { source: 'src/index.ts', names: ['graphTransport', 'GraphTransportError'] },
  './sandbox': { source: 'src/sandbox/index.ts', names: ['startSandbox', 'createSandbox'] },
};

/** The folder of an app in ESM, in which this package and Nodemailer are installed. */
export interface AppFolder {
  path: () => string;
  /** Writes files of the app, by name. */
  write(files: Record<string, string>): void;
  /** An environment in which `npx nodemailer-graph-transport` is the command of the sources. */
  env(): NodeJS.ProcessEnv;
}

/** To be called at the top of a test file. */
export function appFolder(): AppFolder {
  const path = temporaryFolder();
  const write: AppFolder['write'] = (files) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path(), name)), { recursive: true });
      writeFileSync(join(path(), name), content, { mode: 0o755 });
    }
  };
  beforeAll(() => {
    const command = commandLine().map((word) => `'${word}'`);
    write({
      'package.json': JSON.stringify({ private: true, type: 'module', scripts: { test: 'node check.js' } }),
      'node_modules/nodemailer/package.json': '{ "main": "index.js" }',
      'node_modules/nodemailer/index.js': `module.exports = require('${root}/node_modules/nodemailer');\n`,
      'node_modules/nodemailer-graph-transport/package.json': JSON.stringify({
        exports: Object.fromEntries(Object.keys(ENTRIES).map((entry) => [entry, fileOf(entry)])),
      }),
      ...Object.fromEntries(
        Object.entries(ENTRIES).map(([entry, { source, names }]) => [
          join('node_modules/nodemailer-graph-transport', fileOf(entry)),
          `require('${root}/__tests__/support/typescript.cjs');
const source = require('${root}/${source}');
${names.map((name) => `exports.${name} = source.${name};\n`).join('')}`,
        ]),
      ),
      'bin/npx': `#!/bin/sh\nshift\nexec ${command.join(' ')} "$@"\n`,
    });
  });
  return {
    path,
    write,
    env: () => ({ ...process.env, PATH: `${join(path(), 'bin')}${delimiter}${process.env.PATH}` }),
  };
}

function fileOf(entry: string): string {
  return entry === '.' ? './index.js' : `${entry}.js`;
}
