import { createSandbox, type Sandbox, type SandboxMailbox } from '../../src/sandbox';
import { ask, IMMUTABLE, LUNCH, makeDraft, refusal, send } from './support';

const KEYED = { ...LUNCH, internetMessageId: '<lunch@contoso.example>' };
const BY_KEY = new URLSearchParams({ $filter: "internetMessageId eq '<lunch@contoso.example>'" });

const NAMES = [
  ['drafts', 'Drafts'],
  ['sentitems', 'Sent Items'],
  ['deleteditems', 'Deleted Items'],
  ['outbox', 'Outbox'],
  ['inbox', 'Inbox'],
];

async function folder(sandbox: Sandbox, nameOrId: string, user?: string) {
  const path = `mailFolders/${encodeURIComponent(nameOrId)}`;
  return (await ask(sandbox, 'GET', path, undefined, { user })).json();
}
async function foundIn(sandbox: Sandbox, nameOrId: string) {
  const path = `mailFolders/${encodeURIComponent(nameOrId)}/messages?${BY_KEY}`;
  return (await ask(sandbox, 'GET', path)).json();
}

describe('a mail folder', () => {
  test.each(NAMES)('is shown by its name %s, in any case, and by its id', async (name, displayName) => {
    const sandbox = createSandbox();
    const response = await ask(sandbox, 'GET', `mailFolders/${name}`);
    expect(response.status).toBe(200);
    const shown = await response.json();
    expect(shown).toEqual({
      id: expect.stringMatching(/^AAMk[\w-]+=$/),
      displayName,
      parentFolderId: expect.stringMatching(/^AAMk[\w-]+=$/),
      childFolderCount: 0,
      unreadItemCount: 0,
      totalItemCount: 0,
      isHidden: false,
    });
    expect(await folder(sandbox, name.toUpperCase())).toEqual(shown);
    expect(await folder(sandbox, shown.id)).toEqual(shown);
  });

  test('has an id of its own, in each mailbox another one, which stays', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: NAMES.length } });
    const ids = async () => {
      const shown = NAMES.flatMap(([name = '']) => [
        folder(sandbox, name),
        folder(sandbox, name, 'sales@contoso.example'),
      ]);
      return (await Promise.all(shown)).map(({ id }) => id);
    };
    const before = await ids();
    expect(new Set(before).size).toBe(10);
    sandbox.clear();
    expect(await ids()).toEqual(before);
    const byImmutable = await ask(sandbox, 'GET', 'mailFolders/drafts', undefined, { headers: IMMUTABLE });
    expect((await byImmutable.json()).id).toBe(before[0]);
  });

  test('counts its messages', async () => {
    const sandbox = createSandbox();
    await makeDraft(sandbox);
    await send(sandbox, LUNCH);
    await send(sandbox, LUNCH);
    expect(await folder(sandbox, 'drafts')).toMatchObject({ totalItemCount: 1 });
    expect(await folder(sandbox, 'sentitems')).toMatchObject({ totalItemCount: 2 });
    expect(await folder(sandbox, 'sentitems', 'sales@contoso.example')).toMatchObject({ totalItemCount: 0 });
  });

  test('shows what $select names', async () => {
    const sandbox = createSandbox();
    const shown = await ask(sandbox, 'GET', 'mailFolders/drafts?$select=displayName');
    expect(await shown.json()).toEqual({ id: expect.any(String), displayName: 'Drafts' });
    expect(await refusal(ask(sandbox, 'GET', 'mailFolders/drafts?$select=name'))).toEqual({
      status: 400,
      code: 'BadRequest',
      message: "Could not find a property named 'name' on type 'microsoft.graph.mailFolder'.",
    });
  });

  test('is found in its own mailbox only, and by exactly its id', async () => {
    const sandbox = createSandbox();
    const { id } = await folder(sandbox, 'drafts');
    for (const [nameOrId, user] of [
      [id, 'sales@contoso.example'],
      [id.toLowerCase(), undefined],
      ['nowhere', undefined],
    ]) {
      expect(
        await refusal(ask(sandbox, 'GET', `mailFolders/${nameOrId}`, undefined, { user })),
      ).toMatchObject({ status: 404, code: 'ErrorItemNotFound' });
    }
  });

  test('is not played where the sandbox has no such folder', async () => {
    expect(await refusal(ask(createSandbox(), 'GET', 'mailFolders/JunkEmail'))).toEqual({
      status: 501,
      code: 'notSupported',
      message: 'The sandbox does not implement the folder JunkEmail.',
    });
  });

  test.each([
    ['Mail.Read', 200],
    ['Mail.ReadWrite', 200],
    ['Mail.ReadBasic', 403],
    ['Mail.Send', 403],
  ])('is shown and searched by an app with %s: %i', async (role, status) => {
    const sandbox = createSandbox({ roles: [role] });
    expect((await ask(sandbox, 'GET', 'mailFolders/drafts')).status).toBe(status);
    expect((await ask(sandbox, 'GET', `mailFolders/drafts/messages?${BY_KEY}`)).status).toBe(status);
  });

  test('is looked for after its mailbox', async () => {
    const off: SandboxMailbox = {
      id: '11111111-2222-3333-4444-555555555555',
      userPrincipalName: 'app@contoso.example',
      displayName: 'App',
      state: 'disabled',
    };
    const sandbox = createSandbox({ mailboxes: [off] });
    for (const path of ['mailFolders/nowhere', `mailFolders/nowhere/messages?${BY_KEY}`]) {
      expect(await refusal(ask(sandbox, 'GET', path))).toMatchObject({ code: 'ErrorAccountDisabled' });
    }
  });

  test('counts among the requests of its mailbox at the same time', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: 0 } });
    expect((await ask(sandbox, 'GET', 'mailFolders/drafts')).status).toBe(429);
  });
});

