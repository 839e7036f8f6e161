// The README's way to the first mail, followed to the letter: its commands and its code, taken from its text, in empty
// folders, with the package as it is packed and nothing else of this repository. Fails where a mail does not arrive, or
// takes longer than a minute.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startRegistry } from './local-registry.mjs';

const MOST_SECONDS = 60;
const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = createRequire(import.meta.url)(join(root, 'package.json'));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The part of the README under a heading. */
function section(heading) {
  const [, text] = readme.split(`\n## ${heading}\n`);
  assert.ok(text, `the README has no part "${heading}"`);
  return text.split(/\n## /)[0];
}

/** The fenced blocks in a text, in their order. */
const blocksIn = (text) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));

const folder = mkdtempSync(join(tmpdir(), 'first-mail-'));
const children = new Set();
let registry;
let cwd;

/** npm as it is set up on this machine, but for the registry, and without what `npm run` says of this repository. */
const env = () => {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$|AZURE_|GRAPH_|NODE_ENV$)/i.test(name),
  );
  return {
    ...Object.fromEntries(own),
    npm_config_registry: registry.url,
    // Other packages keep the address that they have in npm's cache.
    npm_config_replace_registry_host: 'never',
    npm_config_yes: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
};

/** A command of the README, given to a shell as it stands, and what it prints. */
function start(command) {
  console.log(`  $ ${command}`);
  const child = spawn(command, { shell: true, cwd, env: env(), detached: true });
  children.add(child);
  const started = { child, printed: '', ended: once(child, 'close').then(([code]) => code) };
  started.ended.then(() => children.delete(child));
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      started.printed += data;
    });
  }
  return started;
}

async function run(command) {
  const started = start(command);
  assert.equal(await started.ended, 0, `${command} failed:\n${started.printed}`);
  return started.printed;
}

/** Resolves with what a command has printed, once this is in it. */
async function printedBy(started, what) {
  for (;;) {
    const found = what.exec(started.printed);
    if (found) return found[1] ?? found[0];
    const event = await Promise.race([
      once(started.child.stdout, 'data'),
      once(started.child.stderr, 'data'),
      started.ended.then(() => 'end'),
    ]);
    if (event === 'end' && !what.test(started.printed)) {
      throw new Error(`it ended without printing ${what}:\n${started.printed}`);
    }
  }
}

/** Ctrl-C, as a terminal sends it: to the command and all that it has started. Nothing of it goes on. */
async function interrupt(started, inboxUrl) {
  process.kill(-started.child.pid, 'SIGINT');
  await started.ended;
  for (let tries = 0; tries < 50; tries++) {
    if ((await fetch(inboxUrl).catch(() => undefined)) === undefined) return;
    await setTimeout(100);
  }
  throw new Error(`after Ctrl-C something still answers at ${inboxUrl}`);
}

/**
 * The sent messages in the sandbox whose inbox is there, as its Graph tells them in JSON. They are asked for with the
 * variables that the inbox shows under "Connect", and must be in the list of its page too.
 */
