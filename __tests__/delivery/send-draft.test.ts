import { inMemory } from '../../src/mime/spool';
import {
  attachment,
  CONFLICT,
  FORBIDDEN,
  LOST,
  Mailbox,
  NEVER,
  NOT_FOUND,
  REFUSED,
  sendDraftTo as send,
} from '../support/scripted-mailbox';

test('a draft is created, filled and sent, and is known by what the server said of it', async () => {
  const mailbox = new Mailbox();
  const { info, steps, progress, requests } = await send(mailbox, { added: [attachment, attachment] });
  expect(steps).toEqual(['create', 'attach draft-1', 'attach draft-1', 'send draft-1']);
  expect(info).toMatchObject({
    response: '202 Accepted',
    deduplicated: false,
    serverMessageId: '<of-draft-1@server>',
    sentItem: { id: undefined, conversationId: 'conversation of draft-1', webLink: undefined },
    leftDraftId: undefined,
    mayLeaveDraft: false,
  });
  expect(progress).toEqual([
    ['plan.bin', 4, 4],
    ['plan.bin', 4, 4],
  ]);
  expect(requests.attempts).toBe(1);
});

test('an attachment whose answer is lost spoils its draft, which is deleted, and made again', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) => (step === 'attach' && count === 1 ? LOST : undefined);
  const { info, steps } = await send(mailbox, { added: [attachment] });
  expect(steps).toEqual([
    'create',
    'attach draft-1',
    'delete draft-1',
    'create',
    'attach draft-2',
    'send draft-2',
  ]);
  expect(info?.serverMessageId).toBe('<of-draft-2@server>');
});

test('a draft is made again once only', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'attach' ? LOST : undefined);
  const { error, steps } = await send(mailbox, { added: [attachment] });
  expect(error).toMatchObject({ retryable: true, ambiguous: false, hint: 'Nothing was sent.' });
  expect(steps.filter((step) => step === 'create')).toHaveLength(2);
  expect(mailbox.drafts).toEqual([]);
});

test('a spoiled draft that cannot be deleted is named, and not made again', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'attach' ? LOST : step === 'delete' ? { fate: FORBIDDEN } : undefined);
  const { error } = await send(mailbox, { added: [attachment] });
  expect(error?.draftId).toBe('draft-1');
  expect(mailbox.drafts).toEqual(['draft-1']);
  expect(mailbox.counts.get('create')).toBe(1);
});

test('an attachment that is refused deletes the draft', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'attach' ? { fate: REFUSED } : undefined);
  const { error, steps } = await send(mailbox, { added: [attachment] });
  expect(error).toMatchObject({ code: 'EMESSAGE', retryable: false, graphCode: 'ErrorInvalidRequest' });
  expect(error?.message).toContain('Graph did not accept the attachment "plan.bin"');
  expect(steps.at(-1)).toBe('delete draft-1');
  expect(mailbox.drafts).toEqual([]);
});

test('a draft whose creation is not answered is found by its mark, and used', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'create' ? LOST : undefined);
  const { info, steps } = await send(mailbox);
  expect(steps).toEqual(['create', 'search', 'send draft-1']);
  // Nothing was told of it.
  expect(info).toMatchObject({ response: '202 Accepted', serverMessageId: undefined, sentItem: undefined });
});

test('a draft whose creation is not answered, and which is not found, is created again, as often as may be', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'create' ? NEVER : undefined);
  const { error, slept } = await send(mailbox);
  expect(mailbox.counts.get('create')).toBe(3);
  expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true, ambiguous: false });
  expect(error?.hint).toContain("A draft of the message may be left in the mailbox's Drafts.");
  // Between the attempts, and then for drafts that the mailbox may show late.
  expect(slept).toEqual([500, 1000, 250, 500, 1000, 2000]);
});

test('a draft that the mailbox shows late is deleted all the same', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'create' ? (count === 1 ? LOST : { fate: REFUSED }) : undefined;
  mailbox.hidden = 3;
  const { error, steps } = await send(mailbox);
  expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', draftId: undefined });
  expect(steps).toEqual(['create', 'search', 'create', 'search', 'search', 'search', 'delete draft-1']);
  expect(mailbox.drafts).toEqual([]);
});

