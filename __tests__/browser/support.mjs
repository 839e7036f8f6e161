import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import nodemailer from 'nodemailer';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const { graphTransport } = require('../../dist/index.js');

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

/** The installed Chromium, or the program that CHROMIUM names. */
export function findBrowser() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const installed = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name)));
  const executablePath = process.env.CHROMIUM || installed.find((place) => existsSync(place));
  if (!executablePath) {
    throw new Error('The browser tests found no Chromium. Install it, or name the program in CHROMIUM.');
  }
  return executablePath;
}

export async function launchBrowser() {
  const executablePath = findBrowser();
  // Chromium refuses to start its own sandbox as root, which is the user of many containers.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** Sends a message as an app does, with Nodemailer and the transport. */
export async function send(sandbox, message, userId = sandbox.options.userId) {
  const transporter = nodemailer.createTransport(graphTransport({ ...sandbox.options, userId }));
  try {
    return await transporter.sendMail({ to: 'ann@example.com', ...message });
  } finally {
    transporter.close();
  }
}

/** Sends many messages without the network, since the page is under test. */
export async function sendMany(sandbox, number) {
  const { tenantId, clientId, clientSecret, graphEndpoint, userId } = sandbox.options;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${graphEndpoint}/.default`,
  });
  const token = await sandbox.handle(
    new Request(`${graphEndpoint}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form }),
  );
  const { access_token: bearer } = await token.json();
  for (let count = 1; count <= number; count += 1) {
    const message = {
      subject: `Message ${count}`,
      body: { contentType: 'html', content: `<p>Number <b>${count}</b> of ${number}</p>` },
      toRecipients: [{ emailAddress: { address: `user${count}@example.com` } }],
    };
    await sandbox.handle(
      new Request(`${graphEndpoint}/v1.0/users/${userId}/sendMail`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify({ message }),
      }),
    );
  }
}

/** A third party's server, for one test, that records connections and requests. */
export async function startCanary(t, respond = () => '') {
  const canary = { connections: 0, paths: [] };
  const server = createServer((request, response) => {
    canary.paths.push(request.url);
    response.setHeader('content-type', request.url.endsWith('.css') ? 'text/css' : 'text/html');
    response.end(respond(request.url));
  });
  server.on('connection', () => {
    canary.connections += 1;
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  canary.url = `http://127.0.0.1:${server.address().port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return canary;
}
