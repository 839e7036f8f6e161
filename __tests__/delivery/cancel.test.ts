import nodemailer from 'nodemailer';
import { type GraphTransport, type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { ask, makeDraft } from '../sandbox/support';

const HOUR = 3_600_000;
const ID = '<reminder@contoso.example>';

let sandbox: RunningSandbox;
let skewMs = 0;
let transport: GraphTransport;
const start = async (options: StartSandboxOptions = {}) => {
  skewMs = 0;
  sandbox = await startSandbox({ now: () => Date.now() + skewMs, ...options });
  transport = create();
};
afterEach(() => sandbox.close());

const create = (options: GraphTransportOptions = {}) =>
  graphTransport({ ...sandbox.options, retry: { attempts: 3, maxDelay: 5 }, ...options });
const schedule = (messageId = ID, inMs = HOUR) =>
  nodemailer.createTransport(create()).sendMail({
    messageId,
    to: 'ann@example.com',
    subject: 'Reminder',
    text: 'Tomorrow at nine',
    graph: { sendAt: new Date(Date.now() + inMs) },
  });
const deletions = () => sandbox.requests.filter(({ method }) => method === 'DELETE');
/** What another program schedules: the property of Exchange, and none of ours. */
const heldByOther = async () => {
  const id = await makeDraft(sandbox, {
    subject: 'Of another program',
    toRecipients: [{ emailAddress: { address: 'ann@example.com' } }],
    internetMessageId: '<other@contoso.example>',
    singleValueExtendedProperties: [
      { id: 'SystemTime 0x3FEF', value: new Date(Date.now() + HOUR).toISOString() },
    ],
  });
  await ask(sandbox, 'POST', `messages/${id}/send`);
};

describe('cancel()', () => {
  test.each([
    [412, 'ErrorIrresolvableConflict'],
    [409, 'ErrorIrresolvableConflict'],
    [404, 'ErrorItemNotFound'],
  ])('repeats a deletion that is answered with %s %s for a moment', async (status, code) => {
    await start();
    await schedule();
    sandbox.failNext('delete-message', { kind: 'answer', status, code });
    await expect(transport.cancel(ID)).resolves.toBe(true);
    expect(sandbox.drafts).toEqual([]);
  });

  test.each([
    [412, 'ErrorIrresolvableConflict'],
    [409, 'ErrorIrresolvableConflict'],
    [409, 'Conflict'],
  ])('says that the message was not deleted if the answer stays %s %s', async (status, code) => {
    await start();
    await schedule();
    sandbox.failNext('delete-message', { kind: 'answer', status, code }, { times: 20 });
    const failure = await transport.cancel(ID).catch((error: Error) => error);
    expect(failure).toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
      ambiguous: false,
      message: expect.stringMatching(/was not deleted, because [^.]*\. Cancel it again\.$/),
    });
    expect(sandbox.drafts).toHaveLength(1);
  });

  test('is false for a Message-ID that was never scheduled, without a deletion', async () => {
    await start();
    await schedule();
    await expect(transport.cancel('<unknown@contoso.example>')).resolves.toBe(false);
    await expect(transport.cancel(ID.toUpperCase())).resolves.toBe(false);
    expect(deletions()).toEqual([]);
    expect(sandbox.drafts).toHaveLength(1);
  });

  test.each<[string, StartSandboxOptions]>([
    ['', {}],
    [' though the search still shows the draft', { searchDelay: { stale: { finds: 9 } } }],
    [' though immutable ids lead to it', { immutableIdsOutliveSending: true }],
  ])('is false for a message that was sent, and leaves its copy alone%s', async (_, options) => {
    await start(options);
    await schedule();
    skewMs = 2 * HOUR;
    await expect(transport.cancel(ID)).resolves.toBe(false);
    expect(sandbox.messages).toHaveLength(1);
    expect(deletions().filter(({ status }) => status < 300)).toEqual([]);
    await expect(transport.sentItem(ID)).resolves.toMatchObject({ id: expect.any(String) });
  });

  test.each(['recoverableItems', 'deletedItems'] as const)(
    'called twice at once, is true once, and the message is not sent (%s)',
    async (deleteLeadsTo) => {
      await start({ deleteLeadsTo });
      await schedule();
      const both = await Promise.all([transport.cancel(ID), create().cancel(ID)]);
      expect(both.sort()).toEqual([false, true]);
      skewMs = 2 * HOUR;
      await expect(transport.scheduled()).resolves.toEqual([]);
      expect(sandbox.messages).toEqual([]);
    },
  );

  test('deletes every message that was scheduled under the Message-ID', async () => {
    await start({ pageSize: 1, emptyPages: true });
    await schedule();
    await schedule(ID, 2 * HOUR);
    await schedule('<kept@contoso.example>');
    await expect(transport.cancel(ID)).resolves.toBe(true);
    await expect(transport.scheduled()).resolves.toMatchObject([{ messageId: '<kept@contoso.example>' }]);
  });

  test('does not touch what another program has scheduled', async () => {
    await start();
    await heldByOther();
    await expect(transport.cancel('<other@contoso.example>')).resolves.toBe(false);
    expect(sandbox.drafts).toHaveLength(1);
    expect(deletions()).toEqual([]);
  });
});

describe('scheduled()', () => {
  test('lists what this package has scheduled, on however many pages, and nothing of other programs', async () => {
    await start({ pageSize: 2, emptyPages: true });
    await heldByOther();
    const hours = [5, 2, 4, 1, 3];
    for (const hour of hours) await schedule(`<${hour}@contoso.example>`, hour * HOUR);
    const listed = await transport.scheduled();
    expect(listed.map(({ messageId }) => messageId)).toEqual(
      [1, 2, 3, 4, 5].map((hour) => `<${hour}@contoso.example>`),
    );
    expect(sandbox.drafts).toHaveLength(6);
  });
});
