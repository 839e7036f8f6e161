import nodemailer from 'nodemailer';
import { GraphTransportError, graphTransport } from 'nodemailer-graph-transport';
import { type RunningSandbox, startSandbox } from 'nodemailer-graph-transport/sandbox';

export async function send(): Promise<string> {
  const sandbox: RunningSandbox = await startSandbox();
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  await transporter.verify();
  try {
    const info = await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello' });
    return info.messageId;
  } catch (error) {
    if (error instanceof GraphTransportError) return error.hint ?? error.message;
    throw error;
  }
}
