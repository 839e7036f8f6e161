import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, attach, LUNCH, makeDraft, openSession, putRange, send, TEXT_FILE, tokenFor } from './support';

const subjects = (sandbox: Sandbox) => sandbox.messages.map(({ subject }) => subject);
const file = (bytes: number) => ({ ...TEXT_FILE, contentBytes: Buffer.alloc(bytes).toString('base64') });
const large = (subject: string) => ({ ...LUNCH, subject, attachments: [file(30_000)] });

test('the oldest messages go when there are more than may be kept', async () => {
  const sandbox = createSandbox({ maxMessages: 2 });
  for (const subject of ['one', 'two', 'three']) await send(sandbox, { ...LUNCH, subject });
  expect(subjects(sandbox)).toEqual(['two', 'three']);
  expect(sandbox.usage).toMatchObject({ maxMessages: 2, forgotten: 1 });
});

test('the oldest messages go when they take up more than they may', async () => {
  // Each has its file twice: as bytes, and as base64 in the request.
  const sandbox = createSandbox({ maxBytes: 150_000 });
  for (const subject of ['one', 'two', 'three']) await send(sandbox, large(subject));
  expect(subjects(sandbox)).toEqual(['two', 'three']);
  expect(sandbox.usage.bytes).toBeGreaterThan(140_000);
  expect(sandbox.usage.bytes).toBeLessThanOrEqual(150_000);
});

test('the newest message stays, however large it is', async () => {
  const sandbox = createSandbox({ maxBytes: 1000 });
  for (const subject of ['one', 'two']) await send(sandbox, large(subject));
  expect(subjects(sandbox)).toEqual(['two']);
});

test('a message that was removed takes up nothing', async () => {
  const sandbox = createSandbox();
  await send(sandbox, large('one'));
  await send(sandbox, LUNCH);
  expect(sandbox.removeMessage(sandbox.messages[0]?.id ?? '')).toBe(true);
  expect(sandbox.usage.bytes).toBeLessThan(1000);
  expect(sandbox.removeMessage('gone')).toBe(false);
  sandbox.clear();
  expect(sandbox.usage.bytes).toBe(0);
});

test('a message that goes takes its copy in Sent Items along', async () => {
  const sandbox = createSandbox({ maxMessages: 1 });
  await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox)}/send`);
  const { id } = sandbox.messages[0] ?? {};
  expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(200);
  await send(sandbox, LUNCH);
  expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(404);
});

test('the copies that sendMail leaves in Sent Items do not pile up', async () => {
  const sandbox = createSandbox({ maxMessages: 1 });
  await send(sandbox, LUNCH);
  const id = sandbox.messages[0]?.id;
  expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(200);
  await send(sandbox, LUNCH);
  expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(404);
});

test('a draft counts with what was attached and uploaded to it', async () => {
  const sandbox = createSandbox({ limits: { sessionMinimumBytes: 1 } });
  const id = await makeDraft(sandbox);
  const before = sandbox.usage.bytes;
  await attach(sandbox, id, file(3000));
  await putRange(sandbox, await openSession(sandbox, id), 'Hello', 'bytes 0-4/10');
  expect(sandbox.usage.bytes).toBe(before + 3005);
});

test('drafts do not go while somebody may be filling them', async () => {
  const sandbox = createSandbox({ maxBytes: 1000 });
  const id = await makeDraft(sandbox, large('one'));
  await makeDraft(sandbox, large('two'));
  expect((await ask(sandbox, 'POST', `messages/${id}/send`)).status).toBe(202);
});

test('drafts that were left behind make room in the end', async () => {
  let now = Date.now();
  const sandbox = createSandbox({ maxBytes: 1000, now: () => now });
  await makeDraft(sandbox, large('left behind'));
  now += 3_600_000;
  await makeDraft(sandbox, large('new'));
  expect(sandbox.drafts).toMatchObject([{ subject: 'new' }]);
});

test('an upload that has expired takes up nothing', async () => {
  let now = Date.now();
  const sandbox = createSandbox({ limits: { sessionMinimumBytes: 1 }, now: () => now });
  const id = await makeDraft(sandbox);
  const before = sandbox.usage.bytes;
  await putRange(sandbox, await openSession(sandbox, id), 'Hello', 'bytes 0-4/10');
  now += 3_600_000;
  await sandbox.handle(new Request('http://localhost/'));
  expect(sandbox.usage.bytes).toBe(before);
});

test('the oldest drafts go when there are more than may be kept', async () => {
  const sandbox = createSandbox({ maxMessages: 2 });
  for (const subject of ['one', 'two', 'three']) await makeDraft(sandbox, { ...LUNCH, subject });
  expect(sandbox.drafts.map(({ subject }) => subject)).toEqual(['two', 'three']);
});

test('the list of requests ends with the latest ten thousand', async () => {
  const sandbox = createSandbox();
  for (let number = 0; number <= 10_000; number += 1) {
    await sandbox.handle(new Request(`http://localhost/${number}`));
  }
  expect(sandbox.requests).toHaveLength(10_000);
  expect(sandbox.requests[0]?.path).toBe('/1');
});

