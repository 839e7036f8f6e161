// The list of messages, with mails that make one ugly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from './support.mjs';
import { openTwelve, SIZES } from './twelve-inbox.mjs';

const twelve = openTwelve();
const row = (page, words) => page.locator('.list a').filter({ hasText: words });
const textOf = async (locator) => (await locator.textContent()).replace(/\s+/g, ' ').trim();
const rowHeight = (page) =>
  page
    .locator('.list li')
    .first()
    .evaluate((item) => item.offsetHeight);

/** Where the boxes of all matching elements begin and end, rounded. */
const boxes = (page, selector) =>
  page.locator(selector).evaluateAll((elements) =>
    elements.map((element) => {
      const { left, right } = element.getBoundingClientRect();
      return { left: Math.round(left), right: Math.round(right) };
    }),
  );

test('each row begins with who sent the mail, then the first recipient and how many more', async (t) => {
  const page = await twelve.open(t);
  assert.match(
    await textOf(row(page, 'To all sixty')),
    /^(New: )?Contoso App To: Colleague Number 1 \+59 \d\d:\d\d To all/,
  );
  assert.match(
    await textOf(row(page, 'Night report')),
    /^(New: )?Contoso Sales To: Operations \d\d:\d\d Night/,
  );
});

for (const size of Object.keys(SIZES)) {
  test(`the times stand in one column and nothing covers the number of recipients on a ${size}`, async (t) => {
    const page = await twelve.open(t, '/inbox', { size });
    const times = await boxes(page, '.list time');
    assert.equal(times.length, 12);
    assert.equal(new Set(times.map(({ right }) => right)).size, 1, 'one column');
    const [row] = await boxes(page, '.list li:first-child');
    const parts = [];
    for (const part of ['.sender', '.who', 'small', 'time']) {
      parts.push(...(await boxes(page, `.list li:first-child ${part}`)));
    }
    assert.equal(parts.length, 4);
    const edges = [row.left, ...parts.flatMap(({ left, right }) => [left, right]), row.right];
    assert.deepEqual(
      edges,
      [...edges].sort((one, other) => one - other),
      'next to each other',
    );
    assert.equal(await page.locator('.list li:first-child small').textContent(), '+59');
  });
}

test('at least eight mails fit on a laptop, a switch shows more, and the browser remembers it', async (t) => {
  const page = await twelve.open(t);
  const room = await page.locator('.list').evaluate((list) => list.clientHeight - 50);
  const comfortable = await rowHeight(page);
  assert.ok(room / comfortable >= 8, `${room / comfortable} rows`);
  await page.getByRole('button', { name: 'Compact rows' }).click();
  const compact = await rowHeight(page);
  assert.ok(room / compact >= 12, `${room / compact} rows`);
  assert.equal(await page.locator('.list .preview').first().isVisible(), false);
  await page.reload();
  await page.getByRole('button', { name: 'Comfortable rows' }).click();
  assert.equal(await rowHeight(page), comfortable);
});

test('a subject and its preview are read in their own direction', async (t) => {
  const page = await twelve.open(t);
  const directions = async (words) => [
    await row(page, words)
      .locator('.subject')
      .evaluate((element) => getComputedStyle(element).direction),
    await row(page, words)
      .locator('.preview')
      .evaluate((element) => getComputedStyle(element).direction),
  ];
  assert.deepEqual(await directions('تأكيد'), ['rtl', 'rtl']);
  assert.deepEqual(await directions('Night report'), ['ltr', 'ltr']);
  await row(page, 'تأكيد').click();
  const heading = page.getByRole('heading', { level: 1 });
  assert.equal(await heading.evaluate((element) => getComputedStyle(element).direction), 'rtl');
});

test('arrows move through the list, and Enter opens a message', async (t) => {
  const page = await twelve.open(t);
  await page.locator('.list a').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Ten files for the archive' }).waitFor();
});

test('the title counts what no one has opened, as it comes', async (t) => {
  const page = await twelve.open(t);
  const [, before = '0'] = /^(?:\((\d+)\) )?Messages$/.exec(await page.title()) ?? [];
  await send(twelve.sandbox, { subject: 'One more', text: 'Hello' });
  t.after(() => twelve.sandbox.removeMessage(twelve.sandbox.messages.at(-1).id));
  await page.waitForFunction((title) => document.title === title, `(${Number(before) + 1}) Messages`);
});

