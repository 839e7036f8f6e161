import { join } from 'node:path';
import { format } from 'node:util';
import { compileFunction } from 'node:vm';
import nodemailer from 'nodemailer';
import ts from 'typescript';
import { parse as parseYaml } from 'yaml';
import { failover } from '../../src/failover';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { PAGES } from '../support/pages';

const root = join(__dirname, '../..');

interface Snippet {
  /** Where it is, for the message of a failed test. */
  page: string;
  line: number;
  code: string;
}

/** The snippets in these languages, as the fences name them. */
function snippetsIn(...languages: string[]): Snippet[] {
  const fence = new RegExp(`^\`\`\`(?:${languages.join('|')})\\n(.*?)^\`\`\`$`, 'gms');
  return [...PAGES].flatMap(([page, text]) =>
    [...text.matchAll(fence)].map((match) => ({
      page,
      line: text.slice(0, match.index).split('\n').length,
      code: match[1] ?? '',
    })),
  );
}

const snippets = snippetsIn('ts');

/** What a snippet may use without declaring it. Its own declarations take precedence. */
const SAID_BEFORE = `
import type * as mailer from 'nodemailer';
import type * as transport from 'nodemailer-graph-transport';
import type { RunningSandbox } from 'nodemailer-graph-transport/sandbox';
declare global {
  const nodemailer: typeof mailer;
  const graphTransport: typeof transport.graphTransport;
  const transporter: mailer.Transporter<transport.GraphSentMessageInfo>;
  const message: mailer.SendMailOptions;
  const sandbox: RunningSandbox;
  const tenantId: string;
  const clientId: string;
  const clientSecret: string;
  const userId: string;
}
`;

/** Compiles each snippet as an app's own module that sees this package by its name. */
function compile(sources: ReadonlyMap<string, string>): ts.Diagnostic[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: {
      'nodemailer-graph-transport': [join(root, 'src/index.mts')],
      'nodemailer-graph-transport/bullmq': [join(root, 'src/bullmq/index.ts')],
      'nodemailer-graph-transport/failover': [join(root, 'src/failover/index.ts')],
      'nodemailer-graph-transport/sandbox': [join(root, 'src/sandbox/index.ts')],
      'nodemailer-graph-transport/sandbox/matchers': [join(root, 'src/sandbox/matchers.mts')],
      'nodemailer-graph-transport/sandbox/msw': [join(root, 'src/sandbox/msw.mts')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.getSourceFile = (name, language, ...rest) => {
    const source = sources.get(name);
    return source === undefined
      ? getSourceFile(name, language, ...rest)
      : ts.createSourceFile(name, source, language);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
}

test('every TypeScript snippet of the README and the docs compiles', () => {
  expect(snippets.length).toBeGreaterThanOrEqual(8);
  const said: [string, string] = [join(root, 'readme-said-before.mts'), SAID_BEFORE];
  const modules = snippets.map(({ page, line, code }): [string, string] => [
    join(root, `${page}-line-${line}.mts`),
    `${code}\nexport {};\n`,
  ]);
  const faults = compile(new Map([said, ...modules])).map(
    ({ file, messageText }) =>
      `${file?.fileName.slice(root.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
  expect(faults).toEqual([]);
}, 120_000);

test.each(snippetsIn('ya?ml', 'json'))('the YAML at line $line of $page is well formed', ({ code }) => {
  expect(parseYaml(code, { strict: true })).toEqual(expect.any(Object));
});

test.each(snippetsIn('ini'))(
  'the unit at line $line of $page has sections, and settings in them',
  ({ code }) => {
    expect(code).toMatch(/^(?:\[[A-Z]\w+\]\n(?:[A-Z]\w+=\S.*\n)+\n?)+$/);
  },
);

/** Snippets that need only Nodemailer and this package: no Azure, no Redis, no files. */
const runnable = snippets.filter(({ code }) =>
  [...code.matchAll(/ from '([^']+)'/g)].every(
    ([, name = '']) => name.startsWith('nodemailer') && name !== 'nodemailer-graph-transport/bullmq',
  ),
);

describe('against the sandbox', () => {
  const clientId = '00000000-0000-0000-0000-000000000000';
  const clientSecret = 'secret-of-the-readme';
  const mailbox = { id: clientId, userPrincipalName: 'orders@contoso.com', displayName: 'Orders' };
  let sandbox: RunningSandbox;
  const printed: string[] = [];
  beforeAll(async () => {
    sandbox = await startSandbox({
      tenantDomain: 'contoso.com',
      clientId,
      clientSecret,
      mailboxes: [mailbox],
    });
  });
  afterEach(() => {
    sandbox.clear();
    printed.length = 0;
  });
  afterAll(() => sandbox.close());

  /** The transport as the page has it, except that its endpoints are the sandbox's. */
  const toSandbox = (options: GraphTransportOptions) => {
    const { authorityHost, graphEndpoint } = sandbox.options;
    return graphTransport({ authorityHost, graphEndpoint, ...options });
  };

  async function run(code: string): Promise<void> {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.CommonJS,
        esModuleInterop: true,
      },
    });
    const given = {
      exports: {},
      require: (name: string) =>
        name === 'nodemailer'
          ? nodemailer
          : {
              startSandbox,
              failover,
              graphTransport: name.endsWith('transport') ? toSandbox : graphTransport,
            },
      process: { env: { MAIL_CLIENT_SECRET: clientSecret } },
      console: { log: (...words: unknown[]) => printed.push(format(...words)) },
      nodemailer,
      graphTransport: toSandbox,
      sandbox,
      message: { to: 'ann@example.com', text: 'Hello Ann' },
      transporter: nodemailer.createTransport(toSandbox(sandbox.options)),
      ...sandbox.options,
    };
    const body = compileFunction(`return (async () => {\n${outputText}\n})();`, Object.keys(given));
    await body(...Object.values(given));
  }

  test.each(runnable)('the snippet at line $line of $page does what it shows', async ({ code }) => {
    await run(code);
    const shown = [...code.matchAll(/\/\/=> (.+)$/gm)].map(([, line]) => line);
    expect(printed.slice(0, shown.length)).toEqual(shown);
    if (code.includes('sendMail') && !code.includes('startSandbox')) {
      // A snippet that sends on an event does not wait for it.
      const sent = () => [...sandbox.messages, ...sandbox.drafts.filter(({ sendsAt }) => sendsAt)];
      while (sent().length === 0) await new Promise(setImmediate);
      expect(sent()).toHaveLength(1);
    }
  });
});
