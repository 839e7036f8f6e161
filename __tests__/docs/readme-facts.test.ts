import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { MAX_ATTACHMENT_BYTES, MAX_HELD_BYTES, MAX_REQUEST_BYTES } from '../../src/delivery/limits';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { MAX_INTERNET_MESSAGE_HEADERS } from '../../src/message/header-carriers';
import { resolveOptions } from '../../src/options/resolve-options';
import { SANDBOX_RULES, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { resolveSettings } from '../../src/sandbox/resolve-settings';
import { IDENTITY } from '../support/options';
import { PAGES, tableOf } from '../support/pages';

const readme = PAGES.get('README.md') ?? '';
const manifest: {
  engines: { node: string };
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
} = require('../../package.json');

const codeIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

test('the usual options are a dozen that exist, with the variables and defaults of the page on options', () => {
  const all = new Map(
    tableOf(PAGES.get('docs/options.md') ?? '', 'Option', 'Environment', 'Default', 'Meaning').map(
      ([name, variable = '', byDefault = '']) => [name, [...codeIn(variable), ...codeIn(byDefault)]],
    ),
  );
  const usual = tableOf(readme, 'Option', 'Variable or default', 'What it is');
  expect(usual).toHaveLength(12);
  for (const [name, given] of usual) {
    expect([name, all.get(name)]).toEqual([name, expect.arrayContaining(codeIn(given))]);
  }
});

test('the defaults of the usual options are those of the code', () => {
  const resolved = { ...resolveOptions(IDENTITY, {}) };
  const given = new Map(
    tableOf(readme, 'Option', 'Variable or default', 'What it is').map(([name = '', value = '']) => [
      name,
      codeIn(value),
    ]),
  );
  const defaults = Object.entries(resolved).filter(([name]) =>
    ['saveToSentItems', 'delivery', 'timeout', 'logger'].includes(name),
  );
  expect(defaults).toHaveLength(4);
  for (const [name, value] of defaults)
    expect([name, given.get(`\`${name}\``)]).toEqual([name, [`${value}`]]);
});

test.each(['tenantId', 'clientId', 'clientSecret', 'userId'])(
  '%s is read from the variable in the table',
  (name) => {
    const rows = tableOf(readme, 'Option', 'Variable or default', 'What it is');
    const [, variable] = rows.find(([option]) => option === `\`${name}\``) ?? [];
    expect(() => resolveOptions({ ...IDENTITY, [name]: undefined }, {})).toThrow(
      `option ${name} or environment variable ${codeIn(variable)[0]}`,
    );
  },
);

test('the table of codes has exactly those of the code', () => {
  const source = readFileSync(join(__dirname, '../../src/errors/graph-transport-error.ts'), 'utf8');
  const [, union = ''] = /export type GraphTransportErrorCode =([^;]+);/.exec(source) ?? [];
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  expect(codes).toHaveLength(7);
  expect(tableOf(readme, 'Code', 'What happened').flatMap(([code]) => codeIn(code))).toEqual(codes);
});

/** What an app is told that sends as `orders@contoso.com` and has something wrong. */
async function failure(
  scene: StartSandboxOptions,
  options: GraphTransportOptions,
  from = 'orders@contoso.com',
): Promise<string> {
  const sandbox = await startSandbox({ mailboxes: ['orders@contoso.com'], ...scene });
  const transporter = nodemailer.createTransport(graphTransport({ ...sandbox.options, ...options }));
  const sent = await transporter
    .sendMail({ from, to: 'ann@example.com', text: 'Thank you!' })
    .catch((error: unknown) => String(error));
  await sandbox.close();
  return String(sent);
}

const failures = tableOf(readme, 'The error contains', 'What to do').map(([text = '']) => codeIn(text));

test('five failures are named by what the error says', () => {
  expect(failures.map((texts) => texts.length)).toEqual([1, 1, 1, 1, 1]);
});

test.each([
  ['missing options', () => new Promise<string>((_, reject) => reject(graphTransport({})))],
  ['a wrong secret', () => failure({}, { clientSecret: 'the-secret-id' })],
  ['a missing permission', () => failure({ roles: ['User.Read.All'] }, {})],
  ['a From of somebody else', () => failure({}, {}, 'ceo@contoso.com')],
  ['an alias as userId', () => failure({}, { userId: 'info@contoso.com' })],
] as const)('the error of %s contains what the table says', async (_name, fail) => {
  const said = await fail().catch(String);
  const at = failures.findIndex(([text = '']) => said.includes(text));
  expect([said, failures[at]]).toEqual([said, [expect.any(String)]]);
});

test('no two of the five failures are the same', () => {
  expect(new Set(failures.flat()).size).toBe(5);
});

test('the limits are those of the code, and each says how well it is known', () => {
  const { limits } = resolveSettings({});
  const MB = 1_000_000;
  const figures: Record<string, number[]> = {
    'body-too-large': [MAX_REQUEST_BYTES / MB, MAX_HELD_BYTES / MB],
    'session-maximum': [MAX_ATTACHMENT_BYTES / MB],
    'message-size': [limits.messageBytes / MB],
    'mailbox-concurrency': [resolveOptions(IDENTITY, {}).limits.maxConnections],
    'recipient-count': [limits.recipients],
    'header-count': [MAX_INTERNET_MESSAGE_HEADERS],
    'mime-kept-in-sent-items': [],
  };
  const rules = new Map(Object.entries(SANDBOX_RULES));
  const rows = tableOf(readme, 'Limit', 'How much', 'Evidence', 'What the transport does');
  const held = rows.filter(([, , evidence]) => codeIn(evidence).length > 0);
  expect(held.flatMap(([, , evidence]) => codeIn(evidence)).sort()).toEqual(Object.keys(figures).sort());
  for (const [limit, figure = '', evidence = ''] of held) {
    const [rule = ''] = codeIn(evidence);
    const numbers = [...figure.matchAll(/\d+/g)].map(Number);
    expect([limit, evidence, numbers]).toEqual([
      limit,
      `${rules.get(rule)?.evidence} (\`${rule}\`)`,
      figures[rule],
    ]);
  }
  expect(rows.filter((row) => !held.includes(row))).toEqual([
    ['Messages a minute, per mailbox', '30', expect.stringMatching(/^documented \(/), expect.any(String)],
  ]);
});

test('every dependency is named with what it is for, and no other', () => {
  const [, sentence = ''] = /^Its dependencies: (.*)$/m.exec(readme) ?? [];
  expect(codeIn(sentence).sort()).toEqual(Object.keys(manifest.dependencies).sort());
});

test('the versions of Node.js and Nodemailer are those of package.json', () => {
  const [, node] = /Node\.js (\S+) or later, by `import`/.exec(readme) ?? [];
  const [, mailer] = /Nodemailer (\d+) or later/.exec(readme) ?? [];
  expect([`>=${node}`, `>=${mailer}`]).toEqual([manifest.engines.node, manifest.peerDependencies.nodemailer]);
  expect(readme).toContain(`You need Node.js ${node} or later`);
});
