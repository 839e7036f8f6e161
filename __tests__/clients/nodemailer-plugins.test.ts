import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create } from 'express-handlebars';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import hbs from 'nodemailer-express-handlebars';
import { htmlToText } from 'nodemailer-html-to-text';
import previewEmail from 'preview-email';
import { sandboxForClient } from './support';

const { transport, sent, folder } = sandboxForClient();

test('nodemailer-express-handlebars renders what is sent', async () => {
  writeFileSync(join(folder, 'welcome.hbs'), '<p>Welcome, {{name}}!</p>');
  const transporter = nodemailer.createTransport(transport());
  transporter.use(
    'compile',
    hbs({
      viewEngine: create({ extname: '.hbs', defaultLayout: false }),
      viewPath: folder,
      extName: '.hbs',
    }),
  );
  const message: SendMailOptions & { template: string; context: object } = {
    to: 'ann@example.com',
    subject: 'Welcome',
    template: 'welcome',
    context: { name: 'Ann' },
  };
  await transporter.sendMail(message);
  expect(sent().body.content).toContain('<p>Welcome, Ann!</p>');
});

test('nodemailer-html-to-text writes the text beside the HTML', async () => {
  const transporter = nodemailer.createTransport(transport());
  transporter.use('compile', htmlToText());
  await transporter.sendMail({
    to: 'ann@example.com',
    subject: 'Welcome',
    html: '<h1>Hello</h1><p>Read <a href="https://contoso.example">more</a></p>',
    graph: { format: 'mime' },
  });
  expect(sent().body.content).toContain('<h1>Hello</h1>');
  expect(sent().textAlternative).toMatch(/HELLO\s+Read more \[https:\/\/contoso\.example\]/);
});

test('preview-email shows a message that is sent all the same', async () => {
  const transporter = nodemailer.createTransport(transport());
  let page = '';
  transporter.use('stream', (mail, next) => {
    previewEmail(mail.data, { dir: folder, open: false }).then((url) => {
      page = fileURLToPath(url);
      next();
    }, next);
  });
  await transporter.sendMail({ to: 'ann@example.com', subject: 'Welcome', html: '<p>Hello Ann</p>' });
  expect(readFileSync(page, 'utf8')).toContain('Hello Ann');
  expect(sent().subject).toBe('Welcome');
  expect(sent().body.content).toContain('<p>Hello Ann</p>');
});
