import { createSandbox, type Sandbox, type SandboxMessage } from '../../../src/sandbox';
import { MessageSearch } from '../../../src/sandbox/inbox/search';
import { visibleLine } from '../../../src/sandbox/mail/visible-text';
import { fc } from '../../support/fast-check';
import { LUNCH, send } from '../support';

const WORDS = ['order', 'Invoice', 'Ann', 'größe', 'x', '&amp;', '<b>', 'td'];
const word = fc.constantFrom(...WORDS);
const phrase = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
const mail = fc.record({
  subject: phrase,
  body: fc.record({ contentType: fc.constantFrom('html', 'text'), content: phrase }),
  to: fc.constantFrom('ann@example.com', 'order@example.com'),
});

/** Sends without a turn of the event loop in between, as a test with `handle` does. */
async function sandboxWith(mails: { subject: string; body: object; to: string }[]): Promise<Sandbox> {
  const sandbox = createSandbox();
  for (const { to, ...rest } of mails) {
    await send(sandbox, { ...rest, toRecipients: [{ emailAddress: { address: to } }] });
  }
  return sandbox;
}

/** Whether one of the texts that a search reads has the word. */
function has({ subject, to, from, body }: SandboxMessage, wanted: string): boolean {
  const shown = body.contentType === 'html' ? visibleLine(body.content) : body.content;
  const texts = [subject, shown, ...[...to, from].map(({ name, address }) => `${name} ${address}`)];
  return texts.some((text) => text.toLowerCase().includes(wanted.toLowerCase()));
}

test('a search finds what reading every message from the latest on finds, before and after they are read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(mail, { maxLength: 8 }),
      fc.array(word, { maxLength: 3 }),
      async (mails, words) => {
        const sandbox = await sandboxWith(mails);
        const search = new MessageSearch(sandbox);
        const expected = [...sandbox.messages]
          .reverse()
          .filter((each) => words.every((one) => has(each, one)));
        const query = { mailbox: '', search: words.join(' '), page: 1 };
        expect(await search.find(query)).toEqual(expected);
        expect(await search.find(query)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

describe('with thousands of messages', () => {
  const content = `<table>${'<tr><td>one &amp; two</td></tr>'.repeat(50)}</table>`;
  const mails = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      subject: `Order ${index}`,
      body: { contentType: 'html', content },
      to: 'ann@example.com',
    }));

  /** How often other work has its turn until the promise is fulfilled. */
  async function turnsDuring(promise: Promise<unknown>): Promise<number> {
    let turns = 0;
    let isDone = false;
    const count = () => {
      if (isDone) return;
      turns += 1;
      setImmediate(count);
    };
    setImmediate(count);
    await promise;
    isDone = true;
    return turns;
  }

  test('a search lets other work have its turn', async () => {
    const sandbox = await sandboxWith(mails(1500));
    const found = new MessageSearch(sandbox).find({ mailbox: '', search: 'two', page: 1 });
    expect(await turnsDuring(found)).toBeGreaterThan(5);
    expect(await found).toHaveLength(1500);
  });

  test('their texts are made as they come, so that the first search is short', async () => {
    const sandbox = createSandbox();
    const search = new MessageSearch(sandbox);
    for (const { to: _, ...rest } of mails(600)) await send(sandbox, { ...LUNCH, ...rest });
    await turnsDuring(new Promise((resolve) => setImmediate(resolve)));
    const found = search.find({ mailbox: '', search: 'two', page: 1 });
    expect(await turnsDuring(found)).toBeLessThan(3);
    expect(await found).toHaveLength(600);
  });
});
