// Compiled, not run: the built package as an app in TypeScript sees it through import.
import { setupServer } from 'msw/node';
import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer';
import { type GraphSentMessageInfo, graphTransport } from 'nodemailer-graph-transport';
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
