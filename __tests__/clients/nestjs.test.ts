import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { MailerModule, MailerService } from '@nestjs-modules/mailer';
import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter';
import type { MailDefaults, TransportOptions } from 'nodemailer';
import { sandboxForClient } from './support';

const { transport, sent, folder } = sandboxForClient();

test('@nestjs-modules/mailer sends its rendered templates, and closes the transport with the app', async () => {
  writeFileSync(join(folder, 'welcome.hbs'), '<p>Welcome, {{name}}!</p>');
  const graph = transport();
  const defaults: TransportOptions & MailDefaults = { from: '"Contoso App" <app@contoso.example>' };
  const app = await NestFactory.createApplicationContext(
    MailerModule.forRoot({
      transport: graph,
      defaults,
      template: { dir: folder, adapter: new HandlebarsAdapter() },
    }),
    { logger: false },
  );
  const mailer = app.get(MailerService);
  await expect(mailer.verifyAllTransporters()).resolves.toBe(true);
  await mailer.sendMail({
    to: 'ann@example.com',
    subject: 'Welcome',
    template: 'welcome',
    context: { name: 'Ann' },
  });
  expect(sent()).toMatchObject({
    from: { name: 'Contoso App', address: 'app@contoso.example' },
    subject: 'Welcome',
    body: { contentType: 'html', content: expect.stringContaining('<p>Welcome, Ann!</p>') },
  });
  await app.close();
  const late = mailer.sendMail({ to: 'ann@example.com', html: '<p>Too late</p>' });
  await expect(late).rejects.toMatchObject({ code: 'ECONNECTION' });
});
