import { once } from 'node:events';
import { inspect } from 'node:util';
import { systemClock } from '../clock';
import { type GraphTransport, graphTransport } from '../index';
import type { SandboxMessage } from '../sandbox';
import { toLine as toBounceLine } from './bounces';
import { EXIT } from './exit-code';
import { toPort } from './flag-values';
import { COMMAND_FLAGS, FLAGS } from './flags';
import type { Command } from './io';
import { helpOf, parseFlags } from './parse-flags';
import { startOnPort } from './sandbox-port';
import { toLine as toHeldLine } from './scheduled';
import { sendThrough } from './send';

/** Contoso's logo, a PNG in base64. */
const LOGO =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAABlklEQVR42hXRURVEIQhFURvYgAY2sAENaGCD08AGNqABDWhAA5rM' +
  'G7/ZrMt1jMEcyGAN9kAHNjgDBnfwBj6IQQ5q0IMxJnMikzXZE53Y5EyY3Mmb+CQmOalJzw8IUxBhCVtQwYQjIFzhCS6EkEIJLR9Y' +
  'zIUs1mIvdGGLs2BxF2/hi1jkoha9PrCZG9mszd7oxjZnw+Zu3sY3sclNbXp/QJmKKEvZiiqmHAXlKk9xJZRUSmn9gDENMZaxDTXM' +
  'OAbGNZ7hRhhplNH2gcM8yGEd9kEPdjgHDvfwDn6IQx7q0OcD/wK/Sr4jv9hfkG/1N/x/Fx44BCQU9Pc94zIvclmXfdGLXc79j9/L' +
  'u/glLnmpS98PPOZDHuuxH/qwx3n/5ffxHv6IRz7q0e8DznTEWc521DHn+D/KdZ7jTjjplNP+gWAGEqxgBxpYcOIf/AYv8CCCDCro' +
  '+EAyE0lWshNNLDn5P/MmL/Ekkkwq6fxAMQspVrELLaw49S/lFq/wIoosquj6QDMbaVazG22sOf2v8Dav8SaabKrp5gefsVkQNg2u' +
  'LQAAAABJRU5ErkJggg==';

/** An invoice of one page, a PDF in base64. */
const INVOICE =
  'JVBERi0xLjQKJeLjz9MKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyAvUGFnZXMgMiAwIFIgPj4KZW5kb2JqCjIgMCBvYmoKPDwg' +
  'L1R5cGUgL1BhZ2VzIC9LaWRzIFszIDAgUl0gL0NvdW50IDEgPj4KZW5kb2JqCjMgMCBvYmoKPDwgL1R5cGUgL1BhZ2UgL1BhcmVu' +
  'dCAyIDAgUiAvTWVkaWFCb3ggWzAgMCA1OTUgODQyXSAvQ29udGVudHMgNCAwIFIgL1Jlc291cmNlcyA8PCAvRm9udCA8PCAvRjEg' +
  'NSAwIFIgPj4gPj4gPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0xlbmd0aCAxMjEgPj4Kc3RyZWFtCkJUIC9GMSAxMiBUZiA3MiA3NjAg' +
  'VGQgMTYgVEwgKENvbnRvc28gR21iSCkgVGogVCogKEludm9pY2UgMjAyNi0xMTc3KSBUaiBUKiAoV2ludGVyIHR5cmVzLCA0IHBp' +
  'ZWNlczogMzg5LjAwIEVVUikgVGogVCogRVQKZW5kc3RyZWFtCmVuZG9iago1IDAgb2JqCjw8IC9UeXBlIC9Gb250IC9TdWJ0eXBl' +
  'IC9UeXBlMSAvQmFzZUZvbnQgL0hlbHZldGljYSAvRW5jb2RpbmcgL1dpbkFuc2lFbmNvZGluZyA+PgplbmRvYmoKeHJlZgowIDYK' +
  'MDAwMDAwMDAwMCA2NTUzNSBmIAowMDAwMDAwMDE1IDAwMDAwIG4gCjAwMDAwMDAwNjQgMDAwMDAgbiAKMDAwMDAwMDEyMSAwMDAw' +
  'MCBuIAowMDAwMDAwMjQ3IDAwMDAwIG4gCjAwMDAwMDA0MTkgMDAwMDAgbiAKdHJhaWxlcgo8PCAvU2l6ZSA2IC9Sb290IDEgMCBS' +
  'ID4+CnN0YXJ0eHJlZgo1MTYKJSVFT0YK';

const HOUR_MS = 3_600_000;

const HELP = `Usage: nodemailer-graph-transport demo [FLAGS]

Shows what becomes of an app's mails, without a tenant and without sending real mail. It starts the sandbox, which
simulates Entra and Graph on this machine, sends it two mails through Nodemailer and this transport, one of which
bounces, schedules two more and cancels one of them, and shows all of that in the sandbox's inbox, a web page, until it
is interrupted.

${helpOf(FLAGS.demo)}
`;

