// One open message, with mails that make its page ugly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { send, startCanary } from './support.mjs';
import { openTwelve, SIZES } from './twelve-inbox.mjs';

const twelve = openTwelve();
const tab = (page, name) => page.getByRole('tab', { name });
const topOf = (locator) => locator.evaluate((element) => element.getBoundingClientRect().top);

/** Sends a message for one test and opens it. */
async function openSent(t, message, options) {
  await send(twelve.sandbox, message);
  const { id } = twelve.sandbox.messages.at(-1);
  t.after(() => twelve.sandbox.removeMessage(id));
  return twelve.open(t, `/inbox/messages/${encodeURIComponent(id)}`, options);
}

/** Waits until the frame has the height of its mail. A frame that got another width has it a moment later. */
async function showsWhole(page) {
  await page.locator('iframe.body.fitted').waitFor();
  const frame = await (await page.locator('iframe.body').elementHandle()).contentFrame();
  const hidden = () => frame.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  // It is asked from here: a frame out of sight paints nothing, and its timers wait.
  for (let tries = 0; tries < 200 && (await hidden()) !== 0; tries += 1) await delay(50);
  assert.equal(await hidden(), 0, 'px of the mail are hidden');
}

test('sixty recipients take one line until someone unfolds them', async (t) => {
  const page = await twelve.open(t, twelve.addressOf('To all sixty'));
  const to = page.locator('.envelope div').filter({ has: page.getByText('To', { exact: true }) });
  assert.equal(await page.getByText('colleague-60@northwind.example').isVisible(), false);
  const line = page.locator('.envelope summary');
  assert.ok((await to.locator('dd').evaluate((element) => element.offsetHeight)) < 30);
  await line.focus();
  await page.keyboard.press('Enter');
  await page.getByText('colleague-60@northwind.example').waitFor();
});

for (const size of Object.keys(SIZES)) {
  test(`ten files are one line, which unfolds to a list without a scroll bar of its own, on a ${size}`, async (t) => {
    const page = await twelve.open(t, twelve.addressOf('Ten files'), { size });
    const room = SIZES[size].height;
    assert.ok((await topOf(page.locator('iframe.body'))) < room * 0.6, 'the mail is in sight');
    await page.locator('main summary').filter({ hasText: '10 files' }).click();
    const list = page.getByRole('list', { name: 'Attachments' });
    assert.equal(await list.getByRole('link').count(), 10);
    const cut = await list.evaluate((element) => [
      element.scrollHeight - element.clientHeight,
      element.scrollWidth - element.clientWidth,
    ]);
    assert.deepEqual(cut, [0, 0]);
    const lines = await list.getByRole('link').evaluateAll((links) => links.map((link) => link.offsetHeight));
    assert.ok(Math.min(...lines) < 40, `${lines}`);
  });
}

test('the frame is as high as its mail, at every width, and the page scrolls to the end of it', async (t) => {
  const page = await twelve.open(t, twelve.addressOf('Night report'));
  await showsWhole(page);
  const end = page.frameLocator('iframe.body').getByText('The end of the report.');
  await end.scrollIntoViewIfNeeded();
  const { y } = await end.boundingBox();
  assert.ok(y > 0 && y < SIZES.desktop.height);
  const before = await page.locator('iframe.body').evaluate((frame) => frame.offsetHeight);
  assert.ok(before > 1000 && before < 2500, `${before}`);

  await page.setViewportSize(SIZES.phone);
  await showsWhole(page);
  await page.waitForFunction(() => document.querySelectorAll('iframe').length === 1);
});

test('a mail that is as high as its window, or says it is endless, gets a frame of sane height', async (t) => {
  const tall =
    '<body style="margin: 9px; height: 100vh"><p>Hello</p><div style="height: 9000000px">x</div></body>';
  const page = await openSent(t, { subject: 'Tall', html: tall });
  await page.locator('iframe.body.fitted').waitFor();
  const height = () => page.locator('iframe.body').evaluate((frame) => frame.offsetHeight);
  assert.equal(await height(), 30_000);
  const full = await openSent(t, {
    subject: 'Full',
    html: '<body style="margin: 9px; height: 100vh">Hello</body>',
  });
  await full.locator('iframe.body.fitted').waitFor();
  assert.ok(
    (await full.locator('iframe.body').evaluate((frame) => frame.offsetHeight)) < SIZES.desktop.height,
  );
});

test('the copy that is measured runs nothing and opens nothing, and the shown frame has no rights', async (t) => {
  const html = '<script>document.title = "hacked"</script><a href="javascript:parent.hacked = 1">Hello</a>';
  const page = await openSent(t, { subject: 'Script', html });
  await page.locator('iframe.body.fitted').waitFor();
  const rights = await page.locator('iframe.body').getAttribute('sandbox');
  assert.equal(rights, 'allow-popups allow-popups-to-escape-sandbox');
  const address = await page.locator('iframe.body').getAttribute('src');
  const copy = await fetch(`${twelve.sandbox.url}${address}?for=measuring`);
  const policy = copy.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none'; .*; sandbox allow-same-origin$/);
  await page.goto(`${twelve.sandbox.url}${address}?for=measuring`);
  await page.getByText('Hello').click();
  assert.notEqual(await page.title(), 'hacked');
  assert.equal(page.context().pages().length, 1);
});

