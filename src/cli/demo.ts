import { once } from 'node:events';
import { inspect } from 'node:util';
import { graphTransport } from '../index';
import type { SandboxMessage } from '../sandbox';
import { invoiceMail, orderMail } from './demo-mails';
import { EXIT } from './exit-code';
import type { Command } from './io';
import { parseFlags } from './parse-flags';
import { startOnPort, toPort } from './sandbox-port';
import { sendThrough } from './send';

const HELP = `Usage: nodemailer-graph-transport demo [FLAGS]

Shows what becomes of an app's mails, without a tenant and without sending real mail. It starts the sandbox, which
simulates Entra and Graph on this machine, sends it two mails through Nodemailer and this transport, and shows them in
the sandbox's inbox, a web page, until it is interrupted.

  --port N   the port that the sandbox listens on, on 127.0.0.1 only (default: any free port)
`;

/** Sends mails to its own sandbox and keeps the inbox open until the process is told to end. */
export const demoCommand: Command = async (args, { stdout, signal }) => {
  const { values } = parseFlags({ args, options: { port: { type: 'string' }, help: { type: 'boolean' } } });
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
    await sendThrough(transport, orderMail('sales@contoso.example'));
    const [mail] = sandbox.messages;
    if (mail) print(copiesOf(mail));

    print('\nNow the same message, from a mailbox that the app may not use:');
    await sendThrough(transport, { ...invoice, from: 'ceo@contoso.example' }).catch((error) => {
      const { code, graphCode, requestId } = error;
      print(`${error}\n${inspect({ code, graphCode, requestId })}`);
    });

    print(`\nThe mails are in the inbox: ${sandbox.inboxUrl}\nOpen it in a browser. Ctrl-C ends the demo.`);
    if (!signal.aborted) await once(signal, 'abort');
    return EXIT.ok;
  } finally {
    transport.close();
    await sandbox.close();
  }
};

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