describe('the parentFolderId of a message', () => {
  test('is that of Drafts, and once it is sent that of Sent Items', async () => {
    const sandbox = createSandbox();
    const drafts = (await folder(sandbox, 'drafts')).id;
    const sentItems = (await folder(sandbox, 'sentitems')).id;
    const made = await (await ask(sandbox, 'POST', 'messages', KEYED)).json();
    expect(made).toMatchObject({ parentFolderId: drafts });
    const selected = await ask(sandbox, 'GET', `messages/${made.id}?$select=parentFolderId`);
    expect(await selected.json()).toEqual({ id: made.id, parentFolderId: drafts });
    await ask(sandbox, 'POST', `messages/${made.id}/send`);
    await send(sandbox, KEYED);
    expect((await foundIn(sandbox, 'sentitems')).value).toMatchObject([
      { parentFolderId: sentItems, isDraft: false },
      { parentFolderId: sentItems, isDraft: false },
    ]);
  });
});

describe('a search of a folder', () => {
  test('finds what is there, by its name or its id', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, KEYED);
    await makeDraft(sandbox);
    await send(sandbox, KEYED);
    const { id: drafts } = await folder(sandbox, 'drafts');
    for (const nameOrId of ['Drafts', drafts]) {
      expect((await foundIn(sandbox, nameOrId)).value).toMatchObject([{ id, isDraft: true }]);
    }
    expect((await foundIn(sandbox, 'sentitems')).value).toMatchObject([{ isDraft: false }]);
    expect((await foundIn(sandbox, 'deleteditems')).value).toEqual([]);
    expect((await foundIn(sandbox, 'outbox')).value).toEqual([]);
  });

  test('shows what $select names, by the ids that are asked for', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, KEYED, { headers: IMMUTABLE });
    const path = `mailFolders/drafts/messages?${BY_KEY}&$select=isDraft`;
    const response = await ask(sandbox, 'GET', path, undefined, { headers: IMMUTABLE });
    expect(response.headers.get('preference-applied')).toBe('IdType="ImmutableId"');
    expect(await response.json()).toEqual({
      '@odata.context':
        "https://graph.microsoft.com/v1.0/$metadata#users('app%40contoso.example')/mailFolders('drafts')/messages",
      value: [{ id, isDraft: true }],
    });
  });

  test('needs no $filter, like one of the whole mailbox', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    await send(sandbox, LUNCH);
    const shown = async (path: string) => (await (await ask(sandbox, 'GET', path)).json()).value;
    expect(await shown('mailFolders/drafts/messages')).toMatchObject([{ id }]);
    expect(await shown('messages')).toMatchObject([{ isDraft: false }, { id }]);
  });

  test('is refused for a folder that is not there', async () => {
    const path = `mailFolders/nowhere/messages?${BY_KEY}`;
    expect(await refusal(ask(createSandbox(), 'GET', path))).toMatchObject({
      status: 404,
      code: 'ErrorItemNotFound',
    });
  });

  test('meets the faults of find-messages', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('find-messages', { kind: 'answer', status: 503 });
    expect((await ask(sandbox, 'GET', `mailFolders/drafts/messages?${BY_KEY}`)).status).toBe(503);
    expect((await ask(sandbox, 'GET', `mailFolders/drafts/messages?${BY_KEY}`)).status).toBe(200);
  });
});