async function messagesIn(inboxUrl) {
  const connect = await (await fetch(`${inboxUrl}/connect`)).text();
  const variables = Object.fromEntries(
    [...connect.matchAll(/^.*?\b((?:AZURE|GRAPH)_\w+)=([^\s<]+)/gm)].map(([, name, value]) => [name, value]),
  );
  const { AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = variables;
  const { GRAPH_ENDPOINT, GRAPH_USER_ID } = variables;
  const token = await fetch(`${AZURE_AUTHORITY_HOST}/${AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: AZURE_CLIENT_ID,
      client_secret: AZURE_CLIENT_SECRET,
      scope: `${GRAPH_ENDPOINT}/.default`,
    }),
  });
  const { access_token } = await token.json();
  const answer = await fetch(
    `${GRAPH_ENDPOINT}/v1.0/users/${GRAPH_USER_ID}/mailFolders/sentitems/messages?$select=subject,from,toRecipients`,
    { headers: { authorization: `Bearer ${access_token}` } },
  );
  const { value } = await answer.json();
  const page = await (await fetch(inboxUrl)).text();
  return value.map(({ subject, from, toRecipients }) => {
    assert.ok(page.includes(subject), `the page of the inbox does not show "${subject}"`);
    return {
      subject,
      from: from.emailAddress.address,
      to: toRecipients.map(({ emailAddress }) => emailAddress.address),
    };
  });
}

function newFolder(name) {
  cwd = join(folder, name);
  mkdirSync(cwd);
}

const INBOX = /(http:\/\/127\.0\.0\.1:\d+\/inbox)\b/;
let installSeconds = 0;

async function install(command) {
  const began = performance.now();
  await run(command);
  installSeconds += (performance.now() - began) / 1000;
}

/** The one block of "Your app on your laptop" that is so. */
function onLaptop(is) {
  const found = blocksIn(section('Your app on your laptop')).filter(is);
  assert.equal(found.length, 1);
  return found[0].code.trim();
}

/** Does something, and says how long it took, with and without npm's downloads. */
async function timed(what, work) {
  console.log(`${what}:`);
  installSeconds = 0;
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${what}: ${seconds.toFixed(1)} s, of which npm install took ${installSeconds.toFixed(1)} s and the rest ${(seconds - installSeconds).toFixed(1)} s\n`,
  );
  // The reader waits for npm too, so its time counts.
  assert.ok(seconds < MOST_SECONDS, `${what} took longer than ${MOST_SECONDS} s`);
}

/** "See it in a minute", in a folder in which nothing is. */
async function seeIt() {
  newFolder('demo');
  const [{ code: command }, picture, ...others] = blocksIn(section('See it in a minute'));
  assert.deepEqual([picture.language, others], ['text', []]);
  const demo = start(command.trim());
  const inboxUrl = await printedBy(demo, INBOX);
  await printedBy(demo, /Ctrl-C/);
  const sent = await messagesIn(inboxUrl);
  assert.deepEqual(sent.map(({ to }) => to[0]).sort(), [
    'juergen.gross@example.com',
    'sales@contoso.example',
  ]);
  await interrupt(demo, inboxUrl);
}

/** "Your app on your laptop", from top to bottom, without an app at hand. */
async function withoutApp() {
  newFolder('new-app');
  const text = section('Your app on your laptop');
  const [, file] = /save this as `([^`]+)`/.exec(text);
  const running = [];
  let inboxUrl;
  for (const { language, code } of blocksIn(text)) {
    const command = code.trim();
    if (language === 'js') writeFileSync(join(cwd, file), code);
    else if (command.startsWith('npm install')) await install(command);
    else if (command.includes(' --write ')) {
      const sandbox = start(command);
      running.push(sandbox);
      inboxUrl = await printedBy(sandbox, INBOX);
      await printedBy(sandbox, /Its variables are in/);
    } else if (command.includes(' sandbox ')) {
      const printed = await run(command);
      assert.match(printed, /^202 Accepted$/m);
      assert.match(printed, /The sandbox took 1 message\./);
    } else await run(command);
  }
  assert.deepEqual(await messagesIn(inboxUrl), [
    { subject: 'Your order', from: 'orders@contoso.com', to: ['ann@example.com'] },
  ]);
  for (const sandbox of running) await interrupt(sandbox, inboxUrl);
}

/** An app as there are many, before the change: Express, Nodemailer over SMTP, a From and settings of its own. */
const EXPRESS_APP = `import express from 'express';
import nodemailer from 'nodemailer';

process.loadEnvFile('.env');
const { MAIL_FROM, SMTP_HOST: host, SMTP_PORT: port, SMTP_USER: user, SMTP_PASS: pass } = process.env;
const auth = { user, pass };
const transporter = nodemailer.createTransport({ host, port, auth });

