import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import type { RunningSandbox, SandboxFault, StartSandboxOptions } from '../../src/sandbox';
import { fc } from '../support/fast-check';
import { HOUR, inMs, sandboxAhead } from '../support/sandbox-ahead';

let sandbox: RunningSandbox;
const { open, goAhead } = sandboxAhead();
const start = async (options?: StartSandboxOptions) => {
  sandbox = await open(options);
};

const ID = '<reminder@contoso.example>';
const create = (options: GraphTransportOptions = {}) =>
  graphTransport({
    ...sandbox.options,
    delivery: 'exactly-once',
    searchLag: 0,
    retry: { attempts: 3, maxDelay: 5 },
    ...options,
  });
const send = (mail: SendMailOptions, options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(create(options)).sendMail(mail);
const later = (sendAt = inMs(HOUR)): SendMailOptions => ({
  messageId: ID,
  to: 'ann@example.com',
  subject: 'Reminder',
  text: 'Tomorrow at nine',
  graph: { sendAt },
});
const atOnce = { ...later(), graph: {} };
const large = { attachments: [{ filename: 'plan.bin', content: Buffer.alloc(3_100_000, 'plan') }] };
const steps = () =>
  sandbox.requests.flatMap(({ method, path }) => {
    const [, action = ''] = /\/messages(?:\/[^/?]+)?(\/\w+)?/.exec(path) ?? [];
    return path.includes('/messages') ? [`${method}${action}`] : [];
  });

test.each([
  ['small', {}],
  ['large', large],
])('a %s message is moved to Outbox, held there and sent once at its time', async (_, more) => {
  await start();
  const sendAt = inMs(HOUR);
  const info = await send({ ...later(sendAt), ...more });
  expect(info).toMatchObject({
    response: '202 Accepted',
    route: 'draft',
    scheduled: true,
    sendAt,
    deduplicated: false,
    attempts: 1,
    draftId: undefined,
    sentItem: { id: undefined, conversationId: expect.any(String) },
  });
  expect(steps().filter((step) => /move|send|DELETE/.test(step))).toEqual(['POST/move', 'POST/send']);
  expect(sandbox.messages).toEqual([]);
  expect(sandbox.drafts).toEqual([expect.objectContaining({ subject: 'Reminder', sendsAt: sendAt })]);
  goAhead(HOUR + 1000);
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toEqual([]);
});

test('sent again while it is held, the message is found and stays as it is', async () => {
  await start();
  const sendAt = inMs(HOUR);
  await send(later(sendAt));
  await expect(send(later(inMs(2 * HOUR)))).resolves.toMatchObject({
    response: 'Scheduled before, as the mailbox says',
    scheduled: true,
    sendAt,
    deduplicated: true,
    attempts: 0,
    sentItem: { id: undefined, webLink: undefined, conversationId: expect.any(String) },
  });
  expect(steps().filter((step) => step === 'POST/send')).toHaveLength(1);
  expect(sandbox.drafts).toEqual([expect.objectContaining({ sendsAt: sendAt })]);
});

test('sent again after its time, the message is found in Sent Items, and is not called scheduled', async () => {
  await start();
  await send(later());
  goAhead(HOUR + 1000);
  await expect(send(later(inMs(3 * HOUR)))).resolves.toMatchObject({
    response: 'Sent before, as the mailbox says',
    deduplicated: true,
    scheduled: false,
    sendAt: undefined,
    sentItem: { id: expect.any(String) },
  });
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toEqual([]);
});

test('sent again without a time while it is held, the message stays held', async () => {
  await start();
  const sendAt = inMs(HOUR);
  await send(later(sendAt));
  await expect(send(atOnce)).resolves.toMatchObject({ deduplicated: true, scheduled: true, sendAt });
  expect(sandbox.messages).toEqual([]);
  expect(sandbox.drafts).toHaveLength(1);
});

test('a message that was sent at once is not scheduled as well', async () => {
  await start();
  await send(atOnce);
  await expect(send(later())).resolves.toMatchObject({
    deduplicated: true,
    scheduled: false,
    sendAt: undefined,
  });
  expect(sandbox.drafts).toEqual([]);
});

test('a message that was left in Outbox before it was held is held by the next call, once', async () => {
  await start();
  const sendAt = inMs(HOUR);
  sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  await expect(send(later(sendAt))).rejects.toMatchObject({ ambiguous: true });
  await expect(send(later(inMs(2 * HOUR)))).resolves.toMatchObject({
    response: '202 Accepted',
    scheduled: true,
    sendAt,
    deduplicated: false,
  });
  expect(sandbox.drafts).toEqual([expect.objectContaining({ sendsAt: sendAt })]);
});

test('what was left in Outbox goes at once if it is sent again after its time, without one', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  await send(later()).catch(() => undefined);
  goAhead(HOUR + 1000);
  await expect(send(atOnce)).resolves.toMatchObject({ scheduled: false, sendAt: undefined });
  expect(sandbox.messages).toHaveLength(1);
});

test('a refusal once the message is in Outbox is ambiguous, and names it and the way out', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' });
  const failure = await send(later()).catch((error: unknown) => error);
  const [held] = sandbox.drafts;
  expect(failure).toMatchObject({
    graphCode: 'ErrorSendAsDenied',
    ambiguous: true,
    retryable: false,
    draftId: held?.id,
    message: expect.stringMatching(
      /Exchange may be holding .* Send it again with the same Message-ID.*call transport\.cancel\(messageId\)/,
    ),
  });
  await expect(create().cancel(ID)).resolves.toBe(true);
  expect(sandbox.drafts).toEqual([]);
});

