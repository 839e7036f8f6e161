// The app under test: a form that sends a link to confirm an address.
import { createServer } from 'node:http';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';

const port = Number(process.env.PORT ?? 3000);
const transporter = nodemailer.createTransport(graphTransport());

const FORM = '<form method="post"><label>Email <input name="email"></label><button>Sign up</button></form>';

const server = createServer(async (request, response) => {
  response.setHeader('content-type', 'text/html');
  if (request.url.startsWith('/confirm')) return response.end('<h1>Welcome</h1>');
  if (request.method !== 'POST') return response.end(FORM);
  let form = '';
  for await (const chunk of request) form += chunk;
  const email = new URLSearchParams(form).get('email');
  await transporter.sendMail({
    to: email,
    subject: 'Confirm your address',
    html: `<p><a href="http://127.0.0.1:${port}/confirm?token=1&amp;to=${email}">Confirm</a></p>`,
  });
  response.end('<p>We have sent you a link.</p>');
});
server.listen(port, '127.0.0.1');
