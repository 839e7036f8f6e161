import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const src = join(__dirname, '../src');

/** Who may import whom: a unit is a folder of `src`, or a file of its top. Nothing points up. */
const LAYERS: Record<string, string[]> = {
  cli: ['index', 'clouds', 'message', 'prove', 'sandbox'],
  prove: [
    'client-secret',
    'resolve-options',
    'dispatcher',
    'undici',
    'clouds',
    'options',
    'routes',
    'graph',
    'errors',
    'sandbox',
  ],
  bullmq: ['index'],
  index: [
    'transport',
    'diagnostics',
    'client-secret',
    'clouds',
    'tls-options',
    'options',
    'message',
    'message-options',
    'nodemailer-options',
    'errors',
    'sent-message-info',
    'upload-progress',
    'verify',
  ],
  transport: [
    'diagnostics',
    'mailbox-limiter',
    'errors',
    'given-up',
    'on-abort',
    'harmless-logger',
    'leave-unsigned',
    'deliver',
    'dispatcher',
    'write-message',
    'compose-at-once',
    'resolve-options',
    'options',
    'own-properties',
    'secrets',
    'without-secrets',
    'message-options',
    'send-log',
    'sent-message-info',
    'upload-progress',
    'auth',
    'graph',
    'verify',
    'clock',
  ],
  deliver: [
    'diagnostics',
    'delivery',
    'describe-delivery',
    'mailbox-limiter',
    'message',
    'routes',
    'graph',
    'options',
    'message-options',
    'errors',
    'sent-message-info',
    'upload-progress',
    'clock',
  ],
  diagnostics: ['graph', 'errors', 'sent-message-info'],
  'describe-delivery': ['message', 'routes'],
  'leave-unsigned': ['sent-message-info'],
  'send-log': ['graph', 'sent-message-info', 'upload-progress'],
  'resolve-options': [
    'secrets',
    'shown-value',
    'client-secret',
    'own-properties',
    'option-names',
    'insecure-sandbox',
    'option-numbers',
    'clouds',
    'proxy-url',
    'tls-options',
    'options',
    'message-options',
    'message',
    'errors',
  ],
  'option-names': ['options', 'shown-value'],
  'insecure-sandbox': ['clouds', 'shown-value'],
  'option-numbers': ['options', 'own-properties', 'shown-value'],
  options: [
    'client-secret',
    'clouds',
    'tls-options',
    'message-options',
    'message',
    'mailbox-limiter',
    'graph',
  ],
  'nodemailer-options': ['message-options'],
  'message-options': ['message', 'errors', 'shown-value'],
  verify: [
    'client-secret',
    'routes',
    'graph',
    'service-codes',
    'options',
    'given-up',
    'errors',
    'ascii-case',
  ],
  routes: ['message', 'graph', 'service-codes', 'given-up', 'errors'],
  auth: [
    'client-secret',
    'undici',
    'clouds',
    'options',
    'connection-error',
    'given-up',
    'retry-after',
    'service-codes',
    'errors',
  ],
  graph: ['connection-error', 'given-up', 'retry-after', 'service-codes', 'errors', 'clock'],
  message: ['given-up', 'errors', 'ascii-case'],
  'mailbox-limiter': ['delivery', 'given-up', 'errors', 'clock', 'ascii-case'],
  delivery: ['message-options', 'message', 'given-up', 'errors'],
  'on-abort': [],
  'harmless-logger': ['options'],
  dispatcher: ['undici', 'proxy-pool', 'proxy-url', 'tls-options', 'errors'],
  'proxy-pool': ['undici', 'proxy-error'],
  'connection-error': ['proxy-error', 'errors'],
  'given-up': ['errors'],
  'service-codes': ['errors'],
  'write-message': ['compose-at-once', 'encode-in-pieces'],
  'compose-at-once': [],
  'encode-in-pieces': [],
  'retry-after': [],
  'sent-message-info': [],
  'upload-progress': [],
  clock: [],
  undici: [],
  'ascii-case': [],
  errors: [],
  clouds: [],
  'proxy-error': [],
  'proxy-url': [],
  'tls-options': ['own-properties', 'shown-value'],
  'shown-value': [],
  secrets: ['encoded-text'],
  'encoded-text': [],
  'without-secrets': ['verify', 'errors'],
  'own-properties': [],
  'client-secret': ['errors'],
  sandbox: [],
};