test('a draft that is forbidden is explained by its size', async () => {
  const mailbox = new Mailbox();
  mailbox.script = () => ({ fate: FORBIDDEN });
  const { error } = await send(mailbox);
  expect(error?.message).toContain('a message of 5000000 bytes needs');
  // Once there is one, a refusal is about something else.
  const other = new Mailbox();
  other.script = (step) => (step === 'send' ? { fate: FORBIDDEN } : undefined);
  expect((await send(other)).error?.message).not.toContain('bytes needs');
});

test('a message that was sent without an answer is found in Sent Items by the mark of its draft', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'send' ? LOST : undefined);
  mailbox.hidden = 2;
  const { info, slept, requests } = await send(mailbox);
  expect(info).toMatchObject({
    response: 'Sent, as the mailbox says',
    deduplicated: false,
    sentItem: { id: 'sent-draft-1', conversationId: 'conversation of sent-draft-1' },
    serverMessageId: '<of-draft-1@server>',
  });
  expect(slept).toEqual([250, 500, 1000]);
  expect(requests.attempts).toBe(1);
});

test('a message that may have been sent and is not shown is not deleted, and not sent again', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'send' ? NEVER : undefined);
  const { error, steps, slept } = await send(mailbox);
  expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
  expect(error?.hint).toBe(
    'The message may have been sent, as draft draft-1. Check Sent Items before sending it again.',
  );
  expect(steps).toEqual(['create', 'send draft-1', ...Array(5).fill('search')]);
  expect(slept).toEqual([250, 500, 1000, 2000, 4000]);
});

test('a search that fails is no reason to doubt that the next one shows it', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'send' ? LOST : step === 'search' && count < 5 ? { fate: FORBIDDEN } : undefined;
  expect((await send(mailbox)).info).toMatchObject({ response: 'Sent, as the mailbox says' });
});

test('a /send that is throttled is repeated, and counted', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) => (step === 'send' && count < 3 ? { fate: { status: 429 } } : undefined);
  const { info, requests } = await send(mailbox);
  expect(info).toMatchObject({ response: '202 Accepted' });
  expect(requests.attempts).toBe(3);
});

test('a draft that leaves Drafts after a /send that was turned away may have been sent by it', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'send' && count === 1
      ? { fate: { status: 429 }, carriedOut: true }
      : step === 'search'
        ? { fate: FORBIDDEN }
        : undefined;
  const { error } = await send(mailbox);
  expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
});

test('a draft that Graph never finds was never sent, if there was no other answer', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'send' || step === 'delete' ? { fate: NOT_FOUND } : undefined);
  const { error } = await send(mailbox);
  expect(error).toMatchObject({ retryable: true, ambiguous: false, draftId: 'draft-1' });
  expect(error?.hint).toContain("A draft of the message may be left in the mailbox's Drafts: draft-1.");
  expect(mailbox.counts.get('send')).toBe(5);
  // Graph may not find what it has just created, so it is asked twice to delete it.
  expect(mailbox.counts.get('delete')).toBe(2);
});

test('a state that passes is waited out, when the draft is deleted too', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'send' ? { fate: REFUSED } : step === 'delete' && count < 4 ? { fate: CONFLICT } : undefined;
  const { error, slept } = await send(mailbox);
  expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', draftId: undefined });
  expect(mailbox.drafts).toEqual([]);
  expect(slept).toEqual([250, 500, 1000]);
});

test('a draft that stays in conflict is named', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) =>
    step === 'send' ? { fate: REFUSED } : step === 'delete' ? { fate: CONFLICT } : undefined;
  const { error } = await send(mailbox);
  expect(error).toMatchObject({ draftId: 'draft-1' });
  expect(mailbox.counts.get('delete')).toBe(5);
});

test('a message that is aborted before it is sent is not sent, and leaves nothing', async () => {
  const abort = new AbortController();
  const mailbox = new Mailbox();
  mailbox.script = (step) => {
    if (step === 'attach') queueMicrotask(() => abort.abort());
    return undefined;
  };
  const { error } = await send(mailbox, { added: [attachment], signal: abort.signal });
  expect(error).toMatchObject({ code: 'EABORT', ambiguous: false });
  expect(mailbox.counts.get('send')).toBeUndefined();
  expect([mailbox.drafts, mailbox.sent]).toEqual([[], []]);
});

test('a draft that is refused when it is sent is deleted, with one request', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'send' ? { fate: REFUSED } : undefined);
  const { error, steps } = await send(mailbox);
  expect(error?.message).toMatch(/^Graph did not accept the message: 400/);
  expect(steps).toEqual(['create', 'send draft-1', 'delete draft-1']);
});

