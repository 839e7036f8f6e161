import { findMessages, folderId, toMailboxMessage } from '../../src/delivery/find-messages';
import { MailboxSearch } from '../../src/delivery/mailbox-search';
import { hasDraftMark, hasMark, hasMessageId, unfinished } from '../../src/delivery/message-mark';
import { type Fate, type SeenRequest, scriptedRequests } from '../support/scripted-requests';

const GRAPH = 'https://graph.microsoft.com';

/** A page of messages with these ids, and the link to the next one. */
const page = (ids: string[], next?: string): Fate => ({
  status: 200,
  body: { value: ids.map((id) => ({ id })), ...(next && { '@odata.nextLink': next }) },
});
const pageOf = ({ path }: SeenRequest) => Number(new URL(path, GRAPH).searchParams.get('$skip') ?? 1);
const link = (number: number) => `${GRAPH}/v1.0/users/app/messages?$skip=${number}`;
const idsOf = ({ messages }: { messages: { id: string }[] }) => messages.map(({ id }) => id);

describe('a search', () => {
  test('asks all folders for what it needs of each message, fifty at a time', async () => {
    const { requests, seen } = scriptedRequests(() => page(['1']));
    await findMessages(requests, 'app@b.example', "subject eq 'a'");
    const url = new URL(seen[0]?.path ?? '', GRAPH);
    expect(seen).toMatchObject([{ method: 'GET' }]);
    expect(url.pathname).toBe('/v1.0/users/app%40b.example/messages');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      $filter: "subject eq 'a'",
      $select: 'id,isDraft,parentFolderId,conversationId,webLink',
      $top: '50',
    });
  });

  test('asks one folder, and for times and Message-IDs, if it is to', async () => {
    const { requests, seen } = scriptedRequests(() => page(['1']));
    await findMessages(requests, 'app', 'x', { folder: 'sentitems', withTime: true });
    const url = new URL(seen[0]?.path ?? '', GRAPH);
    expect(url.pathname).toBe('/v1.0/users/app/mailFolders/sentitems/messages');
    expect(url.searchParams.get('$select')).toBe(
      'id,isDraft,parentFolderId,conversationId,webLink,sentDateTime,internetMessageId',
    );
  });

  test('of one page is made once', async () => {
    const { requests, seen } = scriptedRequests(() => page(['1', '2']));
    const found = await findMessages(requests, 'app', 'x');
    expect([idsOf(found), found.isPart]).toEqual([['1', '2'], false]);
    expect(seen).toHaveLength(1);
  });

  test('of several pages is read until two readings agree', async () => {
    let readings = 0;
    const { requests, seen } = scriptedRequests((request) => {
      if (pageOf(request) === 2) return page([readings === 1 ? '2' : '3']);
      readings++;
      return page(['1'], link(2));
    });
    const found = await findMessages(requests, 'app', 'x');
    expect([idsOf(found), found.isPart]).toEqual([['1', '3'], false]);
    expect(seen).toHaveLength(6);
  });

  test('of a mailbox that changes all the time comes to an end', async () => {
    let asked = 0;
    const { requests, seen } = scriptedRequests((request) =>
      pageOf(request) === 2 ? page([`${asked++}`]) : page(['1'], link(2)),
    );
    await findMessages(requests, 'app', 'x');
    expect(seen).toHaveLength(20);
  });

  test('that has pages without end is given up', async () => {
    const { requests, seen } = scriptedRequests((request) => page([], link(pageOf(request) + 1)));
    await expect(findMessages(requests, 'app', 'x')).rejects.toMatchObject({ code: 'ECONNECTION' });
    expect(seen).toHaveLength(1000);
  });

  test('follows a link within Graph, whatever host it names, and reads pages that are empty', async () => {
    const { requests, seen } = scriptedRequests((request) =>
      pageOf(request) === 1 ? page([], 'https://elsewhere.example/v1.0/x?$skip=2&a=%20b') : page(['2']),
    );
    expect(idsOf(await findMessages(requests, 'app', 'x'))).toEqual(['2']);
    expect(seen[1]?.path).toBe('/v1.0/x?$skip=2&a=%20b');
  });

  test('takes a link that is null for none', async () => {
    const { requests } = scriptedRequests(() => ({
      status: 200,
      body: { value: [{ id: '1' }], '@odata.nextLink': null },
    }));
    expect(idsOf(await findMessages(requests, 'app', 'x'))).toEqual(['1']);
  });

  test.each([
    ['no list', { value: 'x' }],
    ['a message without id', { value: [{ subject: 'x' }] }],
    ['an id that leads elsewhere', { value: [{ id: '..' }] }],
    ['a link that is none', { value: [], '@odata.nextLink': 'next' }],
    ['a link that is a number', { value: [], '@odata.nextLink': 2 }],
    ['no JSON', '{"value":['],
  ])('is made again if the answer has %s, and in the end asks for a proxy', async (_, body) => {
    const { requests, seen } = scriptedRequests(() => ({ status: 200, body }));
    await expect(findMessages(requests, 'app', 'x')).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringMatching(/^The answer of Graph breaks off, or is not one of Graph's\./),
      hint: expect.stringContaining('Is there a proxy or gateway in between?'),
    });
    expect(seen).toHaveLength(3);
  });

  test('waits for a mailbox that is not found yet, but not for one that does not exist', async () => {
    const saying = (status: number, code: string) => ({ status, body: { error: { code, message: code } } });
    let asked = 0;
    const passing = scriptedRequests(() => (++asked < 3 ? saying(404, 'ErrorItemNotFound') : page(['1'])));
    expect(idsOf(await findMessages(passing.requests, 'app', 'x'))).toEqual(['1']);
    const missing = scriptedRequests(() => saying(404, 'ErrorInvalidUser'));
    await expect(findMessages(missing.requests, 'app', 'x')).rejects.toMatchObject({
      graphCode: 'ErrorInvalidUser',
      message: expect.stringContaining('Graph did not accept the search for the message'),
    });
    expect(missing.seen).toHaveLength(1);
  });
});

