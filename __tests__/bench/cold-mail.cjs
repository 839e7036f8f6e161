// One mail in a process of its own, loaded and sent as an app would. Arguments: the way, and the addresses of the
// servers. When the process ends, it writes the CPU time of all its threads to descriptor 3.
const { writeSync } = require('node:fs');

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, String((user + system) / 1000));
});

// For the command, which is measured too, this file is only loaded first.
const isSender = require.main === module;
const [, , way, given] = process.argv;
const { graphUrl, smtpPort } = isSender ? JSON.parse(given) : {};

const MAIL = {
  from: 'Contoso Orders <app@contoso.example>',
  to: 'ann@example.com',
  subject: 'Your order № 4711',
  text: 'Thank you for your order.',
  html: '<p>Thank you for your order.</p>',
};

const TRANSPORTS = {
  smtp: () => ({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true }),
  secret: () => graph(bySecret()),
  secretUntuned: () => graph({ ...bySecret(), tuneV8: false }),
  credential: () => graph({ credential }),
  credentialUntuned: () => graph({ credential, tuneV8: false }),
  ses() {
    const { SESv2Client, SendEmailCommand } = require('@aws-sdk/client-sesv2');
    const sesClient = new SESv2Client({
      region: 'eu-central-1',
      endpoint: graphUrl,
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    });
    return { SES: { sesClient, SendEmailCommand } };
  },
};

const credential = {
  getToken: async () => ({ token: 'bench', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

function bySecret() {
  return {
    tenantId: '11111111-2222-3333-4444-555555555555',
    clientId: '66666666-7777-8888-9999-000000000000',
    clientSecret: 'bench-secret',
    authorityHost: graphUrl,
  };
}

function graph(options) {
  const { graphTransport } = require('nodemailer-graph-transport');
  return graphTransport({ userId: 'app@contoso.example', graphEndpoint: graphUrl, ...options });
}

if (isSender) {
  const transporter = require('nodemailer').createTransport(TRANSPORTS[way]());
  transporter.sendMail(MAIL).then(() => transporter.close());
}