/** Sends mails to its own sandbox and keeps the inbox open until the process is told to end. */
export const demoCommand: Command = async (args, { stdout, signal }) => {
  const { values } = parseFlags({ args, options: COMMAND_FLAGS.demo });
  if (values.help) {
    stdout.write(HELP);
    return EXIT.ok;
  }
  const sandbox = await startOnPort(toPort(values.port, 0));
  const print = (text: string) => stdout.write(`${text}\n`);
  const transport = graphTransport(sandbox.options);
  try {
    print(`The sandbox plays Entra and Graph at ${sandbox.url}. No mail leaves this machine.\n`);
    const invoice = invoiceMail(sandbox.options.userId);
    print('sendMail returned:');
    print(inspect(await sendThrough(transport, invoice)));
    await sendThrough(transport, orderMail('sales@contoso.example', 'hard@bounce.test'));
    const [mail] = sandbox.messages;
    if (mail) print(copiesOf(mail));

    print('\nNow the same message, from a mailbox that the app may not use:');
    await sendThrough(transport, { ...invoice, from: 'ceo@contoso.example' }).catch((error) => {
      const { code, graphCode, requestId } = error;
      print(`${error}\n${inspect({ code, graphCode, requestId })}`);
    });

    print('\nThe second mail also went to hard@bounce.test. transport.bounces() tells what became of that:');
    for await (const bounce of transport.bounces()) print(toBounceLine(bounce));

    await showScheduled(transport, print);

    print(`\nThe mails are in the inbox: ${sandbox.inboxUrl}\nOpen it in a browser. Ctrl-C ends the demo.`);
    if (!signal.aborted) await once(signal, 'abort');
    return EXIT.ok;
  } finally {
    transport.close();
    await sandbox.close();
  }
};

/** Schedules two mails, lists them, and cancels the first. */
async function showScheduled(transport: GraphTransport, print: (text: string) => void): Promise<void> {
  print('\nTwo more mails have graph: { sendAt }, so they wait in Drafts. transport.scheduled() lists them:');
  const now = systemClock.date();
  const cancelled = await sendThrough(transport, reminderMail(new Date(now + HOUR_MS)));
  await sendThrough(transport, reminderMail(new Date(now + 24 * HOUR_MS)));
  for (const held of await transport.scheduled()) print(toHeldLine(held));
  print(`\nawait transport.cancel('${cancelled.messageId}') returns:`);
  print(inspect(await transport.cancel(cancelled.messageId)));
  print('\ntransport.scheduled() now lists:');
  for (const held of await transport.scheduled()) print(toHeldLine(held));
}

/** What each recipient got. */
function copiesOf({ from, to, cc, bcc, subject, body, attachments }: SandboxMessage): string {
  const content = [
    `  From     ${from.name} <${from.address}>`,
    `  Subject  ${subject}`,
    `  Body     ${body.contentType}: ${body.content.trim()}`,
    ...attachments.map(({ name, contentType, size, isInline, contentId }) => {
      const place = isInline ? `shown as cid:${contentId}` : 'attached';
      return `  File     ${name} (${contentType}, ${size} bytes, ${place})`;
    }),
  ];
  return Object.entries({ To: to, Cc: cc, Bcc: bcc })
    .flatMap(([field, recipients]) => recipients.map((recipient) => ({ field, ...recipient })))
    .map(({ field, name, address }) =>
      [`\n${address} got (${field}${name && `, as ${name}`}):`, ...content].join('\n'),
    )
    .join('\n');
}

/** A mail with non-ASCII names, an inline image, a file, and recipients of every kind. */
function invoiceMail(from: string) {
  return {
    from: { name: 'Contoso Räder & Reifen', address: from },
    to: { name: 'Jürgen Groß', address: 'juergen.gross@example.com' },
    cc: '"森 花子" <hanako.mori@example.org>',
    bcc: 'accounting@contoso.example',
    subject: 'Ihre Rechnung 2026-1177 🚲',
    text: 'Guten Tag Herr Groß, anbei Ihre Rechnung.',
    html: '<p><img src="cid:logo@contoso.example" alt="Contoso"></p><p>Guten Tag Herr Groß,<br>anbei Ihre Rechnung.</p>',
    attachments: [
      { filename: 'logo.png', content: Buffer.from(LOGO, 'base64'), cid: 'logo@contoso.example' },
      { filename: 'Rechnung 2026-1177 für Groß.pdf', content: Buffer.from(INVOICE, 'base64') },
    ],
  };
}

/** A mail that Exchange holds until then. */
function reminderMail(sendAt: Date) {
  return {
    to: 'juergen.gross@example.com',
    subject: `Your bicycle is ready on ${sendAt.toISOString().slice(0, 10)}`,
    text: 'We are open from nine to six.',
    graph: { sendAt },
  };
}

/** The plainest mail possible. A recipient with a mailbox in the sandbox finds it in its Inbox. */
function orderMail(...to: string[]) {
  return {
    to,
    subject: 'Order 1177: one bicycle',
    text: 'Jürgen Groß has ordered one bicycle, red.',
  };
}