describe('a search for clean-up', () => {
  const cutAt = (cut: (request: SeenRequest, asked: number) => boolean) => {
    let asked = 0;
    return scriptedRequests((request) => {
      if (cut(request, ++asked)) return { status: 403 };
      const number = pageOf(request);
      return page([`${number}`], number < 3 ? link(number + 1) : undefined);
    });
  };

  test('uses the pages that it could read, and says that there may be more', async () => {
    const { requests } = cutAt((request) => pageOf(request) === 3);
    const found = await findMessages(requests, 'app', 'x', { mode: 'clean-up' });
    expect([idsOf(found), found.isPart]).toEqual([['1', '2'], true]);
  });

  test('uses its first reading if the second fails', async () => {
    const { requests } = cutAt((_, asked) => asked > 3);
    const found = await findMessages(requests, 'app', 'x', { mode: 'clean-up' });
    expect([idsOf(found), found.isPart]).toEqual([['1', '2', '3'], true]);
  });

  test('fails if it could read nothing', async () => {
    const { requests } = cutAt(() => true);
    await expect(findMessages(requests, 'app', 'x', { mode: 'clean-up' })).rejects.toMatchObject({
      responseCode: 403,
    });
  });

  test.each([[1], [3], [4]])(
    'that is a step is not done with less: its request %s fails',
    async (failing) => {
      const { requests } = cutAt((_, asked) => asked === failing);
      await expect(findMessages(requests, 'app', 'x')).rejects.toMatchObject({ responseCode: 403 });
    },
  );

  test('is made even after an abort', async () => {
    const { requests } = scriptedRequests(() => page(['1']), { signal: AbortSignal.abort() });
    expect(idsOf(await findMessages(requests, 'app', 'x', { mode: 'clean-up' }))).toEqual(['1']);
    await expect(findMessages(requests, 'app', 'x')).rejects.toMatchObject({ code: 'EABORT' });
  });
});

test('the id of a folder is asked for alone', async () => {
  const { requests, seen } = scriptedRequests(() => ({ status: 200, body: { id: 'id-of-drafts' } }));
  expect(await folderId(requests, 'app', 'drafts')).toBe('id-of-drafts');
  expect(seen[0]?.path).toBe('/v1.0/users/app/mailFolders/drafts?$select=id');
  const refused = scriptedRequests(() => ({ status: 403 }));
  await expect(folderId(refused.requests, 'app', 'drafts')).rejects.toThrow(
    'the request for the folder drafts',
  );
});

