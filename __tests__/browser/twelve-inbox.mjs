// A sandbox with the twelve mails and a browser, for the tests of one file.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { launchBrowser, send } from './support.mjs';
import { TWELVE_MAILS } from './twelve-mails.mjs';

const { startSandbox } = createRequire(import.meta.url)('../../dist/sandbox/index.js');

export const SIZES = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1280, height: 800 },
};

/** The smallest screen on which text must still be read without scrolling sideways (WCAG 2.2, 1.4.10). */
const NARROW = { width: 320, height: 640 };

/** Starts both before the tests of the file and ends them after. `fill` sends what a test needs besides. */
export function openTwelve(fill = async () => {}) {
  const shared = {};
  before(async () => {
    shared.browser = await launchBrowser();
    shared.sandbox = await startSandbox();
    for (const mail of TWELVE_MAILS) {
      const userId = /sales@/.test(mail.from) ? 'sales@contoso.example' : undefined;
      await send(shared.sandbox, mail, userId);
    }
    await fill(shared.sandbox);
  });
  after(async () => {
    await shared.browser.close();
    await shared.sandbox.close();
  });
  return {
    get sandbox() {
      return shared.sandbox;
    },

    /** The address of the mail whose subject has these words. */
    addressOf(words, query = '') {
      const message = shared.sandbox.messages.find(({ subject }) => subject.includes(words));
      return `/inbox/messages/${encodeURIComponent(message.id)}${query}`;
    },

    /** A page in a browser of its own. An error of its script fails the test. */
    async open(t, path = '/inbox', { size = 'desktop', ...options } = {}) {
      const context = await shared.browser.newContext({ viewport: SIZES[size] ?? NARROW, ...options });
      const page = await context.newPage();
      const errors = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(`${shared.sandbox.url}${path}`);
      if (options.javaScriptEnabled !== false) await page.getByText('live', { exact: true }).waitFor();
      t.after(async () => {
        await context.close();
        assert.deepEqual(errors, []);
      });
      return page;
    },
  };
}