const app = express();
app.post('/orders', async (_request, response) => {
  await transporter.sendMail({ from: MAIL_FROM, to: 'bob@example.com', subject: 'Order 17', text: 'Thank you!' });
  response.json({ ordered: true });
});
const server = app.listen(0, '127.0.0.1', () => console.log('The shop is at port', server.address().port));
`;
const SETTINGS =
  'MAIL_FROM=orders@contoso.com\nSMTP_HOST=smtp.office365.com\nSMTP_PORT=587\nSMTP_USER=orders@contoso.com\nSMTP_PASS=old\n';

/** The file with the lines of a diff changed: each that goes for the one that comes. */
function changed(source, diff) {
  const lines = diff.split('\n');
  const gone = lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
  const come = lines.filter((line) => line.startsWith('+ ')).map((line) => line.slice(2));
  const imports = come.filter((line) => line.startsWith('import '));
  const others = come.filter((line) => !line.startsWith('import '));
  assert.equal(gone.length, others.length);
  let text = source;
  for (const [index, line] of gone.entries()) {
    assert.ok(text.includes(line), `an app has no line "${line}"`);
    text = text.replace(line, others[index]);
  }
  return [...imports, text].join('\n');
}

/** The app before the change, as it is installed already. */
async function makeExpressApp() {
  newFolder('existing-app');
  writeFileSync(join(cwd, 'package.json'), '{ "name": "shop", "private": true, "type": "module" }\n');
  writeFileSync(join(cwd, '.env'), SETTINGS);
  await run('npm install express@5 nodemailer@10');
}

/** The change at the top of the README, and its start line. */
async function existingApp() {
  const [diff] = blocksIn(readme);
  assert.equal(diff.language, 'diff');
  await install(onLaptop(({ code }) => code.startsWith('npm install')));
  writeFileSync(join(cwd, 'app.js'), changed(EXPRESS_APP, diff.code));
  const sandbox = start(onLaptop(({ code }) => code.includes(' -- node app.js')));
  const inboxUrl = await printedBy(sandbox, INBOX);
  const port = await printedBy(sandbox, /The shop is at port (\d+)/);
  const answer = await fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST' });
  assert.equal(answer.status, 200, sandbox.printed);
  assert.deepEqual(await messagesIn(inboxUrl), [
    { subject: 'Order 17', from: 'orders@contoso.com', to: ['bob@example.com'] },
  ]);
  await interrupt(sandbox, inboxUrl);
  assert.equal(readFileSync(join(cwd, '.env'), 'utf8'), SETTINGS, "the app's own .env was changed");
}

/** With Nodemailer 6 npm says no, and the README's command helps. */
async function fromNodemailer6() {
  newFolder('nodemailer-6');
  writeFileSync(
    join(cwd, 'package.json'),
    '{ "private": true, "dependencies": { "nodemailer": "^6.9.0" } }\n',
  );
  await run('npm install');
  const refused = start('npm install nodemailer-graph-transport');
  assert.notEqual(await refused.ended, 0);
  assert.match(refused.printed, /ERESOLVE/);
  const [, update] = /With Nodemailer 6, npm stops with `ERESOLVE`: update it with `([^`]+)`/.exec(readme);
  await run(update);
  const { version } = JSON.parse(readFileSync(join(cwd, 'node_modules/nodemailer/package.json'), 'utf8'));
  assert.match(version, /^7\./);
  writeFileSync(
    join(cwd, 'app.js'),
    onLaptop(({ language }) => language === 'js'),
  );
  assert.match(await run(onLaptop(({ code }) => code.includes(' -- node app.js'))), /^202 Accepted$/m);
}

/** What the README says of the weight, held against the folder that its command has made. */
function weigh() {
  const files = readdirSync(join(folder, 'new-app/node_modules'), { recursive: true, withFileTypes: true });
  const packages = files.filter(
    ({ name, parentPath }) =>
      name === 'package.json' &&
      /node_modules\/(?:@[^/]+\/)?[^/@][^/]*$/.test(parentPath.replaceAll('\\', '/')),
  );
  const bytes = files.reduce(
    (sum, { name, parentPath }) => sum + statSync(join(parentPath, name)).blocks * 512,
    0,
  );
  const megabytes = bytes / 2 ** 20;
  const [, told, toldSize] = /^\| `nodemailer nodemailer-graph-transport` \| (\d+) \| (\d+) MB \|$/m.exec(
    readme,
  );
  console.log(
    `Weight: ${packages.length} packages, ${megabytes.toFixed(0)} MB on disk (the README says ${told}, ${toldSize} MB)`,
  );
  // New versions of what it depends on come out all the time.
  for (const [is, said] of [
    [packages.length, Number(told)],
    [megabytes, Number(toldSize)],
  ]) {
    assert.ok(Math.abs(is - said) <= said * 0.15, `the README says ${said}, it is ${is}`);
  }
}

try {
  const configured = execFileSync('npm', ['config', 'get', 'registry'], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const [tarball] = readdirSync(folder);
  registry = await startRegistry(join(folder, tarball), manifest, configured);

  await timed('See it in a minute', seeIt);
  await timed('The first mail of a new app', withoutApp);
  await makeExpressApp();
  await timed('The first mail of an Express app that is there', existingApp);
  await fromNodemailer6();
  weigh();
} finally {
  for (const { pid } of children) process.kill(-pid, 'SIGKILL');
  registry?.close();
  rmSync(folder, { recursive: true });
}
