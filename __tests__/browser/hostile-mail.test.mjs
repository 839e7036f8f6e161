// Mail that tries to run code, call home or lead the reader away, in a real browser.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launchBrowser, send, startCanary } from './support.mjs';

const { startSandbox } = createRequire(import.meta.url)('../../dist/sandbox/index.js');

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Everything that a mail can try without a click. Each attempt has its own path. */
const hostile = (url) => `
  <meta http-equiv="refresh" content="0;url=${url}/refresh">
  <base href="${url}/base/">
  <link rel="stylesheet" href="${url}/link.css">
  <link rel="preconnect" href="${url}">
  <link rel="dns-prefetch" href="${url}">
  <link rel="prefetch" href="${url}/prefetch">
  <link rel="icon" href="${url}/icon">
  <style>@import "${url}/import.css"; @font-face { font-family: x; src: url(${url}/font) }
  body { background: url(${url}/background); font-family: x }</style>
  <script>fetch('${url}/script'); top.location = '${url}/top'; document.title = 'hacked'</script>
  <script src="${url}/script.js"></script>
  <img src="${url}/image.png" srcset="${url}/srcset.png 2x"><img src="relative.png">
  <img src="x:" onerror="fetch('${url}/onerror')">
  <picture><source srcset="${url}/picture.png"><img src="${url}/fallback.png"></picture>
  <iframe src="${url}/frame"></iframe><object data="${url}/object"></object><embed src="${url}/embed">
  <video src="${url}/video" poster="${url}/poster" autoplay></video><audio src="${url}/audio" autoplay></audio>
  <svg><image href="${url}/svg-image"/><use href="${url}/svg-use#a"/></svg>
  <form action="${url}/form" id="f"><input name="password"><button id="go">Log in</button></form>
  <input type="image" src="${url}/input-image" form="f">
  <table background="${url}/table"><tr><td style="background-image: url(${url}/cell)">Hello Ann</td></tr></table>
  <a href="${url}/ping" ping="${url}/pinged">link</a>`;

async function openPage(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  return context.newPage();
}

/** Opens a message and waits until the page is idle. */
async function openMessage(t, sandbox) {
  const page = await openPage(t);
  const answered = [];
  page.on('response', (response) => answered.push(new URL(response.url()).origin));
  const id = encodeURIComponent(sandbox.messages[0].id);
  await page.goto(`${sandbox.url}/inbox/messages/${id}`, { waitUntil: 'load' });
  const frame = page.frameLocator('iframe.body');
  await frame.getByText('Hello Ann').waitFor();
  // A mail may act after loading, too. The plain page shows that this wait is long enough.
  await page.waitForTimeout(500);
  return { page, frame, answered };
}

test('as a plain page the mail calls home in every way', async (t) => {
  const canary = await startCanary(t, (path) => (path === '/mail' ? hostile(canary.url) : ''));
  const page = await openPage(t);
  await page.goto(`${canary.url}/mail`, { waitUntil: 'commit' });
  await page.waitForTimeout(500);
  for (const path of ['/script', '/script.js', '/link.css', '/import.css', '/image.png', '/top']) {
    assert.ok(canary.paths.includes(path), `the control asks for ${path}, of ${canary.paths}`);
  }
});

test('in the inbox the mail contacts no server, runs no code and leads nowhere', async (t) => {
  const canary = await startCanary(t);
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  await send(sandbox, { subject: 'Hostile', html: hostile(canary.url) });
  const { page, frame, answered } = await openMessage(t, sandbox);
  assert.deepEqual([canary.connections, canary.paths], [0, []]);
  assert.deepEqual([...new Set(answered)], [sandbox.url]);
  assert.equal(await page.title(), 'Hostile');
  assert.match(page.url(), /\/inbox\/messages\//);

  // The form, which needs a click, is not sent either.
  await frame.locator('#go').click();
  await page.waitForTimeout(300);
  assert.deepEqual([canary.connections, canary.paths], [0, []]);
  assert.equal(page.frames().length, 2, 'the page and the mail');
});

test('remote images and styles load on request, but no script or frame', async (t) => {
  const canary = await startCanary(t);
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  await send(sandbox, { subject: 'Hostile', html: hostile(canary.url) });
  const { page } = await openMessage(t, sandbox);
  await page.getByRole('link', { name: 'Show them' }).click();
  await page.getByText('Remote content is shown.').waitFor();
  await page.frameLocator('iframe.body').getByText('Hello Ann').waitFor();
  await page.waitForTimeout(500);
  assert.ok(canary.paths.includes('/picture.png'));
  assert.ok(canary.paths.includes('/link.css'));
  for (const path of [
    '/script',
    '/script.js',
    '/onerror',
    '/top',
    '/frame',
    '/object',
    '/embed',
    '/refresh',
    '/form',
  ]) {
    assert.ok(!canary.paths.includes(path), `${path} stays out`);
  }
});

test('a link in a mail opens a new tab, which cannot reach the inbox', async (t) => {
  const canary = await startCanary(
    t,
    () => '<script>document.title = opener === null ? "alone" : "opener"</script>',
  );
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  await send(sandbox, {
    subject: 'Reset',
    html: `<p>Hello Ann</p><a href="${canary.url}/reset">Reset your password</a>`,
  });
  const { page, frame } = await openMessage(t, sandbox);
  const [tab] = await Promise.all([
    page.waitForEvent('popup'),
    frame.getByRole('link', { name: 'Reset your password' }).click(),
  ]);
  await tab.waitForLoadState();
  assert.equal(new URL(tab.url()).pathname, '/reset');
  assert.equal(await tab.title(), 'alone');
  assert.match(page.url(), /\/inbox\/messages\//);
});

test('a page of another site cannot delete mail, arm a fault or embed the inbox', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  await send(sandbox, { subject: 'Keep me', text: 'Hello' });
  const forms = ['/inbox/delete', '/inbox/faults'].map(
    (
      path,
    ) => `<form method="post" action="${sandbox.url}${path}" target="${path}"><input name="fault" value="busy">
      <input name="request" value="send-mail"></form><iframe name="${path}"></iframe>`,
  );
  const evil = await startCanary(
    t,
    () => `${forms.join('')}<iframe id="embedded" src="${sandbox.url}/inbox"></iframe>
      <script>for (const form of document.forms) form.submit(); fetch("${sandbox.url}/inbox/delete", { method: "POST", mode: "no-cors" })</script>`,
  );
  const page = await openPage(t);
  const answers = [];
  page.on('response', (response) => {
    if (response.url().startsWith(sandbox.url))
      answers.push([new URL(response.url()).pathname, response.status()]);
  });
  await page.goto(evil.url);
  await page.waitForTimeout(500);
  const refused = answers.filter(([path]) => path !== '/inbox').map(([, status]) => status);
  assert.ok(refused.length >= 2, 'both forms were sent');
  assert.deepEqual([...new Set(refused)], [403]);
  assert.equal(sandbox.messages.length, 1);
  assert.deepEqual(sandbox.faults, []);
  const embedded = page.frames().find((frame) => frame.parentFrame() && frame.url().includes('/inbox'));
  assert.ok(!embedded || (await embedded.getByText('Keep me').count()) === 0);
});
