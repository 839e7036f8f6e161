import { format } from 'node:util';
import { compileFunction } from 'node:vm';
import nodemailer, { type Transporter } from 'nodemailer';
import ts from 'typescript';
import { graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { PAGES } from '../support/pages';

const [, recipe = ''] =
  /^```js\n((?:(?!```).)*process\.env;.*?)^```$/ms.exec(PAGES.get('README.md') ?? '') ?? [];

interface Mail {
  sandbox?: RunningSandbox;
  transporter: Transporter;
}

/** The recipe's module in an app with this NODE_ENV, and what it printed. */
async function load(mode: string | undefined): Promise<Mail & { printed: string }> {
  const { outputText } = ts.transpileModule(recipe, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
    },
  });
  const modules: Record<string, unknown> = {
    nodemailer,
    'nodemailer-graph-transport': { graphTransport },
    'nodemailer-graph-transport/sandbox': { startSandbox },
  };
  let printed = '';
  const given = {
    exports: {},
    require: (name: string) => modules[name],
    process: { env: mode === undefined ? {} : { NODE_ENV: mode } },
    console: {
      log: (...words: unknown[]) => {
        printed += format(...words);
      },
    },
  };
  const body = compileFunction(
    `return (async () => {\n${outputText}\nreturn exports;\n})();`,
    Object.keys(given),
  );
  const mail: Mail = await body(...Object.values(given));
  return { sandbox: mail.sandbox, transporter: mail.transporter, printed };
}

const message = {
  from: 'orders@contoso.com',
  to: 'ann@example.com',
  subject: 'Your order',
  text: 'Thank you!',
};

/** Variables of the process, until the test is over. */
function setVariables(variables: NodeJS.ProcessEnv): void {
  before = {
    ...before,
    ...Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]])),
  };
  Object.assign(process.env, variables);
}
let before: NodeJS.ProcessEnv = {};
let opened: (RunningSandbox | undefined)[] = [];
afterEach(async () => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  before = {};
  for (const sandbox of opened) await sandbox?.close();
  opened = [];
});

test('the recipe is there', () => {
  expect(recipe).toContain('export const transporter');
});

test.each(['production', undefined, 'staging'])(
  'NODE_ENV %s sends to the service of the environment',
  async (mode) => {
    const service = await startSandbox({ mailboxes: ['orders@contoso.com'] });
    opened.push(service);
    setVariables({ ...service.env });
    const { sandbox, transporter, printed } = await load(mode);
    await transporter.sendMail(message);
    expect(service.messages.map(({ subject }) => subject)).toEqual(['Your order']);
    expect({ sandbox, printed }).toEqual({ sandbox: undefined, printed: '' });
  },
);

test('production without settings stops at once', async () => {
  setVariables({ AZURE_TENANT_ID: '', AZURE_CLIENT_ID: '', AZURE_CLIENT_SECRET: '', GRAPH_USER_ID: '' });
  await expect(load('production')).rejects.toMatchObject({ code: 'ECONFIG' });
});

test('NODE_ENV development sends to a sandbox, and says where its inbox is', async () => {
  const { sandbox, transporter, printed } = await load('development');
  opened.push(sandbox);
  await transporter.sendMail(message);
  const [, inboxUrl = ''] = /^Mail goes to (\S+)$/.exec(printed) ?? [];
  expect(await (await fetch(inboxUrl)).text()).toContain('Your order');
});

test('NODE_ENV test sends to a sandbox of its own, and prints nothing', async () => {
  const first = await load('test');
  const second = await load('test');
  opened.push(first.sandbox, second.sandbox);
  await first.transporter.sendMail(message);
  expect(first.sandbox?.messages.map(({ subject }) => subject)).toEqual(['Your order']);
  expect(second.sandbox?.messages).toEqual([]);
  expect(first.printed).toBe('');
});
