import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, find, IMMUTABLE, LUNCH, makeDraft, openSession, putRange, refusal, send } from './support';

const KEYED = { ...LUNCH, internetMessageId: '<lunch@contoso.example>' };
const NOT_FOUND = { status: 404, code: 'ErrorItemNotFound' };

const remove = (sandbox: Sandbox, id: string) => ask(sandbox, 'DELETE', `messages/${id}`);
const sendDraft = (sandbox: Sandbox, id: string) => ask(sandbox, 'POST', `messages/${id}/send`);
async function found(sandbox: Sandbox) {
  const answer = await find(sandbox, "internetMessageId eq '<lunch@contoso.example>'");
  return (await answer.json()).value;
}
async function folderId(sandbox: Sandbox, name: string) {
  return (await (await ask(sandbox, 'GET', `mailFolders/${name}`)).json()).id;
}

describe('deleting a message', () => {
  test('takes it out of sight, a draft or one that was sent', async () => {
    const sandbox = createSandbox();
    const kept = await makeDraft(sandbox);
    const draft = await makeDraft(sandbox, KEYED);
    await send(sandbox, KEYED);
    const [{ id: sent }] = await found(sandbox);
    for (const id of [draft, sent]) {
      const response = await remove(sandbox, id);
      expect(response.status).toBe(204);
      expect(await response.text()).toBe('');
      expect(await refusal(ask(sandbox, 'GET', `messages/${id}`))).toMatchObject(NOT_FOUND);
    }
    expect(await found(sandbox)).toEqual([]);
    expect(sandbox.drafts).toMatchObject([{ id: kept }]);
    // What went out stays out.
    expect(sandbox.messages).toHaveLength(1);
  });

  test('a second time finds nothing by the usual id where the sandbox is told so', async () => {
    const sandbox = createSandbox({ secondDelete: 'notFound' });
    const id = await makeDraft(sandbox);
    await remove(sandbox, id);
    expect(await refusal(remove(sandbox, id))).toEqual({
      ...NOT_FOUND,
      message: 'The specified object was not found in the store.',
    });
  });

  test('a second time is refused by the usual id, unless it was sent or never there', async () => {
    const sandbox = createSandbox();
    const [id, sent] = [await makeDraft(sandbox), await makeDraft(sandbox)];
    await remove(sandbox, id);
    expect(await refusal(remove(sandbox, id))).toMatchObject({
      status: 403,
      code: 'ErrorCannotDeleteObject',
    });
    expect(await refusal(ask(sandbox, 'GET', `messages/${id}`))).toMatchObject(NOT_FOUND);
    expect(await refusal(remove(sandbox, 'AAMkAAA='))).toMatchObject(NOT_FOUND);
    await sendDraft(sandbox, sent);
    expect(await refusal(remove(sandbox, sent))).toMatchObject(NOT_FOUND);
  });

  test('a second time is refused by the immutable id, in its own mailbox only', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, LUNCH, { headers: IMMUTABLE });
    await remove(sandbox, id);
    expect(await refusal(remove(sandbox, id))).toEqual({
      status: 403,
      code: 'ErrorCannotDeleteObject',
      message: 'Object cannot be deleted.',
    });
    expect(await refusal(ask(sandbox, 'GET', `messages/${id}`))).toMatchObject(NOT_FOUND);
    expect(await refusal(sendDraft(sandbox, id))).toMatchObject(NOT_FOUND);
    const elsewhere = ask(sandbox, 'DELETE', `messages/${id}`, undefined, { user: 'sales@contoso.example' });
    expect(await refusal(elsewhere)).toMatchObject(NOT_FOUND);
    sandbox.clear();
    expect(await refusal(remove(sandbox, id))).toMatchObject(NOT_FOUND);
  });
});