test('a draft that cannot be moved is deleted, and the error is certain', async () => {
  await start();
  sandbox.failNext('move-message', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  await expect(send(later())).rejects.toMatchObject({ code: 'EAUTH', ambiguous: false });
  expect(sandbox.drafts).toEqual([]);
});

test('a time that is past is refused without a word on earlier attempts', async () => {
  await start();
  const failure = await send(later(inMs(-1000))).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringMatching(/unless an earlier attempt has sent it\. This call sent nothing\.$/),
    retryable: false,
    ambiguous: false,
  });
  expect(sandbox.requests).toEqual([]);
});

test('a scheduled reply stays in its conversation', async () => {
  await start();
  await send(
    { messageId: '<question@contoso.example>', to: 'ann@example.com', text: 'When?' },
    { delivery: 'at-most-once' },
  );
  const reply = { ...later(), graph: { ...later().graph, inReplyTo: '<question@contoso.example>' } };
  await expect(send(reply)).resolves.toMatchObject({ scheduled: true, dropped: [] });
  await expect(send(reply)).resolves.toMatchObject({ scheduled: true, deduplicated: true });
  expect(sandbox.drafts).toHaveLength(1);
});

test('the copy is the proof, and stays', async () => {
  await start();
  await expect(send(later(), { saveToSentItems: false })).resolves.toMatchObject({
    dropped: ['saveToSentItems: false'],
  });
});

describe('scheduled() and cancel()', () => {
  test('know a message in Outbox', async () => {
    await start();
    const sendAt = inMs(HOUR);
    await send(later(sendAt));
    const other = { ...later(inMs(2 * HOUR)), messageId: '<other@contoso.example>' };
    await send(other, { delivery: 'at-most-once' });
    const transport = create();
    await expect(transport.scheduled()).resolves.toMatchObject([
      { messageId: ID, sendAt },
      { messageId: other.messageId },
    ]);
    await expect(transport.cancel(ID)).resolves.toBe(true);
    await expect(transport.cancel(ID)).resolves.toBe(false);
    await expect(transport.scheduled()).resolves.toMatchObject([{ messageId: other.messageId }]);
    goAhead(3 * HOUR);
    expect(sandbox.messages).toMatchObject([{ internetMessageId: other.messageId }]);
  });

  test('a cancelled message is scheduled anew when it is sent again', async () => {
    await start({ deleteLeadsTo: 'deletedItems' });
    await send(later());
    await expect(create().cancel(ID)).resolves.toBe(true);
    const sendAt = inMs(2 * HOUR);
    await expect(send(later(sendAt))).resolves.toMatchObject({
      scheduled: true,
      deduplicated: false,
      sendAt,
    });
    expect(sandbox.drafts).toEqual([expect.objectContaining({ sendsAt: sendAt })]);
    goAhead(3 * HOUR);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('know all messages with a Message-ID', async () => {
    await start();
    await send(later(), { delivery: 'at-most-once' });
    await send(later());
    await expect(create().scheduled()).resolves.toHaveLength(2);
    await expect(create().cancel(ID)).resolves.toBe(true);
    expect(sandbox.drafts).toEqual([]);
  });
});

const FAULTS: SandboxFault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'answer', status: 404, code: 'ErrorItemNotFound' },
  { kind: 'answer', status: 412, code: 'ErrorIrresolvableConflict' },
  { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' },
  { kind: 'answer', status: 500, code: 'ErrorInternalServerError' },
];
const REQUESTS = [
  'create-draft',
  'find-messages',
  'move-message',
  'send-draft',
  'read-message',
  'delete-message',
] as const;
const fault = fc.record({
  request: fc.constantFrom(...REQUESTS),
  fault: fc.constantFrom(...FAULTS),
  times: fc.integer({ min: 1, max: 3 }),
});

test('whatever fails in whichever calls, with a time or without, one mail goes out in the end', async () => {
  const calls = fc.array(
    fc.record({ faults: fc.array(fault, { maxLength: 3 }), isScheduled: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 2,
    },
  );
  await start();
  const transporter = nodemailer.createTransport(create());
  await fc.assert(
    fc.asyncProperty(calls, fc.boolean(), async (planned, isLastScheduled) => {
      sandbox.clear();
      goAhead(0);
      const sendAt = inMs(HOUR);
      const mailFor = (isScheduled: boolean) => (isScheduled ? later(sendAt) : atOnce);
      const outcomes: string[] = [];
      for (const { faults, isScheduled } of planned) {
        for (const { request, fault, times } of faults) sandbox.failNext(request, fault, { times });
        const outcome = transporter.sendMail(mailFor(isScheduled)).then(
          () => 'sent',
          ({ ambiguous }) => (ambiguous ? 'unknown' : 'not sent'),
        );
        outcomes.push(await outcome);
        for (const { id } of sandbox.faults) sandbox.cancelFault(id);
      }
      const before = sandbox.messages.length + sandbox.drafts.filter(({ sendsAt }) => sendsAt).length;
      if (outcomes.includes('sent')) expect(before).toBe(1);
      if (outcomes.every((outcome) => outcome === 'not sent')) expect(before).toBe(0);
      await transporter.sendMail(mailFor(isLastScheduled));
      goAhead(2 * HOUR);
      expect(sandbox.messages).toHaveLength(1);
      expect(sandbox.drafts).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
