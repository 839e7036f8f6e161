import { ask, IMMUTABLE, LUNCH as LUNCH_JSON, makeDraft, refusal as refusalOf } from '../sandbox/support';
import { cannotDelete, conflict, itemNotFound, noMailboxYet, refusal, saidBy } from './recorded-answers';
import type { RequestName } from './recorded-requests';
import { seen } from './seen';
import { errorOf, LUNCH, meaningOf, PARCEL, sendBy, services, TWO_FILES } from './sending';
import { DELETED_ITEMS, SENT_ITEMS } from './well-service';

const { recorded, sandbox } = services();
const EXACTLY_ONCE = { delivery: 'exactly-once' } as const;

seen(1, () => {
  const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

  test('the sandbox shows whole seconds', async () => {
    const service = await sandbox();
    await sendBy({ ...service.options, ...EXACTLY_ONCE });
    const draft = await (await ask(service, 'POST', 'messages', LUNCH_JSON)).json();
    const [copy] = (await (await ask(service, 'GET', 'mailFolders/sentitems/messages')).json()).value;
    for (const message of [draft, copy]) {
      expect(message.createdDateTime).toMatch(WHOLE_SECONDS);
      expect(message.lastModifiedDateTime).toMatch(WHOLE_SECONDS);
      expect(message.receivedDateTime).toMatch(WHOLE_SECONDS);
      expect(message.sentDateTime).toMatch(WHOLE_SECONDS);
    }
  });

  test('two processes in the same second send a message once', async () => {
    const service = await sandbox({ now: () => 1_664_569_882_500 });
    const mail = { ...LUNCH, messageId: '<order-1@contoso.example>' };
    const options = { ...service.options, ...EXACTLY_ONCE };
    await Promise.all([sendBy(options, mail), sendBy(options, mail), sendBy(options, mail)]);
    expect(service.messages).toHaveLength(1);
  });

  test('no request of the transport asks for a time', async () => {
    const service = await recorded();
    await sendBy({ ...service.options, ...EXACTLY_ONCE });
    expect(service.sent).toHaveLength(1);
    expect(service.requests.filter(({ path }) => /DateTime/i.test(path))).toEqual([]);
  });
});

seen(2, () => {
  test('no request of the transport asks for an immutable id', async () => {
    const service = await recorded();
    await sendBy({ ...service.options, ...EXACTLY_ONCE }, PARCEL);
    expect(service.sent).toHaveLength(1);
    expect(service.requests.filter(({ headers }) => /IdType/i.test(String(headers.prefer)))).toEqual([]);
  });

  test('a message whose answer was lost is not sent again, although its id is dead', async () => {
    const service = await recorded({ 'send-draft': ['broken'] });
    const { info } = await sendBy({ ...service.options, ...EXACTLY_ONCE });
    expect(info).toMatchObject({ route: 'draft' });
    expect(service.sent).toHaveLength(1);
    expect(service.count('send-draft')).toBe(1);
  });

  test.each([{}, IMMUTABLE])('an id of the sandbox is dead once the draft was sent: %j', async (headers) => {
    const service = await sandbox();
    const id = await makeDraft(service, LUNCH_JSON, { headers });
    expect((await ask(service, 'POST', `messages/${id}/send`, undefined, { headers })).status).toBe(202);
    for (const [method, path] of [
      ['GET', `messages/${id}`],
      ['DELETE', `messages/${id}`],
      ['POST', `messages/${id}/send`],
    ] as const) {
      expect((await ask(service, method, path, undefined, { headers })).status).toBe(404);
    }
    expect(service.messages).toHaveLength(1);
    const copies = await (await ask(service, 'GET', 'mailFolders/sentitems/messages')).json();
    expect(copies.value).toHaveLength(1);
  });
});

const pageOf = (messages: object[], nextLink?: string) => ({
  status: 200,
  body: { value: messages, ...(nextLink !== undefined && { '@odata.nextLink': nextLink }) },
});