describe('deleting a message that goes to Deleted Items', () => {
  test('leaves a draft there by another id', async () => {
    const sandbox = createSandbox({ deleteLeadsTo: 'deletedItems' });
    const id = await makeDraft(sandbox, KEYED);
    expect((await remove(sandbox, id)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      expect(await refusal(ask(sandbox, method, `messages/${id}`))).toMatchObject(NOT_FOUND);
    }
    expect(await refusal(sendDraft(sandbox, id))).toMatchObject(NOT_FOUND);
    expect(sandbox.drafts).toEqual([]);
    const parentFolderId = await folderId(sandbox, 'deleteditems');
    expect(await found(sandbox)).toMatchObject([{ isDraft: true, parentFolderId }]);
  });

  test('leaves a copy of what was sent there', async () => {
    const sandbox = createSandbox({ deleteLeadsTo: 'deletedItems' });
    await send(sandbox, KEYED);
    const [{ id }] = await found(sandbox);
    await remove(sandbox, id);
    const parentFolderId = await folderId(sandbox, 'deleteditems');
    expect(await found(sandbox)).toMatchObject([{ isDraft: false, parentFolderId }]);
    expect(sandbox.removeMessage(sandbox.messages[0]?.id ?? '')).toBe(true);
    expect(await found(sandbox)).toEqual([]);
  });

  test('leaves a draft that can still be sent', async () => {
    const sandbox = createSandbox({ deleteLeadsTo: 'deletedItems' });
    await remove(sandbox, await makeDraft(sandbox, KEYED));
    const [{ id }] = await found(sandbox);
    expect((await sendDraft(sandbox, id)).status).toBe(202);
    const parentFolderId = await folderId(sandbox, 'sentitems');
    expect(await found(sandbox)).toMatchObject([{ isDraft: false, parentFolderId }]);
  });

  test('takes it out of sight from there', async () => {
    const sandbox = createSandbox({ deleteLeadsTo: 'deletedItems' });
    const immutable = await makeDraft(sandbox, KEYED, { headers: IMMUTABLE });
    await remove(sandbox, immutable);
    // A move does not change it.
    expect((await ask(sandbox, 'GET', `messages/${immutable}`)).status).toBe(200);
    const [{ id }] = await found(sandbox);
    expect((await remove(sandbox, id)).status).toBe(204);
    expect(await found(sandbox)).toEqual([]);
    expect(await refusal(remove(sandbox, immutable))).toMatchObject({ status: 403 });
  });

  test('ends its upload sessions', async () => {
    const sandbox = createSandbox({ deleteLeadsTo: 'deletedItems', limits: { sessionMinimumBytes: 5 } });
    const id = await makeDraft(sandbox);
    const url = await openSession(sandbox, id, { size: 5 });
    await remove(sandbox, id);
    expect((await putRange(sandbox, url, '01234', 'bytes 0-4/5')).status).toBe(404);
  });
});

describe('permanentDelete', () => {
  const purge = (sandbox: Sandbox, id: string) => ask(sandbox, 'POST', `messages/${id}/permanentDelete`);

  test('takes a message out of sight, whatever a DELETE does', async () => {
    const sandbox = createSandbox({ deleteLeadsTo: 'deletedItems' });
    await send(sandbox, KEYED);
    const [{ id }] = await found(sandbox);
    const response = await purge(sandbox, id);
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(await found(sandbox)).toEqual([]);
    expect(sandbox.messages).toHaveLength(1);
    expect(await refusal(purge(sandbox, 'AAMkAAA='))).toMatchObject(NOT_FOUND);
  });

  test('takes the permission to write', async () => {
    const sandbox = createSandbox({ roles: ['Mail.Send', 'Mail.Read'] });
    await send(sandbox, KEYED);
    const [{ id }] = await found(sandbox);
    expect(await refusal(purge(sandbox, id))).toMatchObject({ status: 403, code: 'ErrorAccessDenied' });
    expect(await found(sandbox)).toHaveLength(1);
  });

  test.each(['https://graph.microsoft.us', 'https://microsoftgraph.chinacloudapi.cn'])(
    'is unknown at %s',
    async (graphEndpoint) => {
      const sandbox = createSandbox({ graphEndpoint });
      const id = await makeDraft(sandbox);
      expect(await refusal(purge(sandbox, id))).toMatchObject({ status: 400, code: 'BadRequest' });
      expect(sandbox.drafts).toHaveLength(1);
    },
  );
});