describe('of a message it is known', () => {
  test('what the service tells', () => {
    expect(
      toMailboxMessage({
        id: '1',
        isDraft: false,
        parentFolderId: 'f',
        internetMessageId: '<a@b>',
        conversationId: 'c',
        webLink: 'https://outlook.example/1',
        sentDateTime: '2026-11-23T10:00:00Z',
      }),
    ).toEqual({
      id: '1',
      isDraft: false,
      folder: 'f',
      messageId: '<a@b>',
      conversationId: 'c',
      webLink: 'https://outlook.example/1',
      sentAt: Date.UTC(2026, 10, 23, 10),
    });
  });

  test.each([
    ['missing', {}],
    [
      'empty',
      { parentFolderId: '', internetMessageId: '', conversationId: '', webLink: '', sentDateTime: '' },
    ],
    [
      'of another type',
      { parentFolderId: 1, internetMessageId: 2, conversationId: 3, webLink: 4, sentDateTime: 5 },
    ],
    ['of no use', { internetMessageId: '<>', sentDateTime: 'yesterday' }],
    ['not in its form', { internetMessageId: 'a <a@b>' }],
    ['cut off', { internetMessageId: '<a@b> b' }],
  ])('nothing that is %s, and a message of unknown kind counts as a draft', (_, value) => {
    expect(toMailboxMessage({ id: '1', ...value })).toEqual({
      id: '1',
      isDraft: true,
      folder: undefined,
      messageId: undefined,
      conversationId: undefined,
      webLink: undefined,
      sentAt: undefined,
    });
  });
});

describe('a mailbox shows of a message', () => {
  const draft = (id: string, folder?: string) => ({ id, isDraft: true, parentFolderId: folder });
  const sent = (id: string, folder?: string) => ({
    id,
    isDraft: false,
    parentFolderId: folder,
    conversationId: `conversation of ${id}`,
    webLink: `https://outlook.example/${id}`,
  });
  function mailbox(...value: object[]) {
    const script = scriptedRequests(({ path }) => {
      const [, folder] = /mailFolders\/(\w+)\?/.exec(path) ?? [];
      return { status: 200, body: folder ? { id: `id of ${folder}` } : { value } };
    });
    const folders = () => script.seen.flatMap(({ path }) => /mailFolders\/(\w+)\?/.exec(path)?.[1] ?? []);
    return { ...script, search: new MailboxSearch(script.requests, 'app'), folders };
  }

  test('its drafts in the order of their ids, each once, and the first copy that was sent', async () => {
    const { search } = mailbox(draft('b'), sent('2'), draft('a'), draft('b'), sent('1'));
    expect(await search.find('x')).toEqual({
      drafts: ['a', 'b'],
      sent: { id: '2', conversationId: 'conversation of 2', webLink: 'https://outlook.example/2' },
      isPart: false,
    });
  });

  test('what is in Drafts and in Sent Items, and nothing of other folders', async () => {
    const { search, folders } = mailbox(
      draft('a', 'id of deleteditems'),
      draft('b', 'id of drafts'),
      draft('c', 'id of drafts'),
      sent('1', 'id of drafts'),
      sent('2', 'id of sentitems'),
    );
    expect(await search.find('x')).toMatchObject({ drafts: ['b', 'c'], sent: { id: '2' } });
    await search.find('x');
    // Each folder is asked for once.
    expect(folders()).toEqual(['drafts', 'sentitems']);
  });

  test('nothing, and no folder is asked for, if there is nothing', async () => {
    const { search, folders } = mailbox();
    expect(await search.find('x')).toEqual({ drafts: [], sent: undefined, isPart: false });
    expect(folders()).toEqual([]);
  });

  test('its drafts without a request for their folder, which a new draft has told', async () => {
    const { search, folders } = mailbox(draft('a', 'told'), draft('b', 'id of drafts'));
    search.learnDrafts(toMailboxMessage(draft('new', 'told')));
    search.learnDrafts(toMailboxMessage(draft('new')));
    expect((await search.find('x')).drafts).toEqual(['a']);
    expect(folders()).toEqual([]);
  });
});

test('a filter finds a message by our own property, or by its Message-ID', () => {
  const id = 'String {6f0b1a52-8c55-4c1c-9a0e-0a7f3f3b9d21} Name nodemailer-graph-transport';
  expect(hasMark('m')).toBe(`singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq 'm')`);
  expect(hasDraftMark('d')).toBe(
    `singleValueExtendedProperties/Any(ep: ep/id eq '${id}-draft' and ep/value eq 'd')`,
  );
  expect(hasMessageId("<o'neill@b>")).toBe("internetMessageId eq '<o''neill@b>'");
  expect(unfinished('m')).toBe('m-unfinished');
});
