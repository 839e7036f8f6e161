// Compiled, not run: the built package as an app in TypeScript sees it through require.
import nodemailer = require('nodemailer');
import graph = require('nodemailer-graph-transport');
import bullmq = require('nodemailer-graph-transport/bullmq');
import sandbox = require('nodemailer-graph-transport/sandbox');
import msw = require('nodemailer-graph-transport/sandbox/msw');
import mswNode = require('msw/node');

export const server = mswNode.setupServer(...msw.sandboxHandlers());

export async function send(): Promise<string | undefined> {
  const { options } = await sandbox.startSandbox();
  const transporter = nodemailer.createTransport(graph.graphTransport(options));
  const info: graph.GraphSentMessageInfo = await transporter.sendMail({
    to: 'ann@example.com',
    graph: { importance: 'high', userId: async ({ envelope }) => envelope.from || 'app@contoso.com' },
  });
  return info.requestId;
}

export async function enqueue(message: nodemailer.SendMailOptions): Promise<string | undefined> {
  const queue: bullmq.MailQueue = bullmq.createMailQueue('app@contoso.com', { host: 'redis' });
  const job = await queue.add({ ...message, messageId: '<1@contoso.com>', graph: { importance: 'high' } });
  bullmq.createMailWorker('app@contoso.com', { host: 'redis' }, { graph: { lossy: true }, concurrency: 2 });
  return job.id;
}