seen(3, () => {
  test.each([true, false])(
    'what lies in Deleted Items is not taken for sent: isDraft %s',
    async (isDraft) => {
      const deleted = { id: 'AAMkADU1N2Old=', isDraft, parentFolderId: DELETED_ITEMS };
      const service = await recorded({ 'find-messages': [pageOf([deleted])] });
      const { info } = await sendBy({ ...service.options, ...EXACTLY_ONCE }, PARCEL);
      expect(info).toMatchObject({ route: 'draft' });
      expect(info?.deduplicated ?? false).toBe(false);
      expect(service.sent).toHaveLength(1);
    },
  );

  test('what lies in Sent Items was sent', async () => {
    const copy = { id: 'AAMkADU1N2Old=', isDraft: false, parentFolderId: SENT_ITEMS };
    const service = await recorded({ 'find-messages': { always: pageOf([copy]) } });
    const { info } = await sendBy({ ...service.options, ...EXACTLY_ONCE }, PARCEL);
    expect(info).toMatchObject({ deduplicated: true });
    expect(service.sent).toHaveLength(0);
  });

  test('the sandbox finds a deleted draft in another folder, when told to', async () => {
    const service = await sandbox({ deleteLeadsTo: 'deletedItems' });
    await ask(service, 'DELETE', `messages/${await makeDraft(service)}`);
    const drafts = await (await ask(service, 'GET', 'mailFolders/drafts')).json();
    const [found, ...others] = (await (await ask(service, 'GET', 'messages')).json()).value;
    expect(others).toEqual([]);
    expect(found.parentFolderId).not.toBe(drafts.id);
  });
});

seen(4, () => {
  test('an empty page is not the end', async () => {
    const copy = { id: 'AAMkADU1N2Old=', isDraft: false, parentFolderId: SENT_ITEMS };
    const next = 'https://graph.microsoft.com/v1.0/users/app@contoso.example/messages?%24skip=10&page=2';
    const first = pageOf([], next);
    const service = await recorded({
      'find-messages': [first, pageOf([copy]), first, pageOf([copy])],
    });
    const { info } = await sendBy({ ...service.options, ...EXACTLY_ONCE }, PARCEL);
    expect(info).toMatchObject({ deduplicated: true });
    expect(service.sent).toHaveLength(0);
    expect(service.requests.filter(({ path }) => path.endsWith('messages?%24skip=10&page=2'))).not.toEqual(
      [],
    );
  });

  test('the sandbox begins and ends with an empty page, when told to', async () => {
    const service = await sandbox({ emptyPages: true });
    await makeDraft(service);
    const page = await (await ask(service, 'GET', 'messages')).json();
    expect(page).toMatchObject({ value: [], '@odata.nextLink': expect.any(String) });
    const mail = { ...LUNCH, messageId: '<order-2@contoso.example>' };
    const options = { ...service.options, ...EXACTLY_ONCE };
    await sendBy(options, mail);
    expect((await sendBy(options, mail)).info).toMatchObject({ deduplicated: true });
    expect(service.messages).toHaveLength(1);
  });
});

