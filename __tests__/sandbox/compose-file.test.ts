import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { Agent } from 'undici';
import { parse } from 'yaml';
import { graphTransport } from '../../src';
import { resolveOptions } from '../../src/options/resolve-options';
import { outcomeOf, printed, start, startCli } from '../support/cli-process';

const text = readFileSync(join(__dirname, '../../docs/sandbox.md'), 'utf8');
const [, yaml = ''] = /## In containers[\s\S]*?```yaml\n([\s\S]*?)```/.exec(text) ?? [];
const { services } = parse(yaml, { merge: true });

/** A port of this machine that is free, in the place of the one in the file. */
let port: number;
let sandbox: ChildProcess;
let ready: string;
const here = (part: string) => part.replaceAll('4250', `${port}`);
const isUp = async () => {
  const [command, ...words]: string[] = services.sandbox.healthcheck.test.map(here);
  const { exitCode } = await outcomeOf(start(words[0] ?? '', words.slice(1)));
  return { command, exitCode };
};

beforeAll(async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const address = free.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((resolve) => free.close(resolve));
});
afterAll(() => {
  sandbox?.kill();
});

test('the compose file has three services, which share what the app has to be told', () => {
  expect(Object.keys(services)).toEqual(['sandbox', 'app', 'tests']);
  expect(services.app.environment).toEqual(services.tests.environment);
  expect(services.app.depends_on.sandbox.condition).toBe('service_healthy');
  expect(services.sandbox.ports).toEqual(['127.0.0.1:4250:4250']);
});

test('its health check says that a sandbox is down', async () => {
  expect(await isUp()).toEqual({ command: 'CMD', exitCode: 1 });
});

test('its sandbox starts by that command line, warns, and names what the file tells the app', async () => {
  const [npx, name, ...args]: string[] = here(services.sandbox.command).split(' ');
  expect([npx, name]).toEqual(['npx', 'nodemailer-graph-transport']);
  sandbox = startCli([...args, '--json']);
  // The JSON comes on stdout and the rest on stderr, in either order.
  ready = await printed(sandbox, /(?=[\s\S]*^\{.*\}$)(?=[\s\S]*Ctrl-C ends it)/m);
  expect(ready).toContain('WARNING: The sandbox listens on 0.0.0.0');
  const { url, inboxUrl, env } = JSON.parse(/^\{.*\}$/m.exec(ready)?.[0] ?? '');
  expect([url, inboxUrl]).toEqual([here('http://sandbox:4250'), here('http://127.0.0.1:4250/inbox')]);
  expect(env).toEqual(JSON.parse(here(JSON.stringify(services.app.environment))));
});

test('its health check says that the sandbox is up', async () => {
  expect(await isUp()).toEqual({ command: 'CMD', exitCode: 0 });
});

test('an app with its environment sends, whose network knows the service by name', async () => {
  const env: Record<string, string> = JSON.parse(here(JSON.stringify(services.app.environment)));
  const { identity, graphEndpoint, userId } = resolveOptions({}, env);
  if (identity.kind !== 'secret' || typeof userId !== 'string') throw new Error('it has another identity');
  const { tenantId, clientId, clientSecret, authorityHost } = identity;
  const asked: string[] = [];
  const dispatcher = new Agent({
    connect: {
      lookup(name, { all }, callback) {
        asked.push(name);
        if (all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
        else callback(null, '127.0.0.1', 4);
      },
    },
  });
  const options = {
    tenantId,
    clientId,
    clientSecret,
    authorityHost,
    graphEndpoint,
    userId,
    insecureSandbox: true,
  };
  const transporter = nodemailer.createTransport(graphTransport({ ...options, dispatcher }));
  const content = Buffer.alloc(4_000_000, 'x');
  await transporter.sendMail({
    to: 'ann@example.com',
    subject: 'By name',
    text: 'x',
    attachments: [{ filename: 'a', content }],
  });
  transporter.close();
  await dispatcher.close();
  expect(new Set(asked)).toEqual(new Set(['sandbox']));
  expect(await (await fetch(here('http://127.0.0.1:4250/inbox'))).text()).toContain('By name');
});
