// Compiled, not run: the built package as an app in TypeScript sees it through import.
import { setupServer } from 'msw/node';
import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer';
import { type GraphSentMessageInfo, graphTransport } from 'nodemailer-graph-transport';
import { createMailQueue, createMailWorker } from 'nodemailer-graph-transport/bullmq';
import { type FailoverError, failover } from 'nodemailer-graph-transport/failover';
import { startSandbox } from 'nodemailer-graph-transport/sandbox';
import { sandboxHandlers } from 'nodemailer-graph-transport/sandbox/msw';

const { options } = await startSandbox();
const transporter = nodemailer.createTransport(
  graphTransport({ ...options, userId: ({ from }) => from?.address ?? '' }),
);
export const general: Transporter = transporter;

export const server = setupServer(...sandboxHandlers());

const message: SendMailOptions = { to: 'ann@example.com', graph: { format: 'mime', categories: ['Orders'] } };
const info: GraphSentMessageInfo = await transporter.sendMail(message);
export const seen: string | undefined = info.requestId;

// @ts-expect-error: no such option
await transporter.sendMail({ graph: { fromat: 'json' } });
// @ts-expect-error: no such option
graphTransport({ tenant: 'contoso.com' });

const queue = createMailQueue('app@contoso.com', { host: 'redis' });
const job = await queue.add({ ...message, messageId: '<1@contoso.com>' }, { delay: 1000 });
export const sentBy: string | undefined = job.returnvalue.requestId;
// @ts-expect-error: a message in a queue needs a Message-ID
await queue.add(message);
// @ts-expect-error: the id of a job is the Message-ID
await queue.add({ messageId: '<1@contoso.com>' }, { jobId: '1' });
const worker = createMailWorker('app@contoso.com', { host: 'redis' }, { graph: options });
worker.worker.on('completed', (_job, info) => info.requestId?.toUpperCase());
// @ts-expect-error: the mailbox is the first argument
createMailWorker('app@contoso.com', { host: 'redis' }, { graph: { userId: 'app@contoso.com' } });

const either = nodemailer.createTransport(
  failover([graphTransport(options), nodemailer.createTransport({ host: 'smtp.example.com' })]),
);
export const by: string = (await either.sendMail(message)).failover.name;
export const all = (error: FailoverError): Error[] => error.errors;
// @ts-expect-error: options alone are not a transport
failover([{ host: 'smtp.example.com' }]);
