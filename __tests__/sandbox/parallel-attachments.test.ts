import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, attach, makeDraft, openSession, putRange, refusal, TEXT_FILE, tokenFor } from './support';

const LIMITS = { sessionMinimumBytes: 5, rangeBytes: 6 };
const CONFLICT = {
  status: 412,
  code: 'ErrorIrresolvableConflict',
  message:
    'The send or update operation could not be performed because the change key passed in the request does not ' +
    'match the current change key for the item.',
};

/** Attaches with a token that is there already, so that all are on their way at once. */
async function attachAtOnce(sandbox: Sandbox, ...ids: string[]): Promise<Response[]> {
  const authorization = `Bearer ${await tokenFor(sandbox)}`;
  return Promise.all(
    ids.map((id) => ask(sandbox, 'POST', `messages/${id}/attachments`, TEXT_FILE, { authorization })),
  );
}

const statuses = (answers: readonly Response[]) => answers.map(({ status }) => status);

describe('two attachments to one draft at the same time', () => {
  test.each([0, 20])('conflict, the later one with the earlier, at a latency of %i ms', async (latency) => {
    const sandbox = createSandbox({ latency });
    const id = await makeDraft(sandbox);
    const [first = Response.error(), second = Response.error()] = await attachAtOnce(sandbox, id, id);
    expect(first.status).toBe(201);
    expect(await refusal(second)).toEqual(CONFLICT);
    expect(sandbox.drafts).toMatchObject([{ attachments: [{ name: 'greeting.txt' }] }]);
  });

  test('leave the draft as it can be attached to again', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    await attachAtOnce(sandbox, id, id);
    expect((await attach(sandbox, id)).status).toBe(201);
    expect((await attach(sandbox, id, {})).status).toBe(400);
    expect((await attach(sandbox, id)).status).toBe(201);
    sandbox.failNext('add-attachment', { kind: 'reset', when: 'after' });
    await attach(sandbox, id);
    expect((await attach(sandbox, id)).status).toBe(201);
  });

  test('do not conflict where the drafts are two', async () => {
    const sandbox = createSandbox();
    const ids = [await makeDraft(sandbox), await makeDraft(sandbox)];
    expect(statuses(await attachAtOnce(sandbox, ...ids))).toEqual([201, 201]);
  });

  test('conflict by upload sessions as well', async () => {
    const sandbox = createSandbox({ limits: LIMITS });
    const id = await makeDraft(sandbox);
    const urls = [await openSession(sandbox, id, { size: 5 }), await openSession(sandbox, id, { size: 5 })];
    const answers = await Promise.all(urls.map((url) => putRange(sandbox, url, 'abcde', 'bytes 0-4/5')));
    expect(statuses(answers)).toEqual([201, 412]);
    expect((await putRange(sandbox, urls[1] ?? '', 'abcde', 'bytes 0-4/5')).status).toBe(201);
  });

  test('do not conflict while a session is merely open', async () => {
    const sandbox = createSandbox({ limits: LIMITS });
    const id = await makeDraft(sandbox);
    const url = await openSession(sandbox, id, { size: 10 });
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect((await attach(sandbox, id)).status).toBe(201);
    expect((await putRange(sandbox, url, 'fghij', 'bytes 5-9/10')).status).toBe(201);
  });
});
