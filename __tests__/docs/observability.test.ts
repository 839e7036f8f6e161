import * as diagnostics from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import * as otel from '@opentelemetry/sdk-trace-node';
import nodemailer from 'nodemailer';
import { register } from 'prom-client';
import ts from 'typescript';
import { graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';

const page = readFileSync(join(__dirname, '../../docs/observability.md'), 'utf8');
const snippets = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);

/** Channels are those of the process, which other test files may share: nothing of a snippet stays there. */
const undo: (() => void)[] = [];
const untilTheEnd = {
  'node:diagnostics_channel': {
    subscribe(name: string, listener: (told: unknown) => void) {
      diagnostics.subscribe(name, listener);
      undo.push(() => diagnostics.unsubscribe(name, listener));
    },
    tracingChannel(name: string) {
      const channel = diagnostics.tracingChannel<unknown, object>(name);
      type Listeners = Parameters<typeof channel.subscribe>[0];
      type Store = Parameters<typeof channel.start.bindStore>;
      return {
        subscribe(listeners: Listeners) {
          channel.subscribe(listeners);
          undo.push(() => channel.unsubscribe(listeners));
        },
        start: {
          bindStore(...[store, transform]: Store) {
            channel.start.bindStore(store, transform);
            undo.push(() => channel.start.unbindStore(store));
          },
        },
      };
    },
  },
  '@opentelemetry/instrumentation': {
    registerInstrumentations: (options: Parameters<typeof registerInstrumentations>[0]) =>
      undo.push(registerInstrumentations(options)),
  },
};

/** Runs the snippet of the page that imports a package, with other modules in the place of some. */
function run(about: string, replaced: Record<string, unknown> = {}): void {
  const code = snippets.find((snippet) => snippet.includes(`from '${about}'`)) ?? '';
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const modules: Record<string, unknown> = { ...untilTheEnd, ...replaced };
  const load = (name: string) => modules[name] ?? require(name);
  compileFunction(outputText, ['require', 'exports'])(load, {});
}

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(async () => {
  for (const step of undo.splice(0)) step();
  await sandbox.close();
});

test('verify() makes three requests', async () => {
  const transport = graphTransport(sandbox.options);
  await transport.verify();
  expect(sandbox.requests).toHaveLength(3);
  expect(page).toContain('it makes three requests');
  await transport.close();
});

test('the OpenTelemetry of the page makes a span of each message and of its requests, without the authtoken', async () => {
  const exporter = new otel.InMemorySpanExporter();
  run('@opentelemetry/sdk-trace-node', {
    '@opentelemetry/sdk-trace-node': {
      ...otel,
      ConsoleSpanExporter: function inMemory() {
        return exporter;
      },
    },
  });
  const transport = graphTransport({ ...sandbox.options, retry: { attempts: 1 } });
  const transporter = nodemailer.createTransport(transport);
  const attachments = [{ filename: 'large.bin', content: Buffer.alloc(4_000_000) }];
  const paths: string[] = [];
  const note = (told: unknown) => void paths.push(Object(told).request.path);
  diagnostics.subscribe('undici:request:create', note);
  await transporter.sendMail({ to: 'ann@example.com', subject: 'Plans', attachments });
  diagnostics.unsubscribe('undici:request:create', note);
  expect(paths.some((path) => path.includes('?authtoken='))).toBe(true);

  const spans = exporter.getFinishedSpans();
  const message = spans.find(({ name }) => name === 'send mail');
  expect(message?.attributes).toMatchObject({ route: 'draft', mailbox: sandbox.options.userId, attempts: 1 });
  const requests = spans.filter((span) => span.parentSpanContext?.spanId === message?.spanContext().spanId);
  const methods = requests.map(({ attributes }) => attributes['http.request.method']);
  expect(methods).toEqual(expect.arrayContaining(['POST', 'PUT']));
  expect(requests).toHaveLength(sandbox.requests.length);
  const told = JSON.stringify(spans.map(({ attributes, events }) => ({ attributes, events })));
  expect(told).toContain('url.full');
  expect(told).not.toContain('authtoken');
  expect(told).not.toContain('Plans');

  exporter.reset();
  sandbox.failNext('send-mail', { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' });
  await transporter.sendMail({ to: 'ann@example.com' }).catch(() => undefined);
  const failed = exporter.getFinishedSpans().find(({ name }) => name === 'send mail');
  expect(failed).toMatchObject({ status: { code: 2 }, events: [{ name: 'exception' }] });
  await transport.close();
});

test('the counters of the page count', async () => {
  run('prom-client');
  const transport = graphTransport({ ...sandbox.options, retry: { maxDelay: 1 }, maxConnections: 1 });
  const transporter = nodemailer.createTransport(transport);
  const letter = { to: 'ann@example.com', text: 'Hello' };
  sandbox.failNext('send-mail', { kind: 'answer', status: 429, retryAfter: 0 });
  sandbox.failNext('send-mail', { kind: 'answer', status: 403, code: 'ErrorMessageTransientError' });
  const sending = [1, 2, 3].map(() => transporter.sendMail(letter));
  expect(await register.getSingleMetricAsString('mail_waiting')).toMatch(/^mail_waiting 2$/m);
  await Promise.all(sending);
  sandbox.failNext('send-mail', { kind: 'answer', status: 400, code: 'ErrorInvalidRecipients' });
  await transporter.sendMail(letter).catch(() => undefined);
  const metrics = await register.metrics();
  expect(metrics.split('\n').filter((line) => line.startsWith('mail_'))).toEqual([
    'mail_sent_total{route="json"} 3',
    'mail_failed_total{code="EENVELOPE"} 1',
    'mail_retries_total 1',
    'mail_throttled_total 1',
    'mail_waiting 0',
  ]);
  await transport.close();
});