test('a message that left Drafts by a /send that was turned away is found in Sent Items', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'send' && count === 1 ? { fate: { status: 429 }, carriedOut: true } : undefined;
  expect((await send(mailbox)).info).toMatchObject({
    response: 'Sent, as the mailbox says',
    sentItem: { id: 'sent-draft-1' },
  });
});

test('a draft that can be deleted after all was not sent, though it could not be found', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'send' ? { fate: count === 1 ? { status: 429 } : NOT_FOUND } : undefined;
  const { error, steps } = await send(mailbox);
  expect(error).toMatchObject({ ambiguous: false, retryable: true, draftId: undefined });
  expect(steps.at(-1)).toBe('delete draft-1');
  expect(mailbox.drafts).toEqual([]);
});

test('a draft that was not found to be sent, and then deleted, is not called left', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => (step === 'send' ? { fate: NOT_FOUND } : undefined);
  const { error } = await send(mailbox);
  expect(error).toMatchObject({ ambiguous: false, draftId: undefined });
  expect(error?.hint).not.toContain('may be left');
});

test('a draft that is gone when it is to be deleted, after another failure, is not called left', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) =>
    step === 'attach' ? { fate: REFUSED } : step === 'delete' ? { fate: NOT_FOUND } : undefined;
  const { error } = await send(mailbox, { added: [attachment] });
  expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', ambiguous: false, draftId: undefined });
});

describe('each step', () => {
  test('is a request that the documentation has', async () => {
    const { seen } = await send(new Mailbox(), { exactlyOnce: true, isMime: true });
    expect(seen.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)).toEqual([
      'POST /v1.0/users/app/messages',
      'PATCH /v1.0/users/app/messages/draft-1',
      'GET /v1.0/users/app/messages',
      'POST /v1.0/users/app/messages/draft-1/send',
    ]);
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([
      'text/plain',
      'application/json',
      undefined,
      undefined,
    ]);
    expect(JSON.parse(String(seen[1]?.body))).toEqual({
      singleValueExtendedProperties: [
        { id: 'String {6f0b1a52-8c55-4c1c-9a0e-0a7f3f3b9d21} Name nodemailer-graph-transport', value: 'm' },
      ],
    });
    expect(seen[3]?.body).toHaveLength(0);
  });

  test.each([
    ['create', 'the draft'],
    ['mark', 'the mark on the draft'],
    ['send', 'the message'],
  ] as const)('names what was not accepted: %s, %s', async (failing, what) => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === failing ? { fate: REFUSED } : undefined);
    const { error } = await send(mailbox, { exactlyOnce: true, isMime: true });
    expect(error?.message).toMatch(new RegExp(`^Graph did not accept ${what}: 400`));
  });

  test('that creates or changes something may be answered by another status of success', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => {
      if (step === 'create') {
        mailbox.put('made', ['m']);
        return { fate: { status: 200, body: { id: 'made' } } };
      }
      return step === 'mark' ? { fate: { status: 204 } } : undefined;
    };
    const { info } = await send(mailbox, { exactlyOnce: true, isMime: true });
    expect(info).toMatchObject({ response: '202 Accepted' });
  });

  test.each([[{ status: 201, body: '{"id":' }], [{ status: 201, body: {} }], [{ status: 201 }]])(
    'that creates a draft is not done if the answer does not tell its id: %j',
    async (fate) => {
      const mailbox = new Mailbox();
      mailbox.script = (step, count) =>
        step === 'create' && count === 1 ? { fate, carriedOut: true } : undefined;
      const { info, steps } = await send(mailbox);
      expect(info).toMatchObject({ response: '202 Accepted' });
      expect(steps).toEqual(['create', 'search', 'send draft-1']);
    },
  );

  test('that marks a draft is made again if its answer is lost', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => (step === 'mark' && count === 1 ? LOST : undefined);
    const { info } = await send(mailbox, { exactlyOnce: true, isMime: true });
    expect(info).toMatchObject({ response: '202 Accepted' });
    expect(mailbox.counts.get('mark')).toBe(2);
  });

  test('that deletes a draft is not made again once it is refused', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) =>
      step === 'send' ? { fate: REFUSED } : step === 'delete' ? { fate: FORBIDDEN } : undefined;
    const { error } = await send(mailbox);
    expect(error).toMatchObject({ draftId: 'draft-1' });
    expect(error?.hint).toContain(
      "The draft could not be deleted and stays in the mailbox's Drafts: draft-1.",
    );
    expect(mailbox.counts.get('delete')).toBe(1);
  });
});

