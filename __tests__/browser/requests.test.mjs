// The list of requests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from './support.mjs';
import { openTwelve, SIZES } from './twelve-inbox.mjs';

const twelve = openTwelve(async (sandbox) => {
  const attachments = [{ filename: 'catalogue.pdf', content: Buffer.alloc(6_000_000, 7) }];
  await send(sandbox, { subject: 'Catalogue', text: 'Hello', attachments }, 'sales@contoso.example');
  await assert.rejects(send(sandbox, { subject: 'Refused', text: 'Hello' }, 'nobody@contoso.example'));
  sandbox.failNext('send-mail', { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' });
  await assert.rejects(send(sandbox, { subject: 'Refused', text: 'Hello' }));
});
const rows = (page) => page.locator('.requests tbody tr');

/** Chooses filters and shows what they leave. */
async function filter(page, { show, mailbox }) {
  if (show) await page.getByLabel('Show').selectOption(show);
  if (mailbox) await page.getByLabel('Mailbox').selectOption(mailbox);
  await Promise.all([
    page.waitForEvent('domcontentloaded'),
    page.getByRole('button', { name: 'Filter' }).click(),
  ]);
  return rows(page).allInnerTexts();
}

test('a filter leaves the failures, each with its fault or with the rule and its evidence', async (t) => {
  const page = await twelve.open(t, '/inbox/requests');
  const [fault, rule, ...others] = await filter(page, { show: 'failures' });
  assert.match(fault, /^403\s+POST.*sendMail.*403 ErrorSendAsDenied/s);
  assert.match(
    rule,
    /^404\s+POST.*nobody@contoso\.example.*ErrorInvalidUser\. (reported|documented|recorded): \S/s,
  );
  assert.deepEqual(others, []);
});

test('each request has its time and how long it took, in one line with its status', async (t) => {
  const page = await twelve.open(t, '/inbox/requests');
  const texts = await rows(page).allInnerTexts();
  assert.ok(texts.length > 10);
  for (const text of texts) assert.match(text, /\s\d\d:\d\d:\d\d\s+\d+ ms\s/);
  for (const size of Object.values(SIZES)) {
    await page.setViewportSize(size);
    const [status, ...others] = await rows(page)
      .first()
      .locator('td:first-child, .when')
      .evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().top)));
    assert.deepEqual(others, [status, status]);
  }
});

test('a filter leaves the requests of one mailbox', async (t) => {
  const page = await twelve.open(t, '/inbox/requests');
  const shown = await filter(page, { mailbox: 'sales@contoso.example' });
  assert.ok(shown.length >= 4);
  // The path of an upload session does not name its mailbox.
  const [ranges, others] = [/\sPUT\s/, /^(?!.*\sPUT\s).*/s].map((kind) =>
    shown.filter((text) => kind.test(text)),
  );
  assert.ok(ranges.length >= 1);
  for (const text of others) assert.match(text, /sales@contoso\.example/);
  assert.equal((await filter(page, { show: 'failures' })).length, 0);
  await page.getByText('No request matches.').waitFor();
});

test('each request of a message leads to it, those for its draft too', async (t) => {
  const page = await twelve.open(t, '/inbox/requests');
  const ofCatalogue = rows(page).filter({ has: page.getByRole('link', { name: 'Catalogue' }) });
  const texts = await ofCatalogue.allInnerTexts();
  assert.match(texts.at(0), /\/send\s/);
  assert.ok(
    texts.some((text) => /createUploadSession/.test(text)),
    'the request that opened the upload',
  );
  await ofCatalogue.first().getByRole('link').click();
  await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
});

for (const size of ['phone', 'tablet']) {
  test(`every request is read on a ${size} without scrolling sideways`, async (t) => {
    const page = await twelve.open(t, '/inbox/requests', { size });
    const cells = await page.locator('.requests td:not(:empty)').evaluateAll((all) =>
      all.map((cell) => {
        const { left, right } = cell.getBoundingClientRect();
        return [left, right, cell.scrollWidth - cell.clientWidth];
      }),
    );
    assert.ok(cells.length > 60);
    const outside = cells.filter(([left, right, cut]) => left < 0 || right > SIZES[size].width || cut > 1);
    assert.deepEqual(outside, []);
  });
}
