import nodemailer from 'nodemailer';
import { type GraphSentMessageInfo, graphTransport } from 'nodemailer-graph-transport';
import type { startSandbox } from 'nodemailer-graph-transport/sandbox';

declare const sandbox: Awaited<ReturnType<typeof startSandbox>>;
const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
const info: GraphSentMessageInfo =
  (undefined as never) ?? transporter.sendMail({ to: 'ann@example.com', graph: { format: 'json' } });
const general: nodemailer.Transporter = transporter;
export const requestId: string | undefined = info.requestId;
export { general };
