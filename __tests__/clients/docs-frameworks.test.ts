import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MailerModule, MailerService } from '@nestjs-modules/mailer';
import provider from '@strapi/provider-email-nodemailer';
import Email from 'email-templates';
import { create } from 'express-handlebars';
import Fastify from 'fastify';
import fastifyMailer from 'fastify-mailer';
import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer';
import hbs from 'nodemailer-express-handlebars';
import { htmlToText } from 'nodemailer-html-to-text';
import type { GraphTransport } from '../../src/index';
import { sandboxForClient } from './support';

const { transport, sent, folder } = sandboxForClient();
const page = readFileSync(join(__dirname, '../../docs/frameworks.md'), 'utf8');

/** The one snippet that contains these words. Its sender becomes the sandbox's mailbox. */
function snippet(words: string): string {
  const found = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
  const [code, ...others] = found.filter((text) => text.includes(words));
  if (code === undefined || others.length > 0) throw new Error(`${found.length} snippets say ${words}`);
  return code.replaceAll('orders@contoso.com', 'app@contoso.example');
}

/** Runs a snippet and returns its value, or the variable of that name that it declares. */
function run<T>(code: string, scope: object, result?: string): T {
  const given = {
    graphTransport: () => transport(),
    tenantId: '',
    clientId: '',
    clientSecret: '',
    userId: '',
    ...scope,
  };
  const body =
    result === undefined ? `return (${code.trim().replace(/;$/, '')});` : `${code}; return ${result};`;
  return compileFunction(body, Object.keys(given))(...Object.values(given));
}

interface Settings {
  defaultFrom: string;
  defaultReplyTo: string;
}

interface AuthProvider {
  from: string;
  sendVerificationRequest(asked: {
    identifier: string;
    url: string;
    provider: { from: string };
  }): Promise<void>;
}

const hello = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };
const fromOrders = { from: { address: 'app@contoso.example' }, to: [{ address: 'ann@example.com' }] };

test('the snippet for NestJS makes a module that sends', async () => {
  const root = run<DynamicModule>(snippet('MailerModule.forRoot'), { MailerModule });
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  await app.get(MailerService).sendMail(hello);
  expect(sent()).toMatchObject(fromOrders);
  await app.close();
});

test('the snippet for Fastify registers a mailer that sends', async () => {
  const fastify = Fastify();
  run(snippet("require('fastify-mailer')"), { fastify, require: () => fastifyMailer });
  await fastify.ready();
  await run<FastifyMailer>('fastify', { fastify }).mailer.sendMail(hello);
  expect(sent()).toMatchObject({ to: [{ address: 'ann@example.com' }] });
  await fastify.close();
});

test('the snippet for Strapi configures a provider that sends', async () => {
  type Config = { email: { config: { providerOptions: GraphTransport; settings: Settings } } };
  const configure = run<(strapi: { env: (name: string) => string }) => Config>(
    snippet('providerOptions: graphTransport'),
    { module: {} },
    'module.exports',
  );
  const { providerOptions, settings } = configure({ env: () => 'secret' }).email.config;
  await provider.init(providerOptions, settings).send(hello);
  expect(sent()).toMatchObject({ ...fromOrders, replyTo: [{ address: 'help@contoso.com' }] });
});

test('the snippet for Auth.js sends the link', async () => {
  const transporter = nodemailer.createTransport(transport());
  const { from, sendVerificationRequest } = run<AuthProvider>(snippet('sendVerificationRequest({'), {
    Nodemailer: (given: AuthProvider) => given,
    transporter,
  });
  const url = 'https://contoso.example/link';
  await sendVerificationRequest({ identifier: 'ann@example.com', url, provider: { from } });
  expect(sent()).toMatchObject({ ...fromOrders, body: { content: expect.stringContaining(url) } });
});

test('the snippet for email-templates makes an Email that sends', async () => {
  const email = run<Email>(snippet('new Email({'), { Email }, 'email');
  await email.send({ template: 'none', message: { ...hello, html: '<p>Hello Ann</p>' }, locals: {} });
  expect(sent()).toMatchObject(fromOrders);
});

test('the snippet for plugins makes a transporter that renders and sends', async () => {
  const viewEngine = create({ extname: '.hbs', defaultLayout: false });
  const code = snippet("transporter.use('compile', htmlToText())").replace("'mails'", JSON.stringify(folder));
  writeFileSync(join(folder, 'welcome.hbs'), '<p>Welcome, {{name}}!</p>');
  const transporter = run<Transporter>(code, { nodemailer, hbs, htmlToText, viewEngine }, 'transporter');
  const message: SendMailOptions & { template: string; context: object } = {
    to: 'ann@example.com',
    subject: 'Welcome',
    template: 'welcome',
    context: { name: 'Ann' },
  };
  await transporter.sendMail(message);
  expect(sent().body.content).toContain('Welcome, Ann!');
});
