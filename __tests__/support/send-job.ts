// A worker that sends one message of a job, in a process of its own: its arguments are the transport's
// options and the message, as JSON. It prints the result.
import nodemailer from 'nodemailer';
import { graphTransport } from '../../src/index';

const [options = '', message = ''] = process.argv.slice(2);
const transport = graphTransport(JSON.parse(options));
void nodemailer
  .createTransport(transport)
  .sendMail(JSON.parse(message))
  .then((info) => {
    console.log(JSON.stringify(info));
    transport.close();
  });
