// Screenshots of the pages with twelve awkward mails, at common widths and in both colour schemes. SCREENSHOTS names
// the folder for them.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { send } from './support.mjs';
import { openTwelve, SIZES } from './twelve-inbox.mjs';

const twelve = openTwelve(sendMore);
const folder = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'inbox-'));
mkdirSync(folder, { recursive: true });

/** What fills the other pages: a draft with uploads, refused requests, faults. */
async function sendMore(sandbox) {
  await send(
    sandbox,
    {
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
  const message = { subject: 'Refused', text: 'Hello' };
  await assert.rejects(send(sandbox, message, 'nobody@contoso.example'));
  sandbox.failNext('send-mail', { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' });
  await assert.rejects(send(sandbox, message));
  sandbox.failNext(
    'send-mail',
    { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 2 },
    { times: 3 },
  );
  sandbox.failNext('token', { kind: 'answer', status: 401, code: 'invalid_client', aadsts: 7000222 });
}
after(() => console.log(`Screenshots are in ${folder}`));

/** The pages by name: each mail, each view of one of them, and the rest. */
function pages() {
  const mails = twelve.sandbox.messages.map(({ id }, index) => [
    `mail-${String(index + 1).padStart(2, '0')}`,
    `/inbox/messages/${encodeURIComponent(id)}`,
  ]);
  const views = ['text', 'source', 'checks', 'headers', 'route', 'request', 'mime'].map((view) => [
    view,
    twelve.addressOf('4711', `?show=${view}`),
  ]);
  return {
    list: '/inbox',
    ...Object.fromEntries([...mails, ...views]),
    uploads: twelve.addressOf('catalogue', '?show=route'),
    invitation: twelve.addressOf('Invitation', '?show=mime'),
    search: '/inbox?q=nothing+at+all',
    drafts: '/inbox/drafts',
    requests: '/inbox/requests',
    failures: '/inbox/requests?show=failures',
    faults: '/inbox/faults',
    connect: '/inbox/connect',
    missing: '/inbox/nowhere',
  };
}

/** Text of the page that a reader cannot see without scrolling sideways. In a row of the list, names may end in dots. */
function cutTexts() {
  const isShortened = (element) =>
    element.matches('.list .sender, .list .who, .list .subject, .list .preview');
  const isScrolled = (element) => element.matches('.across');
  const cut = [...document.body.querySelectorAll('*')]
    .filter((element) => element.checkVisibility() && !element.closest('.hidden, .skip, select, svg'))
    .filter((element) => getComputedStyle(element).display !== 'inline')
    .filter((element) => element.scrollWidth > element.clientWidth + 1)
    .filter((element) => !isShortened(element) && !isScrolled(element))
    .filter((element) => getComputedStyle(element).overflowX !== 'visible')
    .filter((element) => !element.matches('.brand-name'))
    .map((element) => `${element.tagName} ${element.className}: ${element.textContent.trim().slice(0, 40)}`);
  const search = document.getElementById('search');
  const brush = document.createElement('canvas').getContext('2d');
  const { font, paddingLeft, paddingRight } = getComputedStyle(search);
  brush.font = font;
  const room = search.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  const isHidden = !search.checkVisibility();
  return isHidden || brush.measureText(search.placeholder).width <= room ? cut : [...cut, search.placeholder];
}

for (const size of ['narrow', ...Object.keys(SIZES)]) {
  for (const colorScheme of size === 'narrow' ? ['light'] : ['light', 'dark']) {
    test(`every page fits a ${size} screen in ${colorScheme} colours`, async (t) => {
      const page = await twelve.open(t, '/inbox', { size, colorScheme });
      const tooWide = [];
      for (const [place, path] of Object.entries(pages())) {
        await page.goto(`${twelve.sandbox.url}${path}`);
        await page.getByText('live', { exact: true }).waitFor();
        if (await page.locator('iframe.body').count()) await page.locator('iframe.body.fitted').waitFor();
        await page.screenshot({ path: join(folder, `${size}-${colorScheme}-${place}.png`) });
        const [content, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        if (content > room) tooWide.push(`${place}: ${content} in ${room}`);
        // On a phone, the senders and some tables scroll sideways.
        if (['phone', 'narrow'].includes(size)) continue;
        tooWide.push(...(await page.evaluate(cutTexts)).map((text) => `${place} cuts ${text}`));
      }
      assert.deepEqual(tooWide, []);
    });
  }
}

test('touch targets on a phone are large enough, and typing does not zoom the page', async (t) => {
  const page = await twelve.open(t, '/inbox', { size: 'phone', hasTouch: true });
  const small = [];
  for (const [place, path] of Object.entries(pages())) {
    await page.goto(`${twelve.sandbox.url}${path}`);
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
