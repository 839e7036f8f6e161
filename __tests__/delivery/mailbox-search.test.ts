import { MailboxSearch } from '../../src/delivery/mailbox-search';
import { type Fate, scriptedRequests } from '../support/scripted-requests';

const message = (id: string, parentFolderId: string | undefined, isDraft = false) => ({
  id,
  parentFolderId,
  isDraft,
  conversationId: `conversation of ${id}`,
  webLink: `https://outlook.office365.com/${id}`,
});

/** A mailbox whose search shows these messages, and whose folders have ids of their own. */
function mailboxWith(...value: object[]) {
  const asked: string[] = [];
  const { requests } = scriptedRequests(({ path }): Fate => {
    const [, folder] = /mailFolders\/(\w+)/.exec(path) ?? [];
    if (folder === undefined) return { status: 200, body: { value } };
    asked.push(folder);
    return { status: 200, body: { id: `the id of ${folder}` } };
  });
  return { asked, searchOf: (looksInOutbox: boolean) => new MailboxSearch(requests, 'app', looksInOutbox) };
}

test('a message in Outbox is found where another process may have put it there', async () => {
  const { searchOf, asked } = mailboxWith(
    message('held', 'the id of outbox'),
    message('second', 'the id of outbox'),
  );
  const { inOutbox, sent, drafts } = await searchOf(true).find('x');
  expect({ inOutbox, sent, drafts }).toEqual({
    inOutbox: { id: 'held', conversationId: 'conversation of held' },
    sent: undefined,
    drafts: [],
  });
  expect(asked).toEqual(['sentitems', 'outbox']);
});

test('elsewhere Outbox is not looked at', async () => {
  const { searchOf, asked } = mailboxWith(message('held', 'the id of outbox'));
  expect(await searchOf(false).find('x')).toMatchObject({ inOutbox: undefined, sent: undefined, drafts: [] });
  expect(asked).toEqual(['sentitems']);
});

test('drafts come in the order of their ids, each once, and what was deleted is none', async () => {
  const { searchOf } = mailboxWith(
    message('b', 'the id of drafts', true),
    message('a', 'the id of drafts', true),
    message('b', 'the id of drafts', true),
    message('deleted', 'the id of deleteditems', true),
    message('copy', 'the id of sentitems'),
    message('later copy', 'the id of sentitems'),
    message('deleted copy', 'the id of deleteditems'),
  );
  expect(await searchOf(true).find('x')).toEqual({
    drafts: ['a', 'b'],
    sent: {
      id: 'copy',
      conversationId: 'conversation of copy',
      webLink: 'https://outlook.office365.com/copy',
    },
    inOutbox: undefined,
    isPart: false,
  });
});
