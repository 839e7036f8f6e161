import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, attach, IMMUTABLE, LUNCH, makeDraft, refusal } from './support';

const NOT_FOUND = { status: 404, code: 'ErrorItemNotFound' };
const ALREADY_SENT = { status: 400, code: 'ErrorInvalidRequest' };

const sendDraft = (sandbox: Sandbox, id: string) => ask(sandbox, 'POST', `messages/${id}/send`);

/** A draft by both of its ids, and how it was answered. */
async function makeBoth(sandbox: Sandbox) {
  const response = await ask(sandbox, 'POST', 'messages', LUNCH, { headers: IMMUTABLE });
  const { id: immutable } = await response.json();
  const { id: usual } = await (await ask(sandbox, 'GET', `messages/${immutable}`)).json();
  return { response, immutable, usual };
}

describe('an immutable id', () => {
  test('leads nowhere once the draft is sent, whose copy has other ids of both kinds', async () => {
    const sandbox = createSandbox();
    const { immutable, usual } = await makeBoth(sandbox);
    expect((await sendDraft(sandbox, immutable)).status).toBe(202);
    for (const id of [immutable, usual]) {
      expect(await refusal(ask(sandbox, 'GET', `messages/${id}`))).toMatchObject(NOT_FOUND);
      expect(await refusal(sendDraft(sandbox, id))).toMatchObject(NOT_FOUND);
      expect(await refusal(ask(sandbox, 'DELETE', `messages/${id}`))).toMatchObject(NOT_FOUND);
    }
    const { id } = sandbox.messages[0] ?? {};
    const copy = await ask(sandbox, 'GET', `messages/${id}`, undefined, { headers: IMMUTABLE });
    expect(await copy.json()).toMatchObject({ id, isDraft: false });
    expect(sandbox.messages).toHaveLength(1);
  });

  test('leads from the draft to its copy in Sent Items, if it outlives sending', async () => {
    const sandbox = createSandbox({ immutableIdsOutliveSending: true });
    const { response, immutable: id, usual } = await makeBoth(sandbox);
    expect(response.headers.get('preference-applied')).toBe('IdType="ImmutableId"');
    expect(sandbox.drafts).toMatchObject([{ id }]);
    const get = () => ask(sandbox, 'GET', `messages/${id}`, undefined, { headers: IMMUTABLE });
    expect(await (await get()).json()).toMatchObject({ id, isDraft: true });
    await sendDraft(sandbox, id);
    const sent = await get();
    expect(sent.headers.get('preference-applied')).toBe('IdType="ImmutableId"');
    expect(await sent.json()).toMatchObject({ id, isDraft: false, subject: LUNCH.subject });
    expect(sandbox.messages).toMatchObject([{ id }]);
    expect(await refusal(ask(sandbox, 'GET', `messages/${usual}`))).toMatchObject(NOT_FOUND);
  });

  test.each([
    'IdType="ImmutableId"',
    'idtype=ImmutableId',
    'outlook.body-content-type="text", IdType="ImmutableId"',
  ])('is asked for by %s', async (prefer) => {
    const response = await ask(createSandbox(), 'POST', 'messages', LUNCH, { headers: { prefer } });
    expect(response.headers.has('preference-applied')).toBe(true);
  });

  test.each(['IdType="Other"', 'NotIdType="ImmutableId"', 'IdType="ImmutableIds"'])(
    'is not asked for by %s',
    async (prefer) => {
      const response = await ask(createSandbox(), 'POST', 'messages', LUNCH, { headers: { prefer } });
      expect(response.headers.has('preference-applied')).toBe(false);
    },
  );

  test('is told to requests that ask for it only', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, LUNCH, { headers: IMMUTABLE });
    const answer = await ask(sandbox, 'GET', `messages/${id}`);
    expect(answer.headers.has('preference-applied')).toBe(false);
    const { id: changing } = await answer.json();
    expect(changing).not.toBe(id);
    await sendDraft(sandbox, id);
    expect((await ask(sandbox, 'GET', `messages/${changing}`)).status).toBe(404);
  });

  test('lets nothing be sent twice or changed once it is sent', async () => {
    const sandbox = createSandbox({ immutableIdsOutliveSending: true });
    const id = await makeDraft(sandbox, LUNCH, { headers: IMMUTABLE });
    await sendDraft(sandbox, id);
    expect(await refusal(sendDraft(sandbox, id))).toMatchObject(ALREADY_SENT);
    expect(await refusal(attach(sandbox, id))).toMatchObject(ALREADY_SENT);
    expect(sandbox.messages).toMatchObject([{ attachments: [] }]);
  });
});
