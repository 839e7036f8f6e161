// docs/testing.md: its examples as an app has them. readme-snippets.test.ts runs those in TypeScript.
import { compileFunction } from 'node:vm';
import nodemailer from 'nodemailer';
import ts from 'typescript';
import { graphTransport } from '../../src/index';
import * as sandboxEntry from '../../src/sandbox';
import * as matchersEntry from '../../src/sandbox/matchers';
import * as mswEntry from '../../src/sandbox/msw';
import { appFolder } from '../support/app-folder';
import { outcomeOf, start } from '../support/cli-process';
import { PAGES } from '../support/pages';

jest.setTimeout(60_000);

const page = PAGES.get('docs/testing.md') ?? '';
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code = '']) => ({
  language,
  code,
}));

/** The one block of a language that has this in it. */
function block(language: string, what: string): string {
  const found = blocks.filter((other) => other.language === language && other.code.includes(what));
  expect(found).toHaveLength(1);
  return found[0]?.code ?? '';
}

/** Runs a module and gives what is left in these of its variables. */
function load(code: string, modules: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
    },
  });
  const body = `${outputText}\nreturn { ...exports, ${names.join(', ')} };`;
  const given = {
    require: (name: string) => modules[name] ?? require(name),
    exports: {},
    ...{ beforeAll, afterEach, afterAll, test, expect },
  };
  return compileFunction(body, Object.keys(given))(...Object.values(given));
}

const entries: Record<string, unknown> = {
  nodemailer,
  'nodemailer-graph-transport': { graphTransport },
  'nodemailer-graph-transport/sandbox': sandboxEntry,
  'nodemailer-graph-transport/sandbox/matchers': matchersEntry,
  'nodemailer-graph-transport/sandbox/msw': mswEntry,
};
const mailer = blocks.find(({ code }) => code.startsWith('// mailer.js\n'))?.code ?? '';
const forJest = blocks.find(({ code }) => code.includes("from 'vitest'"))?.code ?? '';

describe('the example for Jest', () => {
  // Its own hooks and tests are those of this block.
  load(forJest, { ...entries, './mailer.js': load(mailer, entries) });
});

describe('the example of the matchers', () => {
  load(block('js', '// matchers.test.js'), { ...entries, './mailer.js': load(mailer, entries) });
});

test('the example for Vitest imports what Jest has as globals', () => {
  const [, imported = ''] = /import \{ (.+) \} from 'vitest'/.exec(forJest) ?? [];
  const used = [...forJest.matchAll(/\b(after\w+|before\w+|test|expect)\(/g)].map(([, name]) => name);
  expect(imported.split(', ')).toEqual([...new Set(used)].sort());
});

const app = appFolder();
const runTests = (file: string) =>
  outcomeOf(start(process.execPath, ['--test', file], { cwd: app.path(), env: app.env() }));

test("the example for Node's test runner passes, and fails when the app sends something else", async () => {
  const file = 'mailer.test.js';
  app.write({ 'mailer.js': mailer, [file]: block('js', 'before(async') });
  expect(await runTests(file)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('# pass 1\n') });
  app.write({ 'mailer.js': mailer.replace('Your order', 'My order') });
  expect(await runTests(file)).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('# fail 1\n') });
});

test('the example for an app in another process passes', async () => {
  const nightly = `
    import { createMailer } from './nightly-mailer.js';
    await createMailer().confirmOrder({ number: 1, email: 'ann@example.com' });
  `;
  app.write({
    'app.test.js': block('js', 'spawn('),
    'nightly.js': nightly,
    'nightly-mailer.js': mailer.replace(/`Your order .*?`/, "'Nightly report'"),
  });
  expect(await runTests('app.test.js')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('# pass 1\n'),
  });
});

test('the command starts the tests with the variables of the table, and ends with them', async () => {
  const rows = page.split('| Variable | Option |')[1]?.split('\n\n')[0] ?? '';
  const variables = [...rows.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);
  const sandbox = sandboxEntry.createSandbox();
  expect([...variables].sort()).toEqual(Object.keys(sandbox.env).sort());
  const check = `
    const { env } = process;
    console.log(${JSON.stringify(variables)}.every((name) => env[name]), new URL(env.GRAPH_ENDPOINT).hostname);
    process.exit(3);
  `;
  app.write({ 'check.js': check });
  const { stdout, exitCode } = await outcomeOf(
    start('sh', ['-c', block('sh', 'npm test')], { cwd: app.path(), env: app.env() }),
  );
  expect(stdout).toContain('true 127.0.0.1\n');
  expect(exitCode).toBe(3);
});

test('behind msw, the sandbox of the example stands in for the public cloud', async () => {
  const { server, sandbox } = load(block('ts', 'setupServer'), entries, 'server', 'sandbox');
  const { listen, close } = Object(server);
  listen({ onUnhandledRequest: 'error' });
  const { tenantId, clientId, clientSecret } = Object(sandbox).options;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  });
  const url = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`;
  const answer = await fetch(url, { method: 'POST', body });
  close();
  expect(await answer.json()).toHaveProperty('access_token');
});

test("has for Jest the settings with which this project's own tests load msw", () => {
  const { transform, transformIgnorePatterns } = JSON.parse(block('json', 'transformIgnorePatterns'));
  const own = require('../../package.json').jest;
  expect(Object.entries(transform)).toEqual(
    Object.entries<[string, object]>(own.transform).map(([files, [transformer]]) => [files, transformer]),
  );
  // The last one is a plugin of Nodemailer's, which has nothing to do with msw.
  const patterns = own.transformIgnorePatterns.map((pattern: string) =>
    pattern.replace('|nodemailer-express-handlebars', ''),
  );
  expect(transformIgnorePatterns).toEqual(patterns);
});
