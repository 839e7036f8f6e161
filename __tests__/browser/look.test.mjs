// Screenshots of the pages, at common widths and in both colour schemes.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser, send } from './support.mjs';

const { startSandbox } = createRequire(import.meta.url)('../../dist/sandbox/index.js');

const WIDTHS = { narrow: 320, phone: 390, tablet: 820, desktop: 1280 };
const LOGO =
  'data:image/svg+xml;base64,' +
  Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="34"><rect width="120" height="34" rx="6" fill="#1d3557"/><text x="14" y="23" font-family="sans-serif" font-weight="700" font-size="16" fill="#fff">CONTOSO</text></svg>',
  ).toString('base64');

let browser;
let sandbox;
let folder;

before(async () => {
  browser = await launchBrowser();
  folder = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'inbox-'));
  mkdirSync(folder, { recursive: true });
  sandbox = await startSandbox();
  await fillMailboxes();
});

after(async () => {
  await browser.close();
  await sandbox.close();
  console.log(`Screenshots are in ${folder}`);
});

async function fillMailboxes() {
  await send(
    sandbox,
    {
      from: 'Contoso Sales <sales@contoso.example>',
      to: 'Carl Fabrikam <carl@fabrikam.example>',
      subject: 'The catalogue you asked for',
      html: '<p>Dear Carl,</p><p>here it is, all 6 MB of it.</p>',
      attachments: [
        { filename: 'catalogue.pdf', content: Buffer.alloc(6_000_000, 7) },
        { filename: 'prices.csv', content: 'article;price\n1;2\n' },
      ],
    },
    'sales@contoso.example',
  );
  await send(sandbox, {
    to: 'Dora <dora@example.com>',
    subject: 'Reset your password',
    text: 'Follow this link within an hour:\n\nhttps://shop.contoso.example/reset?token=8c1f\n',
    priority: 'high',
  });
  await send(sandbox, {
    to: 'Ann Example <ann@example.com>, bob@example.com, carl@example.com',
    bcc: 'audit@contoso.example',
    subject: 'Invitation: planning for the third quarter, with everybody from both offices',
    text: 'We meet on Friday at ten.',
    icalEvent: {
      method: 'REQUEST',
      content: 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n',
    },
  });
  for (const [name, week] of [
    ['Frank', 46],
    ['Grace', 46],
    ['Heidi', 47],
  ]) {
    const html = `<h2>Week ${week}</h2><p>Hello ${name}, three of your orders were shipped this week.</p>`;
    await send(sandbox, {
      to: `${name} <${name.toLowerCase()}@example.com>`,
      subject: `Your week ${week}`,
      html,
    });
  }
  await send(sandbox, {
    to: 'Ann Example <ann@example.com>',
    cc: 'Bob Example <bob@example.com>',
    bcc: 'audit@contoso.example',
    subject: 'Your order 4711 has been shipped',
    inReplyTo: '<order-4711@example.com>',
    headers: { 'X-Order': '4711' },
    html: `<div style="font-family: sans-serif; max-width: 32rem; line-height: 1.5">
      <img src="${LOGO}" alt="Contoso">
      <h1 style="font-size: 1.4rem; color: #1d3557">Thank you, Ann!</h1>
      <p>Your order <b>4711</b> left our warehouse this morning and should be with you on <b>Thursday</b>.</p>
      <table style="border-collapse: collapse; width: 100%">
        <tr><td style="padding: 6px 0; border-bottom: 1px solid #ddd">Espresso cups, set of four</td><td style="text-align: right; border-bottom: 1px solid #ddd">24.00</td></tr>
        <tr><td style="padding: 6px 0; border-bottom: 1px solid #ddd">Milk jug, 0.3 litres</td><td style="text-align: right; border-bottom: 1px solid #ddd">11.50</td></tr>
        <tr><td style="padding: 6px 0"><b>Total</b></td><td style="text-align: right"><b>35.50</b></td></tr></table>
      <p><a style="display: inline-block; padding: 8px 16px; border-radius: 6px; background: #1d3557; color: #fff; text-decoration: none" href="https://shop.contoso.example/orders/4711">Follow your parcel</a></p>
      <img src="https://tracker.example/open.gif" width="1" height="1" alt=""></div>`,
    attachments: [
      { filename: 'invoice-4711.pdf', content: Buffer.alloc(48_000, 1) },
      { filename: 'terms.pdf', content: Buffer.alloc(121_000, 1) },
    ],
  });
  sandbox.failNext(
    'send-mail',
    { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 2 },
    { times: 3 },
  );
  sandbox.failNext('token', { kind: 'answer', status: 401, code: 'invalid_client', aadsts: 7000222 });
}

function pages() {
  const id = (subject) =>
    encodeURIComponent(sandbox.messages.find((message) => message.subject.includes(subject)).id);
  return {
    list: '/inbox',
    message: `/inbox/messages/${id('4711')}`,
    headers: `/inbox/messages/${id('4711')}?show=headers`,
    request: `/inbox/messages/${id('4711')}?show=request`,
    route: `/inbox/messages/${id('catalogue')}?show=route`,
    mime: `/inbox/messages/${id('Invitation')}?show=mime`,
    search: '/inbox?q=nothing+at+all',
    drafts: '/inbox/drafts',
    requests: '/inbox/requests',
    faults: '/inbox/faults',
    connect: '/inbox/connect',
    missing: '/inbox/nowhere',
  };
}

for (const [name, width] of Object.entries(WIDTHS)) {
  // What fits in one scheme fits in the other; these two sizes are the ones to look at.
  for (const colorScheme of ['phone', 'desktop'].includes(name) ? ['light', 'dark'] : ['light']) {
    test(`every page fits a ${name} screen in ${colorScheme} colours`, async (t) => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      t.after(() => context.close());
      const page = await context.newPage();
      const tooWide = [];
      for (const [place, path] of Object.entries(pages())) {
        await page.goto(`${sandbox.url}${path}`);
        await page.getByText('live', { exact: true }).waitFor();
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${place}.png`) });
        const [content, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        if (content > room) tooWide.push(`${place}: ${content} in ${room}`);
      }
      assert.deepEqual(tooWide, []);
    });
  }
}

test('touch targets on a phone are large enough, and typing does not zoom the page', async (t) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true });
  t.after(() => context.close());
  const page = await context.newPage();
  const small = [];
  for (const [place, path] of Object.entries(pages())) {
    await page.goto(`${sandbox.url}${path}`);
    const found = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          'a, button, input:not([type="hidden"], [type="checkbox"]), select, summary',
        ),
      ]
        .filter((element) => element.checkVisibility() && !element.matches('.skip, p a, td a'))
        .filter((element) => {
          const { width, height } = element.getBoundingClientRect();
          const isZoomed =
            element.matches('input, select') && Number.parseFloat(getComputedStyle(element).fontSize) < 16;
          return width < 24 || height < 24 || isZoomed;
        })
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    small.push(...found.map((element) => `${place}: ${element}`));
  }
  assert.deepEqual(small, []);
});
