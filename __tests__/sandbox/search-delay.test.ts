import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, find, LUNCH, makeDraft, send } from './support';

const MESSAGE_ID = '<lunch@contoso.example>';
const KEYED = { ...LUNCH, internetMessageId: MESSAGE_ID };
const BY_KEY = `internetMessageId eq '${MESSAGE_ID}'`;

async function found(sandbox: Sandbox, place = 'messages') {
  const search = new URLSearchParams({ $filter: BY_KEY });
  const { value } = await (await ask(sandbox, 'GET', `${place}?${search}`)).json();
  return value;
}
const sendDraft = (sandbox: Sandbox, id: string) => ask(sandbox, 'POST', `messages/${id}/send`);

describe('the delay of the search', () => {
  test('hides a new message from so many searches, while its id leads to it', async () => {
    const sandbox = createSandbox({ searchDelay: { finds: 2 } });
    const id = await makeDraft(sandbox, KEYED);
    expect(await found(sandbox)).toEqual([]);
    expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(200);
    expect(await found(sandbox)).toEqual([]);
    expect(await found(sandbox)).toHaveLength(1);
  });

  test('hides it for so many milliseconds of the clock', async () => {
    const clock = { time: 1000 };
    const sandbox = createSandbox({ searchDelay: { ms: 500 }, now: () => clock.time });
    await send(sandbox, KEYED);
    clock.time += 499;
    expect(await found(sandbox)).toEqual([]);
    clock.time += 1;
    expect(await found(sandbox)).toHaveLength(1);
  });

  test('begins again when the message is changed or sent', async () => {
    const sandbox = createSandbox({ searchDelay: { finds: 1 } });
    const id = await makeDraft(sandbox, KEYED);
    await found(sandbox);
    expect(await found(sandbox)).toHaveLength(1);
    await ask(sandbox, 'PATCH', `messages/${id}`, { subject: 'Dinner' });
    expect(await found(sandbox)).toEqual([]);
    expect(await found(sandbox)).toHaveLength(1);
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(await found(sandbox)).toEqual([]);
    expect(await found(sandbox)).toMatchObject([{ isDraft: false }]);
  });

  test('passes with searches of its own mailbox only', async () => {
    const sandbox = createSandbox({ searchDelay: { finds: 1 } });
    await send(sandbox, KEYED);
    await find(sandbox, BY_KEY, {}, { user: 'sales@contoso.example' });
    expect(await found(sandbox)).toEqual([]);
  });

  test.each([
    ['drafts', { drafts: { finds: 1 } }, [0, 1], [1, 1]],
    ['sent copies', { sentItems: { finds: 1 } }, [1, 1], [0, 1]],
    ['both', { finds: 1 }, [0, 1], [0, 1]],
    ['both, of sent copies a longer one', { finds: 1, sentItems: { finds: 2 } }, [0, 1], [0, 0]],
    ['both, of drafts none', { finds: 1, drafts: { finds: 0 } }, [1, 1], [0, 1]],
  ])('may be one of %s', async (_what, searchDelay, ofDraft, ofCopy) => {
    const sandbox = createSandbox({ searchDelay });
    const id = await makeDraft(sandbox, KEYED);
    const counts = async () => [(await found(sandbox)).length, (await found(sandbox)).length];
    expect(await counts()).toEqual(ofDraft);
    await sendDraft(sandbox, id);
    expect(await counts()).toEqual(ofCopy);
    sandbox.clear();
    await send(sandbox, KEYED);
    expect(await counts()).toEqual(ofCopy);
  });

  test('passes with searches of the folder where the message is', async () => {
    const sandbox = createSandbox({ searchDelay: { finds: 2 } });
    await makeDraft(sandbox, KEYED);
    expect(await found(sandbox, 'mailFolders/drafts/messages')).toEqual([]);
    expect(await found(sandbox, 'mailFolders/sentitems/messages')).toEqual([]);
    expect(await found(sandbox)).toEqual([]);
    expect(await found(sandbox)).toHaveLength(1);
  });
});

describe('a stale search', () => {
  test.each(['sent', 'deleted'])('still shows a draft that was %s, as it was', async (what) => {
    const sandbox = createSandbox({ searchDelay: { stale: { finds: 2 }, sentItems: { finds: 99 } } });
    const id = await makeDraft(sandbox, KEYED);
    const [before] = await found(sandbox);
    expect(before).toMatchObject({ id, isDraft: true });
    await (what === 'sent' ? sendDraft(sandbox, id) : ask(sandbox, 'DELETE', `messages/${id}`));
    expect(await found(sandbox)).toEqual([before]);
    expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(404);
    expect(sandbox.drafts).toEqual([]);
    expect(await found(sandbox, 'mailFolders/drafts/messages')).toEqual([before]);
    expect(await found(sandbox)).toEqual([]);
  });

  test('shows it for so many milliseconds of the clock, beside the copy', async () => {
    const clock = { time: 1000 };
    const sandbox = createSandbox({ searchDelay: { stale: { ms: 500 } }, now: () => clock.time });
    const id = await makeDraft(sandbox, KEYED);
    await sendDraft(sandbox, id);
    clock.time += 499;
    const folders = async () => [
      (await found(sandbox, 'mailFolders/drafts/messages')).length,
      (await found(sandbox, 'mailFolders/sentitems/messages')).length,
      (await found(sandbox)).length,
    ];
    expect(await folders()).toEqual([1, 1, 2]);
    clock.time += 1;
    expect(await folders()).toEqual([0, 1, 1]);
  });

  test('shows a draft that went to Deleted Items in both places', async () => {
    const sandbox = createSandbox({ searchDelay: { stale: { finds: 1 } }, deleteLeadsTo: 'deletedItems' });
    const id = await makeDraft(sandbox, KEYED);
    await ask(sandbox, 'DELETE', `messages/${id}`);
    const [one, other, ...more] = await found(sandbox);
    expect(more).toEqual([]);
    expect(one.parentFolderId).not.toBe(other.parentFolderId);
    expect([one.id, other.id]).toContain(id);
    const [left] = await found(sandbox);
    await ask(sandbox, 'DELETE', `messages/${left.id}`);
    expect(await found(sandbox)).toEqual([]);
  });

  test('does not show a draft that searches have missed until it left', async () => {
    const sandbox = createSandbox({ searchDelay: { drafts: { finds: 2 }, stale: { finds: 1 } } });
    const id = await makeDraft(sandbox, KEYED);
    await ask(sandbox, 'DELETE', `messages/${id}`);
    expect(await found(sandbox)).toEqual([]);
    expect(await found(sandbox)).toEqual([]);
    expect(await found(sandbox)).toEqual([]);
  });

  test('is forgotten by clear', async () => {
    const sandbox = createSandbox({ searchDelay: { stale: { finds: 9 } } });
    await sendDraft(sandbox, await makeDraft(sandbox, KEYED));
    sandbox.clear();
    expect(await found(sandbox)).toEqual([]);
  });

  test('shows no more than the bounds allow', async () => {
    const sandbox = createSandbox({ searchDelay: { stale: { finds: 9 } }, maxBytes: 5000 });
    const body = { contentType: 'text', content: 'x'.repeat(1000) };
    for (let round = 0; round < 9; round += 1) {
      await ask(sandbox, 'DELETE', `messages/${await makeDraft(sandbox, { ...KEYED, body })}`);
    }
    expect((await found(sandbox)).length).toBeLessThan(4);
    expect(sandbox.usage.bytes).toBeLessThan(5000);
  });
});
