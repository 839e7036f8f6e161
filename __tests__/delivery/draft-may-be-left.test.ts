import nodemailer from 'nodemailer';
import { graphTransport } from '../../src/index';
import { startSandbox } from '../../src/sandbox';

const LETTER = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann', headers: { 'X-1': 'a' } };

/** Loses the answer to the first draft, and once the message was sent those of all searches, or of those from a page on. */
async function send({ cutFromSearch }: { cutFromSearch: number }) {
  const sandbox = await startSandbox({ pageSize: 1 });
  const warnings: string[] = [];
  const seen = { creations: 0, isSent: false, searches: 0 };
  sandbox.failWith(({ request }) => {
    if (request === 'create-draft') seen.creations++;
    if (request === 'create-draft' && seen.creations === 1) return { kind: 'reset', when: 'after' };
    if (request === 'send-draft') seen.isSent = true;
    if (request !== 'find-messages' || !seen.isSent) return undefined;
    seen.searches++;
    return seen.searches < cutFromSearch ? undefined : { kind: 'reset', when: 'before' };
  });
  const quiet = () => undefined;
  const warn = (_entry: object, ...said: unknown[]) => warnings.push(said.join(' '));
  const transport = graphTransport({
    ...sandbox.options,
    format: 'mime',
    delivery: 'exactly-once',
    searchLag: 0,
    retry: { maxDelay: 1 },
    logger: { trace: quiet, debug: quiet, info: quiet, warn, error: quiet, fatal: quiet },
  });
  try {
    const info = await nodemailer.createTransport(transport).sendMail(LETTER);
    return { info, drafts: sandbox.drafts.length, sent: sandbox.messages.length, warnings: warnings.join() };
  } finally {
    await transport.close();
    await sandbox.close();
  }
}

test('a message whose lost draft could not be looked for is sent, and says that a draft may be left', async () => {
  const { info, drafts, sent, warnings } = await send({ cutFromSearch: 1 });
  expect({ drafts, sent }).toEqual({ drafts: 1, sent: 1 });
  expect(info.draftMayBeLeft).toBe(true);
  expect(warnings).toContain('may be left in Drafts');
});

test('a message whose lost draft is found and deleted does not say so', async () => {
  const { info, drafts, sent, warnings } = await send({ cutFromSearch: Number.POSITIVE_INFINITY });
  expect({ drafts, sent }).toEqual({ drafts: 0, sent: 1 });
  expect(info).not.toHaveProperty('draftMayBeLeft');
  expect(warnings).not.toContain('may be left in Drafts');
});

test('what a search showed before it was cut is cleaned up all the same', async () => {
  const { drafts, sent } = await send({ cutFromSearch: 3 });
  expect({ drafts, sent }).toEqual({ drafts: 0, sent: 1 });
});
