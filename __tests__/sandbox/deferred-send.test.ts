import { createSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox';
import { ask, find, LUNCH, makeDraft, openSession, putRange, refusal, send } from './support';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const TO_SALES = [{ emailAddress: { address: 'sales@contoso.example' } }];
const at = (time: number, id = 'SystemTime 0x3FEF') => ({
  ...LUNCH,
  toRecipients: TO_SALES,
  internetMessageId: '<lunch@contoso.example>',
  singleValueExtendedProperties: [{ id, value: new Date(time).toISOString() }],
});

function withClock(options: SandboxOptions = {}) {
  const clock = { time: NOW };
  return { clock, sandbox: createSandbox({ now: () => clock.time, ...options }) };
}

async function folderOf(sandbox: ReturnType<typeof createSandbox>, user?: string) {
  const answer = await find(sandbox, "internetMessageId eq '<lunch@contoso.example>'", {}, { user });
  const { value } = await answer.json();
  return value;
}

describe('a draft that asks for a later time', () => {
  test('waits in Drafts when it is sent, and goes out once at its time', async () => {
    const { clock, sandbox } = withClock();
    const id = await makeDraft(sandbox, at(NOW + HOUR));
    expect((await ask(sandbox, 'POST', `messages/${id}/send`)).status).toBe(202);
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.drafts).toMatchObject([{ id, sendsAt: new Date(NOW + HOUR) }]);
    expect(await folderOf(sandbox)).toMatchObject([{ id, isDraft: true }]);
    clock.time += HOUR - 1;
    expect(sandbox.messages).toEqual([]);
    clock.time += 1;
    expect(sandbox.messages).toMatchObject([{ subject: LUNCH.subject, receivedAt: new Date(NOW + HOUR) }]);
    expect(sandbox.drafts).toEqual([]);
    expect(await folderOf(sandbox)).toMatchObject([{ isDraft: false }]);
    expect(await folderOf(sandbox, 'sales@contoso.example')).toHaveLength(1);
    clock.time += HOUR;
    expect(sandbox.messages).toHaveLength(1);
  });

  test.each(['SystemTime 0x3fef', 'SystemTime 0x3FEf'])('may spell it %s', async (id) => {
    const { sandbox } = withClock();
    const draft = await makeDraft(sandbox, at(NOW + HOUR, id));
    await ask(sandbox, 'POST', `messages/${draft}/send`);
    expect(sandbox.messages).toEqual([]);
  });

  test('goes out at once when its time is past', async () => {
    const { sandbox } = withClock();
    const id = await makeDraft(sandbox, at(NOW));
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('is called off by a DELETE', async () => {
    for (const deleteLeadsTo of ['recoverableItems', 'deletedItems'] as const) {
      const { clock, sandbox } = withClock({ deleteLeadsTo });
      const id = await makeDraft(sandbox, at(NOW + HOUR));
      await ask(sandbox, 'POST', `messages/${id}/send`);
      expect((await ask(sandbox, 'DELETE', `messages/${id}`)).status).toBe(204);
      clock.time += HOUR;
      expect(sandbox.messages).toEqual([]);
    }
  });

  test('goes out once although it was sent twice, at the time that it was given last', async () => {
    const { clock, sandbox } = withClock();
    const id = await makeDraft(sandbox, at(NOW + HOUR));
    for (let times = 0; times < 2; times += 1) await ask(sandbox, 'POST', `messages/${id}/send`);
    const { singleValueExtendedProperties } = at(NOW + 2 * HOUR);
    await ask(sandbox, 'PATCH', `messages/${id}`, { singleValueExtendedProperties });
    clock.time += HOUR;
    expect(sandbox.messages).toEqual([]);
    clock.time += HOUR;
    expect(sandbox.messages).toHaveLength(1);
  });

  test('takes no more of its uploads, and is refused as any other', async () => {
    const { sandbox } = withClock({ limits: { sessionMinimumBytes: 5 } });
    const id = await makeDraft(sandbox, at(NOW + HOUR));
    const url = await openSession(sandbox, id, { size: 5 });
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect((await putRange(sandbox, url, 'abcde', 'bytes 0-4/5')).status).toBe(404);
    const lonely = await makeDraft(sandbox, { ...at(NOW + HOUR), toRecipients: [] });
    expect(await refusal(ask(sandbox, 'POST', `messages/${lonely}/send`))).toMatchObject({
      code: 'ErrorInvalidRecipients',
    });
  });

  test('stays where it is given recipients that it cannot go to by its time', async () => {
    const { clock, sandbox } = withClock();
    const id = await makeDraft(sandbox, at(NOW + HOUR));
    await ask(sandbox, 'POST', `messages/${id}/send`);
    await ask(sandbox, 'PATCH', `messages/${id}`, { toRecipients: [] });
    clock.time += HOUR;
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.drafts).toMatchObject([{ id }]);
  });

  test('has gone out for a request that comes after its time', async () => {
    const { clock, sandbox } = withClock();
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox, at(NOW + HOUR))}/send`);
    clock.time += HOUR;
    expect(await folderOf(sandbox)).toMatchObject([{ isDraft: false }]);
  });

  test('has gone out for who looks at a running sandbox after its time', async () => {
    const clock = { time: NOW };
    await using sandbox = await startSandbox({ now: () => clock.time });
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox, at(NOW + HOUR))}/send`);
    clock.time += HOUR;
    expect(sandbox.messages).toHaveLength(1);
  });

  test('is forgotten with the messages', async () => {
    const { clock, sandbox } = withClock();
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox, at(NOW + HOUR))}/send`);
    await send(sandbox, at(NOW + HOUR));
    sandbox.clear();
    clock.time += HOUR;
    expect(sandbox.messages).toEqual([]);
  });

  test("goes out by the machine's clock with no request to wake it", async () => {
    await using sandbox = await startSandbox();
    const told = new Promise<void>((resolve) => {
      sandbox.subscribe(() => {
        if (sandbox.messages.length > 0) resolve();
      });
    });
    const id = await makeDraft(sandbox, at(Date.now() + 300));
    await ask(sandbox, 'POST', `messages/${id}/send`);
    await told;
    expect(sandbox.drafts).toEqual([]);
  });
});

test('a sendMail that asks for a later time is delivered at once, and once more at that time', async () => {
  const { clock, sandbox } = withClock();
  await send(sandbox, at(NOW + HOUR));
  expect(sandbox.messages).toMatchObject([{ receivedAt: new Date(NOW) }]);
  clock.time += HOUR;
  expect(sandbox.messages).toMatchObject([
    { receivedAt: new Date(NOW) },
    { receivedAt: new Date(NOW + HOUR) },
  ]);
  expect(new Set(sandbox.messages.map(({ id }) => id)).size).toBe(2);
  expect(await folderOf(sandbox, 'sales@contoso.example')).toHaveLength(2);
  clock.time += HOUR;
  expect(sandbox.messages).toHaveLength(2);
});

test('a sendMail whose later time is past is delivered once', async () => {
  const { clock, sandbox } = withClock();
  await send(sandbox, at(NOW - HOUR));
  clock.time += HOUR;
  expect(sandbox.messages).toHaveLength(1);
});
