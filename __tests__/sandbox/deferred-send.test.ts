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

const move = async (sandbox: ReturnType<typeof createSandbox>, id: string, destinationId = 'outbox') => {
  const answer = await ask(sandbox, 'POST', `messages/${id}/move`, { destinationId });
  expect(answer.status).toBe(201);
  const { id: moved } = await answer.json();
  return moved;
};

describe('a draft in Outbox', () => {
  const flagsOf = async (sandbox: ReturnType<typeof createSandbox>, id: string) => {
    const $expand = "singleValueExtendedProperties($filter=id eq 'Integer 0x0E07')";
    const answer = await ask(sandbox, 'GET', `messages/${id}?${new URLSearchParams({ $expand })}`);
    const [{ value }] = (await answer.json()).singleValueExtendedProperties;
    return Number(value);
  };

  test('waits there when it is sent with a later time, and goes out once, however often it is sent', async () => {
    const { clock, sandbox } = withClock();
    const outbox = await move(sandbox, await makeDraft(sandbox, at(NOW + HOUR)));
    for (let send = 1; send <= 2; send++) {
      expect((await ask(sandbox, 'POST', `messages/${outbox}/send`)).status).toBe(202);
    }
    expect(sandbox.drafts).toMatchObject([{ id: outbox, sendsAt: new Date(NOW + HOUR) }]);
    clock.time += HOUR;
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  });

  test('shows whether it was told to be sent, whatever its client says', async () => {
    const { sandbox } = withClock();
    const claimed = at(NOW + HOUR);
    claimed.singleValueExtendedProperties.push({ id: 'Integer 0x0E07', value: '4' });
    const outbox = await move(sandbox, await makeDraft(sandbox, claimed));
    expect((await flagsOf(sandbox, outbox)) & 4).toBe(0);
    await ask(sandbox, 'POST', `messages/${outbox}/send`);
    expect((await flagsOf(sandbox, outbox)) & 4).toBe(4);
  });

  test('is not sent once it is deleted or moved elsewhere', async () => {
    const { clock, sandbox } = withClock();
    const [first, second] = [at(NOW + HOUR), at(NOW + HOUR)];
    const outbox = await move(sandbox, await makeDraft(sandbox, first));
    const other = await move(sandbox, await makeDraft(sandbox, second));
    for (const id of [outbox, other]) await ask(sandbox, 'POST', `messages/${id}/send`);
    await ask(sandbox, 'DELETE', `messages/${outbox}`);
    await move(sandbox, other, 'deleteditems');
    clock.time += HOUR;
    expect(sandbox.messages).toEqual([]);
  });
});

describe('a move', () => {
  test('takes a message out of its folder and gives it another id', async () => {
    const { sandbox } = withClock();
    const id = await makeDraft(sandbox);
    const answer = await ask(sandbox, 'POST', `messages/${id}/move`, { destinationId: 'outbox' });
    const moved = await answer.json();
    const { id: outbox } = await (await ask(sandbox, 'GET', 'mailFolders/outbox')).json();
    expect(moved).toMatchObject({ subject: LUNCH.subject, isDraft: true, parentFolderId: outbox });
    expect(moved.id).not.toBe(id);
    for (const request of ['move', 'send']) {
      const again = ask(
        sandbox,
        'POST',
        `messages/${id}/${request}`,
        request === 'move' ? { destinationId: 'outbox' } : undefined,
      );
      expect(await refusal(again)).toMatchObject({ status: 404, code: 'ErrorItemNotFound' });
    }
    expect((await ask(sandbox, 'GET', `messages/${moved.id}`)).status).toBe(200);
  });

  test.each<[string, object, object]>([
    ['no folder', {}, { status: 400, code: 'ErrorInvalidRequest' }],
    ['no text', { destinationId: 7 }, { status: 400, code: 'ErrorInvalidRequest' }],
    ['an unknown folder', { destinationId: 'AAMkAAA=' }, { status: 404, code: 'ErrorItemNotFound' }],
  ])('to %s is refused, and the message stays', async (_, body, refused) => {
    const { sandbox } = withClock();
    const id = await makeDraft(sandbox);
    expect(await refusal(ask(sandbox, 'POST', `messages/${id}/move`, body))).toMatchObject(refused);
    expect(sandbox.drafts).toMatchObject([{ id }]);
  });

  test('is shown by searches after the delay of sent messages, and its draft as long as drafts are stale', async () => {
    const delay = { sentItems: { ms: 1000 }, stale: { ms: 500 } };
    const { clock, sandbox } = withClock({ searchDelay: delay });
    const id = await makeDraft(sandbox, at(NOW + HOUR));
    const outbox = await move(sandbox, id);
    expect(await folderOf(sandbox)).toMatchObject([{ id }]);
    clock.time += 500;
    expect(await folderOf(sandbox)).toEqual([]);
    clock.time += 500;
    expect(await folderOf(sandbox)).toMatchObject([{ id: outbox }]);
  });
});
