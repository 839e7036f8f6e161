// The inbox as people use it, in a real browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launchBrowser, send, sendMany } from './support.mjs';

const { startSandbox } = createRequire(import.meta.url)('../../dist/sandbox/index.js');

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** A sandbox and its page. Any error on the page fails the test. */
async function openInbox(t, options = {}, path = '/inbox') {
  const sandbox = await startSandbox(options.sandbox);
  for (const message of options.messages ?? []) await send(sandbox, message);
  const context = await browser.newContext(options.context);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${sandbox.url}${path}`);
  t.after(async () => {
    await context.close();
    await sandbox.close();
    assert.deepEqual(complaints, []);
  });
  return { sandbox, page };
}

const subjects = (page) => page.locator('.list .subject').allInnerTexts();
const isLive = (page) => page.getByText('live', { exact: true }).waitFor();

test('a message appears by itself, is announced, and opens next to the list', async (t) => {
  const { sandbox, page } = await openInbox(t, { messages: [{ subject: 'First', text: 'One' }] });
  await isLive(page);
  await send(sandbox, { subject: 'Second', text: 'Two' });
  await page.getByText('2 messages', { exact: true }).waitFor();
  assert.deepEqual(await page.locator('#news').textContent(), 'New message: Second');
  await page.getByRole('link', { name: /Second/ }).click();
  await page.getByRole('heading', { name: 'Second' }).waitFor();
  assert.equal(await page.locator('main pre').textContent(), 'Two\n');
  assert.equal(await page.title(), 'Second');
  assert.match(page.url(), /\/inbox\/messages\//);
  assert.equal(await page.locator('.list a.new').count(), 1);
  assert.equal(await page.locator('.list a[aria-current]').count(), 1);

  await page.goBack();
  await page.getByText('Choose a message.').waitFor();
  await page.goForward();
  await page.getByRole('heading', { name: 'Second' }).waitFor();
});

test('the open message stays open while others arrive and go', async (t) => {
  const { sandbox, page } = await openInbox(t, { messages: [{ subject: 'First', text: 'One' }] });
  await page.getByRole('link', { name: /First/ }).click();
  await page.getByRole('tab', { name: 'Headers' }).click();
  await page.getByText('toRecipients').waitFor();
  await isLive(page);
  await send(sandbox, { subject: 'Second', text: 'Two' });
  await page.getByText('2 messages', { exact: true }).waitFor();
  assert.ok(await page.getByText('toRecipients').isVisible());
  assert.equal(
    await page
      .locator('.list a[aria-current]')
      .textContent()
      .then((text) => text.includes('First')),
    true,
  );
  sandbox.removeMessage(sandbox.messages[1].id);
  await page.getByText('1 message', { exact: true }).waitFor();
});

test('everything works by keyboard', async (t) => {
  const messages = ['One', 'Two', 'Three'].map((subject) => ({ subject, text: subject }));
  const { sandbox, page } = await openInbox(t, { messages });
  const heading = (name) => page.getByRole('heading', { name, exact: true }).waitFor();
  await isLive(page);

  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await heading('Three');

  await page.keyboard.press('j');
  await heading('Two');
  await page.keyboard.press('j');
  await heading('One');
  await page.keyboard.press('k');
  await heading('Two');
  // The page may ask once more for what is just being deleted, and the console tells of the 404.
  page.removeAllListeners('console');
  await page.keyboard.press('Delete');
  await page.waitForURL(/\/inbox$/);
  await isLive(page);
  await page.getByText('2 messages', { exact: true }).waitFor();
  assert.deepEqual(
    sandbox.messages.map(({ subject }) => subject),
    ['One', 'Three'],
  );

  await page.keyboard.press('/');
  await page.keyboard.type('subject:one');
  await page.keyboard.press('Enter');
  await page.getByText('1 found for').waitFor();
  await isLive(page);
  assert.deepEqual(await subjects(page), ['One']);
  await page.keyboard.press('j');
  await heading('One');
  await page.keyboard.press('Escape');
  await page.getByText('Choose a message.').waitFor();
  assert.match(page.url(), /\?q=subject/);
});

test('deleting all asks first', async (t) => {
  const messages = ['One', 'Two'].map((subject) => ({ subject, text: subject }));
  const { sandbox, page } = await openInbox(t, { messages });
  assert.equal(await page.getByRole('button', { name: 'Yes, delete 2 messages' }).isVisible(), false);
  await page.getByText('Delete all').click();
  await page.getByRole('button', { name: 'Yes, delete 2 messages' }).click();
  await page.getByText('Nothing has been sent yet.').waitFor();
  assert.equal(sandbox.messages.length, 0);
});

test('unfolded parts and the focus stay when something arrives', async (t) => {
  const messages = ['One', 'Two'].map((subject) => ({ subject, text: subject }));
  const { sandbox, page } = await openInbox(t, { messages });
  await isLive(page);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.getByText('Delete all').click();
  await page.getByRole('button', { name: 'Yes, delete 2 messages' }).focus();
  await send(sandbox, { subject: 'Three', text: 'Three' });
  await page.getByRole('button', { name: 'Yes, delete 3 messages' }).waitFor();
  assert.equal(await focused(), 'Yes, delete 3 messages');

  await page.getByRole('link', { name: /Two/ }).focus();
  await send(sandbox, { subject: 'Four', text: 'Four' });
  await page.getByText('4 messages', { exact: true }).waitFor();
  assert.match(await focused(), /Two/);
});

test('files and the message itself are saved under their names', async (t) => {
  const attachments = [{ filename: 'Übersicht.html', content: '<script>alert(1)</script>' }];
  const { page } = await openInbox(t, { messages: [{ subject: 'Files', text: 'Hello', attachments }] });
  await page.getByRole('link', { name: /Files/ }).click();
  const save = async (link) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: link }).click(),
    ]);
    return [download.suggestedFilename(), await readFile(await download.path(), 'utf8')];
  };
  assert.deepEqual(await save(/Übersicht/), ['Übersicht.html', '<script>alert(1)</script>']);
  const [name, eml] = await save('Open .eml');
  assert.equal(name, 'Files.eml');
  assert.match(eml, /\r\nSubject: Files\r\n/);
  assert.match(page.url(), /\/inbox\/messages\//);
});

test('an inline image is shown without a request', async (t) => {
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
  const attachments = [{ filename: 'logo.png', cid: 'logo@x', content: Buffer.from(pixel, 'base64') }];
  const html = '<img id="logo" src="cid:logo@x" alt="">';
  const { page } = await openInbox(t, { messages: [{ subject: 'Logo', html, attachments }] });
  await page.getByRole('link', { name: /Logo/ }).click();
  const image = page.frameLocator('iframe.body').locator('#logo');
  await image.waitFor();
  assert.equal(await image.evaluate((element) => element.naturalWidth), 1);
});

test('a fault that is armed on the page hits the next message, and the page shows it', async (t) => {
  const { sandbox, page } = await openInbox(t, {}, '/inbox/faults');
  await isLive(page);
  await page.getByLabel('What goes wrong').selectOption({ label: '403 ErrorSendAsDenied: another From' });
  await page.getByRole('button', { name: 'Arm' }).first().click();
  await page.getByText('403 ErrorSendAsDenied', { exact: false }).first().waitFor();
  await page.getByText('1 fault armed').waitFor();
  await isLive(page);
  await assert.rejects(send(sandbox, { subject: 'Denied', text: 'Hello' }), {
    graphCode: 'ErrorSendAsDenied',
  });
  await page.getByText('Nothing is armed').waitFor();
});

test('a fault is disarmed on the page', async (t) => {
  const { sandbox, page } = await openInbox(t, {}, '/inbox/faults');
  await isLive(page);
  sandbox.failNext('send-mail', { kind: 'silence' }, { times: 2 });
  await page.getByRole('button', { name: 'Disarm' }).click();
  await page.getByText('Nothing is armed').waitFor();
  await send(sandbox, { subject: 'Fine', text: 'Hello' });
});

test('typed text stays when something changes meanwhile', async (t) => {
  const { sandbox, page } = await openInbox(t, {}, '/inbox/faults');
  await isLive(page);
  await page.getByLabel('Message', { exact: true }).fill('My own words');
  sandbox.failNext('send-mail', { kind: 'silence' });
  await page.getByText('1 fault armed').waitFor();
  assert.equal(await page.getByLabel('Message', { exact: true }).inputValue(), 'My own words');
});

test('a click copies the variables for an app', async (t) => {
  const context = { permissions: ['clipboard-read', 'clipboard-write'] };
  const { sandbox, page } = await openInbox(t, { context }, '/inbox/connect');
  await page.getByRole('button', { name: 'Copy' }).first().click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, new RegExp(`^AZURE_TENANT_ID=.*\nGRAPH_ENDPOINT=${sandbox.url}$`, 's'));
});

test('the inbox works without its script', async (t) => {
  const context = { javaScriptEnabled: false };
  const messages = [
    { subject: 'One', html: '<p>Hello Ann</p>' },
    { subject: 'Two', text: 'Hello Bob' },
  ];
  const { sandbox, page } = await openInbox(t, { context, messages });
  await page.getByRole('link', { name: /One/ }).click();
  await page.frameLocator('iframe.body').getByText('Hello Ann').waitFor();
  await page.getByRole('tab', { name: 'HTML source' }).click();
  await page.getByText('<p>Hello Ann</p>').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('1 message', { exact: true }).waitFor();
  await page.getByRole('searchbox').fill('bob');
  await page.getByRole('searchbox').press('Enter');
  await page.getByText('1 found for').waitFor();
  assert.equal(sandbox.messages.length, 1);
});

test('a page says so when the sandbox is gone', async (t) => {
  const { sandbox, page } = await openInbox(t);
  await isLive(page);
  page.removeAllListeners('console');
  await sandbox.close();
  await page.getByText('not connected').waitFor();
});

test('a thousand messages arrive on an open page, and it stays quick', async (t) => {
  const { sandbox, page } = await openInbox(t);
  await isLive(page);
  await sendMany(sandbox, 1000);
  await page.getByText('1000 messages', { exact: true }).waitFor();
  assert.equal((await subjects(page)).length, 100);
  const size = await page.evaluate(async () => (await (await fetch('/inbox')).text()).length);
  assert.ok(size < 150_000, `the page has ${size} characters`);
  const asked = await page.evaluate(
    () => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/inbox')).length,
  );
  assert.ok(asked < 100, `${asked} requests for 1,000 messages`);
  await page.getByRole('searchbox').fill('to:user777@');
  await page.getByRole('searchbox').press('Enter');
  await page.getByText('1 found for').waitFor();
  assert.deepEqual(await subjects(page), ['Message 777']);
  await page.getByRole('link', { name: /Message 777/ }).click();
  await page.frameLocator('iframe.body').getByText('Number 777 of 1000').waitFor();
});
