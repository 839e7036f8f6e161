// An app with Auth.js, in a process of its own since Auth.js is ESM only: asks for a sign-in link for the address
// and prints where Auth.js leads the browser. Arguments: the options of the transport, as JSON, and the address.
import { createRequire } from 'node:module';
import { Auth, skipCSRFCheck } from '@auth/core';
import Nodemailer from '@auth/core/providers/nodemailer';
import nodemailer from 'nodemailer';

const require = createRequire(import.meta.url);
require('../support/typescript.cjs');
const { graphTransport } = require('../../src/index.ts');

const [, , options, email] = process.argv;
const transport = graphTransport(JSON.parse(options));
const transporter = nodemailer.createTransport(transport);

const provider = Nodemailer({
  server: 'smtp://unused',
  from: 'app@contoso.example',
  async sendVerificationRequest({ identifier, url, provider: { from } }) {
    await transporter.sendMail({ to: identifier, from, subject: 'Sign in', text: `Sign in: ${url}` });
  },
});

const kept = [];
const answer = await Auth(
  new Request('http://localhost/auth/signin/nodemailer', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email }),
  }),
  {
    providers: [provider],
    secret: 'only for this test',
    trustHost: true,
    skipCSRFCheck,
    adapter: {
      createVerificationToken: async (token) => kept.push(token),
      useVerificationToken: async () => null,
      getUserByEmail: async () => null,
    },
  },
);
transport.close();
console.log(JSON.stringify({ location: answer.headers.get('location'), kept: kept.length }));
