import nodemailer from 'nodemailer';
import { type GraphSentMessageInfo, graphTransport } from 'nodemailer-graph-transport';
import { startSandbox } from 'nodemailer-graph-transport/sandbox';

const sandbox = await startSandbox();
const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
const info: GraphSentMessageInfo = await transporter.sendMail({
  to: 'ann@example.com',
  graph: { format: 'json' },
});
const general: nodemailer.Transporter = transporter;
export const requestId: string | undefined = info.requestId;
export { general };
