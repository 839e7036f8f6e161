import nodemailer = require('nodemailer');
import graph = require('nodemailer-graph-transport');
import sandbox = require('nodemailer-graph-transport/sandbox');

export async function send(): Promise<string> {
  const { options } = await sandbox.startSandbox();
  const transporter = nodemailer.createTransport(graph.graphTransport(options));
  const info = await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello' });
  return info.messageId;
}