test('the HTML is shown at the width of a phone, a tablet and a desktop', async (t) => {
  const html = '<p>Hello</p><style>@media (max-width: 500px) { p { color: red } }</style>';
  const page = await openSent(t, { subject: 'Widths', html });
  for (const [name, width] of [
    ['Phone', 375],
    ['Tablet', 768],
    ['Desktop', 1280],
  ]) {
    await page.getByRole('link', { name, exact: true }).click();
    await page.locator(`iframe.width-${name.toLowerCase()}`).waitFor();
    assert.equal(await page.locator('iframe.body').evaluate((frame) => frame.offsetWidth), width);
    const [content, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= room, `${name} makes the page ${content} px wide`);
  }
  await page.getByRole('link', { name: 'Fit', exact: true }).click();
  await page.locator('iframe.width-fit').waitFor();
});

test('the HTML opens alone in a tab, which cannot reach the inbox', async (t) => {
  const page = await twelve.open(t, twelve.addressOf('Night report'));
  const [alone] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open alone' }).click(),
  ]);
  await alone.getByRole('heading', { name: 'Night report' }).waitFor();
  assert.equal(await alone.locator('.list').count(), 0);
  assert.deepEqual(await alone.evaluate(() => [window.opener, document.referrer, window.origin]), [
    null,
    '',
    'null',
  ]);
});

for (const size of Object.keys(SIZES)) {
  test(`opening a message or a view of it never scrolls its header away on a ${size}`, async (t) => {
    const page = await twelve.open(t, '/inbox', { size });
    const hidden = [];
    const check = async (what) => {
      const top = await topOf(page.getByRole('heading', { level: 1 }));
      const { height } = SIZES[size];
      if (top < 0 || top > height / 2) hidden.push(`${what}: ${top}`);
    };
    const { messages } = twelve.sandbox;
    for (const { id, subject } of messages) {
      const row = page.locator(`.list a[data-message="${id}"]`);
      await row.click();
      await page.locator(`main[data-open="${id}"]`).waitFor();
      await check(subject);
      if (size === 'phone') {
        await page.getByRole('link', { name: 'Messages', exact: true }).last().click();
        await row.waitFor();
      }
    }
    await page.goto(`${twelve.sandbox.url}${twelve.addressOf('4711')}`);
    for (const name of ['MIME', 'Request', 'Route', 'Headers', 'Checks', 'HTML source', 'Text']) {
      await tab(page, name).click();
      await page.locator('[role="tab"][aria-selected="true"]').filter({ hasText: name }).waitFor();
      await check(name);
    }
    assert.deepEqual(hidden, []);
  });
}

test('the views are tabs: one stop for the Tab key, and arrows between them', async (t) => {
  const page = await twelve.open(t, twelve.addressOf('4711'));
  const selected = () => page.locator('[role="tab"][aria-selected="true"]').textContent();
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await tab(page, 'HTML').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tabpanel', { name: 'Text' }).waitFor();
  assert.deepEqual([await selected(), await focused()], ['Text', 'Text']);
  await page.keyboard.press('End');
  await page.getByRole('tabpanel', { name: 'MIME' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tabpanel', { name: 'HTML', exact: true }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('tabpanel', { name: 'MIME' }).waitFor();
  await page.keyboard.press('Home');
  await page.getByRole('tabpanel', { name: 'HTML', exact: true }).waitFor();
  assert.equal(await page.getByRole('tablist').getByRole('tab').count(), 8);
  assert.equal(await page.locator('[role="tab"][tabindex="0"]').count(), 1);
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Show them');
});

test('the checks are a tab with the number of findings', async (t) => {
  const html = '<p>Hello {{name}}</p><img src="cid:gone"><a href="http://shop.example/">Shop</a>';
  const page = await openSent(t, { subject: 'Faulty', html });
  const checks = tab(page, /^Checks \d+$/);
  const [, number] = /(\d+)/.exec(await checks.textContent());
  await checks.click();
  await page.getByRole('tabpanel', { name: /Checks/ }).waitFor();
  const found = page.locator('.level-problem, .level-warning');
  assert.equal(await found.count(), Number(number));
  const text = await page.getByRole('tabpanel').textContent();
  for (const part of ['{{name}}', 'gone', 'http://shop.example/']) assert.ok(text.includes(part), part);
});

test('an invitation shows its time in the zone of the reader, its place and its people', async (t) => {
  const page = await twelve.open(t, twelve.addressOf('Invitation'), {
    timezoneId: 'America/New_York',
    locale: 'en-US',
  });
  const invitation = page.getByRole('region', { name: 'Invitation' });
  const text = (await invitation.textContent()).replace(/\s+/g, ' ');
  assert.match(text, /REQUEST/);
  assert.match(text, /Friday, December 4, 2026 at 4:00 AM to 5:30 AM \(America\/New_York\)/);
  for (const part of ['Room 4, second floor', 'Adele Vance', 'Bob Example', 'accepted']) {
    assert.ok(text.includes(part), part);
  }
  await page
    .getByRole('link', { name: /invite\.ics/ })
    .first()
    .waitFor();
});

test('a link in plain text opens a new tab, which does not learn where it came from', async (t) => {
  const canary = await startCanary(t, () => '<title>confirmed</title>');
  const page = await openSent(t, {
    subject: 'Confirm',
    text: `Confirm within an hour:\n${canary.url}/confirm?token=8c1f\n`,
  });
  const [opened] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: /confirm\?token=8c1f$/ }).click(),
  ]);
  await opened.waitForFunction(() => document.title === 'confirmed');
  assert.equal(opened.url(), `${canary.url}/confirm?token=8c1f`);
  assert.deepEqual(await opened.evaluate(() => [window.opener, document.referrer]), [null, '']);
});