test.each([0, -1, 1.5, Number.NaN])('no bound of %p messages is taken', (maxMessages) => {
  expect(() => createSandbox({ maxMessages })).toThrow('`maxMessages` to be an integer from');
});

test('no bound of less than nothing is taken', () => {
  expect(() => createSandbox({ maxBytes: -1 })).toThrow('`maxBytes` to be an integer from 0');
});

describe('what clients name without end', () => {
  test('upload sessions are a thousand at most, and the oldest go', async () => {
    const sandbox = createSandbox({ limits: { sessionMinimumBytes: 1 } });
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const id = await makeDraft(sandbox);
    const AttachmentItem = { attachmentType: 'file', name: 'a', size: 10 };
    const path = `messages/${id}/attachments/createUploadSession`;
    const first = await openSession(sandbox, id);
    for (let number = 0; number < 1000; number += 1) {
      await ask(sandbox, 'POST', path, { AttachmentItem }, { authorization });
    }
    expect(sandbox.drafts).toMatchObject([{ uploadSessions: 1000 }]);
    expect((await putRange(sandbox, first, 'Hello', 'bytes 0-4/10')).status).toBe(404);
  });

  test('faults that are still to come are ten thousand at most', () => {
    const sandbox = createSandbox();
    const lay = () => sandbox.failNext('send-mail', { kind: 'answer', status: 503 });
    for (let number = 0; number < 10_000; number += 1) lay();
    expect(lay).toThrow(TypeError);
    expect(sandbox.faults).toHaveLength(10_000);
  });

  test('a path and a client-request-id of any length take up little in the list of requests', async () => {
    const sandbox = createSandbox();
    const long = 'x'.repeat(100_000);
    const headers = { 'client-request-id': long };
    await sandbox.handle(new Request(`http://localhost/${long}`, { headers }));
    const [{ path = '', clientRequestId = '' } = {}] = sandbox.requests;
    expect([path.length, clientRequestId.length]).toEqual([4001, 4001]);
    expect(path).toMatch(/^\/x+…$/);
  });

  test('a message that was forgotten is not sent again at its time', async () => {
    let now = Date.parse('2030-01-01T00:00:00Z');
    const sandbox = createSandbox({ maxMessages: 1, now: () => now });
    const later = { id: 'SystemTime 0x3FEF', value: '2030-01-01T01:00:00Z' };
    await send(sandbox, { ...LUNCH, subject: 'one', singleValueExtendedProperties: [later] });
    await send(sandbox, { ...LUNCH, subject: 'two' });
    now += 3_600_000;
    expect(subjects(sandbox)).toEqual(['two']);
  });

  test.each(['constructor', '__proto__', 'toString'])(
    'a path, an id or a fault that is called %s is unknown',
    async (name) => {
      const sandbox = createSandbox();
      expect((await ask(sandbox, 'GET', `messages/${name}`)).status).toBe(404);
      expect((await ask(sandbox, 'GET', `mailFolders/${name}`)).status).toBe(404);
      expect((await ask(sandbox, 'GET', `messages/${await makeDraft(sandbox)}?$select=${name}`)).status).toBe(
        400,
      );
      expect((await ask(sandbox, 'GET', `messages?$filter=${name} eq 'x'`)).status).toBe(400);
      expect((await ask(sandbox, 'GET', `messages?$orderby=${name}`)).status).toBe(400);
      expect((await send(sandbox, JSON.parse(`{"${name}":1}`))).status).toBe(400);
      expect((await putRange(sandbox, `http://localhost/upload/${name}`, 'x', 'bytes 0-0/1')).status).toBe(
        404,
      );
      expect(() => Reflect.apply(sandbox.failNext, sandbox, [name, { kind: 'reset' }])).toThrow(TypeError);
    },
  );
});
