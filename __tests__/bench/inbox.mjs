// How fast the sandbox's inbox is with 10,000 messages: its list, and a search at once after they came. Run by
// `npm run bench:inbox`; the process ends with an error when one is over its limit.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const { startSandbox } = createRequire(import.meta.url)('../../dist/sandbox');

const MESSAGES = 10_000;
/** In milliseconds; `blocked` is the longest time in which the sandbox answers nothing else. */
const LIMITS = { list: 100, 'first search': 500, 'second search': 500, blocked: 200 };

const child = process.argv[2];
if (child) await ask(child);
else await main();

/** The sandbox runs here, and the questions come from a process of their own. */
async function main() {
  const sandbox = await startSandbox({ maxMessages: MESSAGES, maxBytes: 2 ** 30 });
  const { accessToken } = await tokenFor(sandbox);
  for (let index = 0; index < MESSAGES; index += 1) await send(sandbox, accessToken, index);
  const asker = fork(fileURLToPath(import.meta.url), [sandbox.url]);
  await once(asker, 'message');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  asker.send('ask');
  const [times] = await once(asker, 'message');
  delay.disable();
  const rows = { ...times, blocked: delay.max / 1e6 };
  for (const [name, milliseconds] of Object.entries(rows)) {
    const isOver = milliseconds > LIMITS[name];
    console.log(
      `${name.padEnd(14)} ${milliseconds.toFixed(0).padStart(5)} ms${isOver ? `  over ${LIMITS[name]} ms` : ''}`,
    );
    if (isOver) process.exitCode = 1;
  }
  await sandbox.close();
}

async function tokenFor({ options, handle }) {
  const { tenantId, clientId, clientSecret, authorityHost } = options;
  const answer = await handle(
    new Request(`${authorityHost}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'https://graph.microsoft.com/.default',
      }),
    }),
  );
  return { accessToken: (await answer.json()).access_token };
}

/** Mail as apps send it: HTML in nested tables, about 15 kB. */
async function send({ options, handle }, accessToken, index) {
  const row = `<tr><td style="padding:4px;font-family:Arial,sans-serif">Item ${index} &amp; more</td><td>1,00&nbsp;€</td></tr>\n`;
  const content = `<html><head><style>td { color: #222 }</style></head><body><table>${row.repeat(120)}</table></body></html>`;
  const message = {
    subject: `Order ${index}`,
    body: { contentType: 'html', content },
    toRecipients: [{ emailAddress: { address: `customer${index}@example.com` } }],
  };
  const answer = await handle(
    new Request(`${options.graphEndpoint}/v1.0/users/${options.userId}/sendMail`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
    }),
  );
  if (answer.status !== 202) throw new Error(await answer.text());
}

async function ask(url) {
  const time = async (path) => {
    const start = performance.now();
    await (await fetch(url + path)).text();
    return performance.now() - start;
  };
  await time('/inbox/icon.svg');
  process.send('ready');
  await once(process, 'message');
  const first = await time('/inbox?q=item+4711');
  const second = await time('/inbox?q=customer42');
  process.send({ 'first search': first, 'second search': second, list: await time('/inbox') });
  process.disconnect();
}
