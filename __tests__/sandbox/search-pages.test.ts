import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, LUNCH, makeDraft } from './support';

const KEYED = { ...LUNCH, internetMessageId: '<lunch@contoso.example>' };
const BY_KEY = "internetMessageId eq '<lunch@contoso.example>'";

/** Follows the links of a search, and tells the subjects of each page. */
async function pages(sandbox: Sandbox, place = 'messages', query: Record<string, string> = {}) {
  const read: string[][] = [];
  let path = `${place}?${new URLSearchParams({ $filter: BY_KEY, ...query })}`;
  while (path !== '') {
    const answer = await (await ask(sandbox, 'GET', path)).json();
    read.push(answer.value.map(({ subject }: { subject: string }) => subject));
    const link: string = answer['@odata.nextLink'] ?? '';
    path = link.replace('https://graph.microsoft.com/v1.0/users/app%40contoso.example/', '');
  }
  return read;
}

async function withDrafts(count: number, options = {}) {
  const sandbox = createSandbox(options);
  for (let number = 1; number <= count; number += 1) {
    await makeDraft(sandbox, { ...KEYED, subject: `${number}` });
  }
  return sandbox;
}

describe('the pages of a search', () => {
  test('are of the size that is asked for, ten by default', async () => {
    const sandbox = await withDrafts(3);
    expect(await pages(sandbox)).toEqual([['3', '2', '1']]);
    expect(await pages(sandbox, 'messages', { $top: '2' })).toEqual([['3', '2'], ['1']]);
    expect(await pages(sandbox, 'messages', { $top: '3' })).toEqual([['3', '2', '1']]);
  });

  test.each(['messages', 'mailFolders/drafts/messages'])(
    'of %s are no larger than pageSize',
    async (place) => {
      const sandbox = await withDrafts(3, { pageSize: 1 });
      expect(await pages(sandbox, place)).toEqual([['3'], ['2'], ['1']]);
      expect(await pages(sandbox, place, { $top: '50' })).toEqual([['3'], ['2'], ['1']]);
    },
  );

  test('of a folder lead on in that folder', async () => {
    const sandbox = await withDrafts(2, { pageSize: 1 });
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox, KEYED)}/send`);
    expect(await pages(sandbox, 'mailFolders/sentitems/messages')).toEqual([[LUNCH.subject]]);
    expect(await pages(sandbox, 'mailFolders/drafts/messages')).toEqual([['2'], ['1']]);
  });

  test.each(['messages', 'mailFolders/drafts/messages'])('of %s may be empty and lead on', async (place) => {
    const sandbox = await withDrafts(2, { pageSize: 1, emptyPages: true });
    expect(await pages(sandbox, place)).toEqual([[], ['2'], ['1'], []]);
    sandbox.clear();
    expect(await pages(sandbox, place)).toEqual([[], []]);
  });
});