/** Packages that only these files know, so that each can be exchanged in one place. */
const PACKAGES: Record<string, string[]> = {
  mailparser: ['message/address', 'message/body-parser', 'message/message-reader', 'sandbox/mime-message'],
  libmime: [
    'message/body-text',
    'message/decode-text',
    'message/attachments',
    'message/part-header',
    'message/mime-message',
  ],
  undici: [
    'graph/client',
    'graph/exchange',
    'undici',
    'auth/http-client',
    'auth/credential',
    'prove/live-service',
    'prove/live-settings',
    'dispatcher',
    'proxy-pool',
    'options',
    'transport',
  ],
  '@azure/identity': ['auth/access-token', 'auth/credential', 'auth/http-client', 'options'],
  msw: ['sandbox/msw'],
  bullmq: ['bullmq/create-mail-queue', 'bullmq/create-mail-worker'],
  nodemailer: [
    'bullmq/create-mail-worker',
    'bullmq/stored-message',
    'cli/send',
    'cli/compose-message',
    'cli/pass-on-message',
    'transport',
    'leave-unsigned',
    'compose-at-once',
    'encode-in-pieces',
    'write-message',
    'send-log',
    'verify/log-checks',
    'without-secrets',
    'sent-message-info',
    'nodemailer-options',
  ],
};

/** `… from 'x'` at the end of a statement, `require('x')` and `import('x')`. */
const IMPORT = /^(?:import|export|\}) ?[^'\n]*\bfrom '([^']+)';|\b(?:require|import)\('([^']+)'\)/gm;

const imports = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(IMPORT)].map(([, from, called]) => ({
      file: file.replace(/\.ts$/, ''),
      target: from ?? called ?? '',
    })),
  );
const unitOf = (path: string) => path.split('/')[0] ?? '';

test('imports point one way', () => {
  const wrong = imports.flatMap(({ file, target }) => {
    if (!target.startsWith('.') || target.endsWith('../package.json')) return [];
    const from = unitOf(file);
    const to = unitOf(relative(src, join(src, dirname(file), target)));
    return from === to || LAYERS[from]?.includes(to) ? [] : [`${file} imports ${target}`];
  });
  expect(wrong).toEqual([]);
});

test('each package is known to few files', () => {
  const wrong = imports.flatMap(({ file, target }) => {
    const name = Object.keys(PACKAGES).find((known) => target === known || target.startsWith(`${known}/`));
    return name === undefined || PACKAGES[name]?.includes(file) ? [] : [`${file} imports ${target}`];
  });
  expect(wrong).toEqual([]);
});

test('undici is loaded in one place, and by the name of a file, which no runtime replaces', () => {
  const loading =
    /^(?:import|export) (?!type\b).*\bfrom '(undici(?:\/.*)?)';|\brequire\('(undici(?:\/.*)?)'\)/gm;
  const loads = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?ts$/.test(file))
    .flatMap((file) =>
      [...readFileSync(join(src, file), 'utf8').matchAll(loading)].map(
        ([, from, called]) => `${file} loads ${from ?? called}`,
      ),
    );
  expect(loads).toEqual(['undici.ts loads undici/index.js']);
});

test('only what package.json names is imported', () => {
  const { dependencies, peerDependencies, devDependencies } = JSON.parse(
    readFileSync(join(src, '../package.json'), 'utf8'),
  );
  const known = Object.keys({ ...dependencies, ...peerDependencies });
  const foreign = imports
    .map(({ target }) => target)
    .filter((target) => !target.startsWith('.') && !target.startsWith('node:'))
    .map((target) => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target)
    .filter((name) => !known.includes(name));
  // Types that are erased from the declarations that apps see.
  expect([...new Set(foreign)]).toEqual(['@microsoft/microsoft-graph-types']);
  expect(devDependencies).toHaveProperty('@microsoft/microsoft-graph-types');
});
