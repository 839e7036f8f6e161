// An app as bundlers see it: it loads the package both ways, and sends.
import assert from 'node:assert/strict';
import nodemailer from 'nodemailer';
import { GraphTransportError, graphTransport } from 'nodemailer-graph-transport';
import { failover } from 'nodemailer-graph-transport/failover';
import { startSandbox } from 'nodemailer-graph-transport/sandbox';
import { GraphTransportError as required } from './bundled-plugin.cjs';

async function send() {
  assert.equal(required, GraphTransportError, 'one copy of the package, whichever way it is loaded');
  const sandbox = await startSandbox();
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  assert.equal(await transporter.verify(), true);
  for (const message of [
    {},
    { graph: { format: 'mime' } },
    { attachments: [{ content: Buffer.alloc(4e6) }] },
  ]) {
    await transporter.sendMail({ to: 'ann@example.com', text: 'Hello', ...message });
  }
  sandbox.failNext('send-mail', { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' });
  await assert.rejects(transporter.sendMail({ to: 'ann@example.com' }), GraphTransportError);
  assert.equal(sandbox.messages.length, 3);
  const either = nodemailer.createTransport(failover([graphTransport(sandbox.options)]));
  const { failover: by } = await either.sendMail({ to: 'ann@example.com' });
  assert.equal(by.name, 'GraphTransport');
  await either.close();
  transporter.close();
  assert.equal((await fetch(sandbox.inboxUrl)).status, 200);
  const style = await fetch(`${sandbox.inboxUrl}/style.css`);
  await sandbox.close();
  console.log(`sent, and its inbox is ${style.ok ? 'styled' : 'plain'}`);
}

send().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