seen(10, () => {
  /** Each step, and a message that takes it. */
  const STEPS: [Exclude<RequestName, 'openid-configuration'>, typeof PARCEL, object][] = [
    ['create-draft', TWO_FILES, {}],
    ['create-draft', LUNCH, EXACTLY_ONCE],
    ['add-attachment', TWO_FILES, {}],
    ['create-upload-session', PARCEL, {}],
    ['upload-range', PARCEL, {}],
    ['update-message', PARCEL, EXACTLY_ONCE],
    ['send-draft', TWO_FILES, {}],
    ['send-draft', LUNCH, EXACTLY_ONCE],
  ];
  const ANSWERS = [conflict, itemNotFound, noMailboxYet];
  const CASES = STEPS.flatMap(([step, mail, options]) =>
    ANSWERS.filter((answer) => step !== 'create-draft' || answer === conflict).map((answer) => {
      return { step, options, mail, answer, ...saidBy(answer) };
    }),
  );

  test.each(CASES)('$code at $step passes: $options', async ({ step, options, mail, answer }) => {
    const service = await recorded({ [step]: [answer] });
    const { info, error, waits } = await sendBy({ ...service.options, ...options }, mail);
    expect(error?.message).toBeUndefined();
    expect(info).toMatchObject({ route: 'draft' });
    expect(service.sent).toHaveLength(1);
    expect(service.drafts()).toEqual([]);
    // A session that is gone is opened again at once.
    expect(waits.length > 0 || (step === 'upload-range' && answer.status === 404)).toBe(true);
  });

  test.each(CASES)('$code at $step that never passes is worth another try: $options', async (row) => {
    const { step, code, options, mail, answer } = row;
    const service = await recorded({ [step]: { always: answer } });
    const ended = await sendBy({ ...service.options, ...options }, mail);
    expect(meaningOf(ended)).toMatchObject({ graphCode: code, retryable: true, ambiguous: false });
    expect(errorOf(ended).hint).toMatch(/\w/);
    expect(errorOf(ended).responseCode).toBe(answer.status);
    expect(service.count(step)).toBeGreaterThan(1);
    expect(service.sent).toHaveLength(0);
    expect(service.drafts()).toEqual([]);
  });

  test.each(CASES)('the sandbox plays $code at $step to the same end: $options', async (row) => {
    const { step, code, options, mail, answer, message } = row;
    const played = await sandbox();
    const fault = { kind: 'answer', status: answer.status, code, message } as const;
    const lay = (times: number) => played.failNext(step, fault, { times });
    lay(1);
    expect((await sendBy({ ...played.options, ...options }, mail)).info).toMatchObject({ route: 'draft' });
    expect(played.messages).toHaveLength(1);
    lay(1000);
    const service = await recorded({ [step]: { always: answer } });
    const again = { ...mail, subject: 'Another lunch' };
    const ended = await sendBy({ ...played.options, ...options }, again);
    expect(meaningOf(ended)).toEqual(meaningOf(await sendBy({ ...service.options, ...options }, again)));
    expect(played.messages).toHaveLength(1);
    expect(played.drafts).toEqual([]);
  });

  test('a mailbox that is not there is final from the start', async () => {
    const unknown = refusal(404, 'ErrorInvalidUser', "The requested user 'app@contoso.example' is invalid.");
    const service = await recorded({ 'create-draft': { always: unknown } });
    const ended = await sendBy(service.options, PARCEL);
    expect(meaningOf(ended)).toMatchObject({ code: 'EENVELOPE', retryable: false, ambiguous: false });
    expect(service.count('create-draft')).toBe(1);
  });

  test('a message that goes at once is not tried again for a mailbox that is not there', async () => {
    const service = await recorded({ 'send-mail': { always: noMailboxYet } });
    const ended = await sendBy(service.options);
    expect(meaningOf(ended)).toMatchObject({ code: 'EENVELOPE', retryable: false, ambiguous: false });
    expect(service.count('send-mail')).toBe(1);
  });

  test('the transport works on a draft with one request at a time', async () => {
    const service = await recorded();
    await sendBy(service.options, {
      ...LUNCH,
      attachments: [...(TWO_FILES.attachments ?? []), ...(PARCEL.attachments ?? [])],
    });
    expect(service.sent).toHaveLength(1);
    expect(service.mostAtOnce()).toBe(1);
  });

  test('the sandbox answers 412 to two attachments at once', async () => {
    const service = await sandbox({ latency: 50 });
    const id = await makeDraft(service);
    const file = {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: 'a.txt',
      contentBytes: 'SGVsbG8=',
    };
    const post = () => ask(service, 'POST', `messages/${id}/attachments`, file);
    const answers = await Promise.all([post(), post()]);
    const refused = answers.find(({ status }) => status !== 201);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 412]);
    const { code, message } = await refusalOf(refused ?? Response.error());
    expect({ code, message }).toEqual({
      code: 'ErrorIrresolvableConflict',
      message: expect.stringContaining('the change key passed in the request does not match'),
    });
  });
});

seen(16, () => {
  test.each([403, 400, 404])('a draft that cannot be deleted a second time is gone: %i', async (status) => {
    const service = await recorded({
      'add-attachment': { always: refusal(400, 'ErrorCorruptData', 'Data is corrupt.') },
      'delete-message': ['broken', cannotDelete(status), cannotDelete(status)],
    });
    const error = errorOf(await sendBy(service.options, TWO_FILES));
    expect(error).toMatchObject({ code: 'EMESSAGE', graphCode: 'ErrorCorruptData', retryable: false });
    expect(error.draftId).toBeUndefined();
    expect(error.message).not.toMatch(/could not be deleted|may be left/);
    expect(service.count('delete-message')).toBeGreaterThan(1);
    expect(service.drafts()).toEqual([]);
  });

  const LIKE_THE_OTHER = { tenantDomain: 'contoso.example', secondDelete: 'cannotDelete' } as const;

  test.each([
    ['by its immutable id', {}, IMMUTABLE],
    ['by its usual id, when told to', LIKE_THE_OTHER, {}],
  ])('the sandbox does not delete a message twice: %s', async (_how, options, headers) => {
    const service = await sandbox(options);
    const id = await makeDraft(service, LUNCH_JSON, { headers });
    const remove = () => ask(service, 'DELETE', `messages/${id}`, undefined, { headers });
    expect((await remove()).status).toBe(204);
    expect(await refusalOf(remove())).toEqual({ status: 403, ...saidBy(cannotDelete(403)) });
  });
});