test('a draft that someone deletes while it is filled is an error about that step', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => {
    if (step === 'attach') mailbox.stored.delete('draft-1');
    return undefined;
  };
  const { error } = await send(mailbox, { added: [attachment] });
  expect(error?.message).toContain('Graph did not accept the attachment "plan.bin"');
  expect(error).toMatchObject({ responseCode: 404, retryable: true, ambiguous: false });
  expect(mailbox.counts.get('create')).toBe(1);
});

test('the error of a step comes before that of the clean-up', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) =>
    step === 'attach' ? { fate: REFUSED } : step === 'delete' ? { fate: FORBIDDEN } : undefined;
  const { error } = await send(mailbox, { added: [attachment] });
  expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', draftId: 'draft-1' });
});

test('a draft that is refused was not created, so none is looked for', async () => {
  const mailbox = new Mailbox();
  mailbox.script = () => ({ fate: REFUSED });
  expect((await send(mailbox)).steps).toEqual(['create']);
});

test('a mailbox that does not exist is not waited for', async () => {
  const mailbox = new Mailbox();
  mailbox.script = () => ({ fate: { status: 404, body: { error: { code: 'ErrorInvalidUser' } } } });
  const { error, steps } = await send(mailbox);
  expect(error).toMatchObject({ code: 'EENVELOPE', graphCode: 'ErrorInvalidUser' });
  expect(steps).toEqual(['create']);
});

describe('an attachment', () => {
  const large = { ...attachment, contentBytes: inMemory(Buffer.alloc(3_000_000, 'plan')) };
  const shown = (...sizes: number[]) => ({
    fate: { status: 200, body: { value: sizes.map((size) => ({ name: 'plan.bin', size })) } },
  });

  test('is posted if it is small', async () => {
    const { seen, steps } = await send(new Mailbox(), { added: [attachment] });
    expect(steps).toEqual(['create', 'attach draft-1', 'send draft-1']);
    expect(seen[1]).toMatchObject({ method: 'POST', path: '/v1.0/users/app/messages/draft-1/attachments' });
    expect(seen[1]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(String(seen[1]?.body))).toEqual({
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: 'plan.bin',
      contentBytes: Buffer.from('plan').toString('base64'),
    });
  });

  test('is read first if it is small and on disk', async () => {
    const { contentBytes } = attachment;
    const onDisk = { size: 4, held: undefined, read: contentBytes.read.bind(contentBytes) };
    const { seen } = await send(new Mailbox(), { added: [{ ...attachment, contentBytes: onDisk }] });
    expect(JSON.parse(String(seen[1]?.body)).contentBytes).toBe(Buffer.from('plan').toString('base64'));
  });

  test('is uploaded if it has three million bytes', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => {
      if (step === 'attach')
        return { fate: { status: 201, body: { uploadUrl: 'https://up.example.com/upload' } } };
      return step === 'upload' ? { fate: { status: 201 } } : undefined;
    };
    const { seen, info } = await send(mailbox, { added: [large] });
    expect(info).toMatchObject({ response: '202 Accepted' });
    expect(seen[1]?.path).toBe('/v1.0/users/app/messages/draft-1/attachments/createUploadSession');
  });

  test.each([
    ['the first request has one of its name', ['plan.bin', 'other.bin'], [large], [4, 3_000_000]],
    ['one of its name was added before', undefined, [large, large], [3_000_000, 3_000_000]],
    ['no other has its name', ['other.bin'], [large], [3_000_000]],
  ])('whose last answer is lost is known to be there, where %s', async (_, firstNames, added, sizes) => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count, __, { method }) => {
      if (step === 'attach')
        return { fate: { status: 201, body: { uploadUrl: 'https://up.example.com/upload' } } };
      if (step === 'list') return shown(...sizes);
      if (step !== 'upload') return undefined;
      if (method === 'PUT') return count === added.length ? NEVER : { fate: { status: 201 } };
      return { fate: { status: 404 } };
    };
    const { info } = await send(mailbox, { added, ...(firstNames && { firstNames }) });
    expect(info).toMatchObject({ response: '202 Accepted' });
    expect(mailbox.counts.get('create')).toBe(1);
  });
});