test('the title of an open message counts what came since', async (t) => {
  const page = await twelve.open(t, twelve.addressOf('Night report'));
  const count = twelve.sandbox.messages.length;
  t.after(() => {
    for (const { id } of twelve.sandbox.messages.slice(count)) twelve.sandbox.removeMessage(id);
  });
  assert.equal(await page.title(), 'Night report');
  await send(twelve.sandbox, { subject: 'First since', text: 'Hello' });
  await page.waitForFunction(() => document.title === '(1) Night report');
  await send(twelve.sandbox, { subject: 'Second since', text: 'Hello' });
  await page.waitForFunction(() => document.title === '(2) Night report');
  await row(page, 'First since').click();
  await page.waitForFunction(() => document.title === 'First since');
});

for (const [what, path] of [
  ['the list', () => '/inbox'],
  ['a message', () => twelve.addressOf('4711')],
  ['the requests', () => '/inbox/requests'],
  ['the faults', () => '/inbox/faults'],
]) {
  test(`every control next to ${what} is reached with the Tab key and shows its focus`, async (t) => {
    const page = await twelve.open(t, path());
    const controls = await page.evaluate(() => {
      // The other tabs are reached with the arrow keys.
      const all = document.querySelectorAll('a, button, input:not([type="hidden"]), select, summary');
      const shown = [...all].filter((each) => each.checkVisibility() && !each.matches('[tabindex="-1"]'));
      window.unreached = new Set(shown);
      return shown.length;
    });
    const unseen = [];
    for (let press = 0; press < controls + 20; press += 1) {
      await page.keyboard.press('Tab');
      const problem = await page.evaluate(() => {
        const { activeElement: active } = document;
        window.unreached.delete(active);
        const { outlineStyle } = getComputedStyle(active);
        const isShown = active === document.body || active.matches('iframe') || outlineStyle !== 'none';
        return isShown ? undefined : active.outerHTML.slice(0, 80);
      });
      if (problem) unseen.push(problem);
    }
    assert.deepEqual(unseen, []);
    const left = await page.evaluate(() => [...window.unreached].map((each) => each.outerHTML.slice(0, 80)));
    assert.deepEqual(left, []);
  });
}

test('a new message raises a notification once someone has asked for them', async (t) => {
  const page = await twelve.open(t, '/inbox', { permissions: ['notifications'] });
  await page.evaluate(() => {
    window.raised = [];
    const { requestPermission } = Notification;
    window.Notification = class {
      static permission = 'granted';
      static requestPermission = requestPermission.bind(Notification);
      constructor(text) {
        window.raised.push(text);
      }
    };
  });
  const count = twelve.sandbox.messages.length;
  t.after(() => {
    for (const { id } of twelve.sandbox.messages.slice(count)) twelve.sandbox.removeMessage(id);
  });
  await send(twelve.sandbox, { subject: 'Unasked', text: 'Hello' });
  await row(page, 'Unasked').waitFor();
  assert.deepEqual(await page.evaluate(() => window.raised), []);
  await page.getByRole('button', { name: 'Notify me' }).click();
  await page.getByRole('button', { name: 'Stop notifications' }).waitFor();
  await send(twelve.sandbox, { subject: 'Asked for', text: 'Hello' });
  await row(page, 'Asked for').waitFor();
  assert.deepEqual(await page.evaluate(() => window.raised), ['New message: Asked for']);
  await page.getByRole('button', { name: 'Stop notifications' }).click();
  await page.getByRole('button', { name: 'Notify me' }).waitFor();
});

test('the mailboxes next to the list are named for what they are: those that sent', async (t) => {
  const page = await twelve.open(t, '/inbox', { size: 'tablet' });
  const senders = page.getByRole('navigation', { name: 'Sent from' });
  assert.ok(await senders.getByRole('heading', { name: 'Sent from' }).isVisible());
  await senders.getByRole('link', { name: 'sales@contoso.example' }).click();
  await row(page, 'Night report').waitFor();
  assert.equal(await page.locator('.list li').count(), 1);
});
