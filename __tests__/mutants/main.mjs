// Changes the core in small ways, one at a time, and lists the changes that no test notices.
// The arguments name the files or folders to change; without any, it takes the whole core, for hours.
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

const { jest } = createRequire(import.meta.url)('../../package.json');

const CORE = ['delivery', 'graph', 'message', 'mime', 'auth', 'errors'].map((folder) => `src/${folder}`);
const wanted = process.argv.slice(2);

const results = await new Stryker({
  mutate: (wanted.length > 0 ? wanted : CORE).map((path) =>
    path.endsWith('.ts') ? path : `${path}/**/*.ts`,
  ),
  testRunner: 'jest',
  jest: {
    projectType: 'custom',
    config: {
      ...jest,
      // The other tests are about commands, pages and the sandbox, or read the sources.
      testMatch: ['transport', 'network', 'nodemailer', 'options', ...CORE.map((path) => path.slice(4))].map(
        (folder) => `**/__tests__/${folder}/**/*.test.ts`,
      ),
    },
  },
  // Tests have time limits of their own, which several of them at once would exceed.
  concurrency: 1,
  dryRunTimeoutMinutes: 30,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  allowConsoleColors: false,
  ignorePatterns: ['dist', 'api'],
  // Outside the project, where a test run at the same time would find the copies of all tests.
  tempDirName: join(tmpdir(), 'nodemailer-graph-transport-mutants'),
}).runMutationTest();

process.exitCode = results.some(({ status }) => status === 'RuntimeError') ? 1 : 0;
