// Changes the core in small ways, one at a time, and lists the changes that no test notices.
//
//   npm run test:mutants -- src/graph                            every test of the core, for hours
//   npm run test:mutants -- src/graph/x.ts __tests__/graph       only these tests, for minutes
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

const { jest } = createRequire(import.meta.url)('../../package.json');

const CORE = ['delivery', 'graph', 'message', 'mime', 'auth', 'errors'];
// The other tests are about commands, pages and the sandbox, or read the sources.
const TESTED_BY = [...CORE, 'nodemailer', 'network', 'options', 'transport'];

const wanted = process.argv.slice(2);
const isTest = (path) => path.startsWith('__tests__');
const sources = wanted.filter((path) => !isTest(path));
const tests = wanted.filter(isTest);

/** All files with this ending in what was named, or in the folders of the default. */
const filesOf = (named, top, folders, ending) =>
  (named.length > 0 ? named : folders.map((folder) => `${top}/${folder}`)).map((path) =>
    path.endsWith('.ts') ? path : `${path}/**/*${ending}`,
  );

const results = await new Stryker({
  mutate: filesOf(sources, 'src', CORE, '.ts'),
  testRunner: 'jest',
  jest: {
    projectType: 'custom',
    config: {
      ...jest,
      testMatch: filesOf(tests, '__tests__', TESTED_BY, '.test.ts').map((path) => `<rootDir>/${path}`),
    },
  },
  // Tests have time limits of their own, which several of them at once would exceed.
  concurrency: 1,
  dryRunTimeoutMinutes: 30,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  allowConsoleColors: false,
  // From the top only: the sandbox has a folder of that name.
  ignorePatterns: ['/dist', '/api'],
  // Outside the project, where a test run at the same time would find the copies of all tests.
  tempDirName: join(tmpdir(), 'nodemailer-graph-transport-mutants'),
}).runMutationTest();

process.exitCode = results.some(({ status }) => status === 'RuntimeError') ? 1 : 0;
