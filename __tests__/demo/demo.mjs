// The main job on the sandbox: an app's Nodemailer message leaves through Graph. No tenant needed.
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';
import { startSandbox } from 'nodemailer-graph-transport/sandbox';

const fixture = (name) => fileURLToPath(new URL(`../../fixtures/demo/${name}`, import.meta.url));

const sandbox = await startSandbox();
console.log(`The sandbox plays Entra and Graph at ${sandbox.url}\n`);

const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
const message = {
  from: { name: 'Contoso Räder & Reifen', address: sandbox.options.userId },
  to: { name: 'Jürgen Groß', address: 'juergen.gross@example.com' },
  cc: '"森 花子" <hanako.mori@example.org>',
  bcc: 'accounting@contoso.example',
  subject: 'Ihre Rechnung 2026-1177 🚲',
  text: 'Guten Tag Herr Groß, anbei Ihre Rechnung.',
  html: '<p><img src="cid:logo@contoso.example" alt="Contoso"></p><p>Guten Tag Herr Groß,<br>anbei Ihre Rechnung.</p>',
  attachments: [
    { filename: 'logo.png', path: fixture('logo.png'), cid: 'logo@contoso.example' },
    { filename: 'Rechnung 2026-1177 für Groß.pdf', path: fixture('invoice-2026-1177.pdf') },
  ],
};

const info = await transporter.sendMail(message);
console.log('sendMail answered:');
console.log(info);

const [mail] = sandbox.messages;
for (const [field, recipients] of Object.entries({ To: mail.to, Cc: mail.cc, Bcc: mail.bcc })) {
  for (const { name, address } of recipients) {
    console.log(`\n${address} got (${field}${name && `, as ${name}`}):`);
    console.log(`  From     ${mail.from.name} <${mail.from.address}>`);
    console.log(`  Subject  ${mail.subject}`);
    console.log(`  Body     ${mail.body.contentType}: ${mail.body.content.trim()}`);
    for (const file of mail.attachments) {
      const place = file.isInline ? `shown as cid:${file.contentId}` : 'to be opened';
      console.log(`  File     ${file.name} (${file.contentType}, ${file.content.length} bytes, ${place})`);
    }
  }
}

console.log('\nNow the same message in the name of a mailbox that the app may not use:');
try {
  await transporter.sendMail({ ...message, from: 'ceo@contoso.example' });
  process.exitCode = 1;
} catch (error) {
  console.log(String(error));
  console.log({ code: error.code, graphCode: error.graphCode, requestId: error.requestId });
}

transporter.close();
await sandbox.close();
