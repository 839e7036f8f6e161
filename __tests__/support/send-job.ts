// A worker that sends one message of a job, in a process of its own. It reads the transport's options and the
// message from standard input, and prints the result.
import { json } from 'node:stream/consumers';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';

function isJob(value: unknown): value is { options: GraphTransportOptions; mail: SendMailOptions } {
  return typeof value === 'object' && value !== null && 'options' in value && 'mail' in value;
}

async function run(): Promise<void> {
  const job = await json(process.stdin);
  if (!isJob(job)) throw new TypeError('no job');
  const transport = graphTransport(job.options);
  const info = await nodemailer.createTransport(transport).sendMail(job.mail);
  console.log(JSON.stringify(info));
  transport.close();
}

void run();
