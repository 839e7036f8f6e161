import { createSandbox, type SandboxMailbox } from '../../src/sandbox';
import { ask, attach, LUNCH, makeDraft, post, refusal, send, TEXT_FILE } from './support';

const NOT_FOUND = {
  status: 404,
  code: 'ErrorItemNotFound',
  message: 'The specified object was not found in the store.',
};
const MIME = ['From: app@contoso.example', 'To: a@fabrikam.example', 'Subject: Hi', '', 'Hello'].join('\r\n');

const sendDraft = (sandbox: ReturnType<typeof createSandbox>, id: string) =>
  ask(sandbox, 'POST', `messages/${id}/send`);

describe('a draft', () => {
  test('is answered as a message', async () => {
    const sandbox = createSandbox({ now: () => Date.UTC(2026, 0, 1) });
    const message = { ...LUNCH, internetMessageId: '<lunch@contoso.example>' };
    const response = await ask(sandbox, 'POST', 'messages', message, {
      headers: { 'client-request-id': 'mine' },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('client-request-id')).toBe('mine');
    const itself = { emailAddress: { name: 'Contoso App', address: 'app@contoso.example' } };
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^AAMk[\w-]+=$/),
      createdDateTime: '2026-01-01T00:00:00Z',
      lastModifiedDateTime: '2026-01-01T00:00:00Z',
      receivedDateTime: '2026-01-01T00:00:00Z',
      sentDateTime: '2026-01-01T00:00:00Z',
      changeKey: expect.stringMatching(/^CQAAABYAAAB[\w+/]{28}$/),
      conversationId: expect.stringMatching(/^AAQk[\w-]+=$/),
      webLink: expect.stringMatching(/^https:\/\/outlook\.office365\.com\/owa\/\?ItemID=AAMk[\w%-]+&/),
      parentFolderId: expect.stringMatching(/^AAMk[\w-]+=$/),
      categories: [],
      hasAttachments: false,
      internetMessageId: '<lunch@contoso.example>',
      subject: 'Meet for lunch?',
      bodyPreview: 'At the new place.',
      importance: 'normal',
      isDeliveryReceiptRequested: false,
      isReadReceiptRequested: false,
      isDraft: true,
      body: { contentType: 'text', content: 'At the new place.' },
      sender: itself,
      from: itself,
      toRecipients: [{ emailAddress: { name: '', address: 'megan@fabrikam.example' } }],
      ccRecipients: [],
      bccRecipients: [],
      replyTo: [],
    });
  });

  test('is no message yet, and listed with its attachments', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.drafts).toEqual([
      {
        id,
        mailbox: 'app@contoso.example',
        subject: 'Meet for lunch?',
        attachments: [{ name: 'greeting.txt', size: 5 }],
        uploadSessions: 0,
      },
    ]);
  });

  test('may be MIME', async () => {
    const sandbox = createSandbox();
    const body = Buffer.from(MIME).toString('base64');
    const response = await ask(sandbox, 'POST', 'messages', body, { contentType: 'text/plain' });
    expect(response.status).toBe(201);
    const { id, subject } = await response.json();
    expect(subject).toBe('Hi');
    await attach(sandbox, id);
    await sendDraft(sandbox, id);
    expect(sandbox.messages).toMatchObject([
      { route: 'draft', mime: Buffer.from(MIME), attachments: [{ name: 'greeting.txt' }], request: body },
    ]);
  });

  test('may wait for its recipients', async () => {
    const sandbox = createSandbox();
    const response = await ask(sandbox, 'POST', 'messages', { subject: 'x' });
    expect(response.status).toBe(201);
    const { id } = await response.json();
    expect(await refusal(sendDraft(sandbox, id))).toMatchObject({
      status: 400,
      code: 'ErrorInvalidRecipients',
      message: expect.stringContaining('contains no recipients'),
    });
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.drafts).toHaveLength(1);
  });

  test('may come from anybody until it is sent', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, {
      ...LUNCH,
      from: { emailAddress: { address: 'ceo@fabrikam.example' } },
    });
    expect(await refusal(sendDraft(sandbox, id))).toMatchObject({ status: 403, code: 'ErrorSendAsDenied' });
    expect(sandbox.messages).toEqual([]);
  });

  test.each([
    ['the parameters of sendMail', { message: LUNCH }, 400, 'RequestBodyRead'],
    ['a saveToSentItems', { ...LUNCH, saveToSentItems: false }, 400, 'RequestBodyRead'],
    ['six headers', { internetMessageHeaders: Array(6).fill({ name: 'x-a', value: 'b' }) }, 400, undefined],
    [
      'a malformed recipient',
      { toRecipients: [{ emailAddress: { address: 'Megan' } }] },
      400,
      'ErrorInvalidRecipients',
    ],
    [
      'too many recipients',
      { toRecipients: [LUNCH.toRecipients[0], LUNCH.toRecipients[0], LUNCH.toRecipients[0]] },
      400,
      'ErrorRecipientLimitExceeded',
    ],
    [
      'an attachment over the limit',
      { attachments: [{ ...TEXT_FILE, contentBytes: 'A'.repeat(1336) }] },
      413,
      'RequestEntityTooLarge',
    ],
    ['a body over the limit', { body: { content: 'x'.repeat(3000) } }, 413, 'RequestEntityTooLarge'],
  ])('is refused given %s', async (_what, message, status, code) => {
    const sandbox = createSandbox({ limits: { recipients: 2, attachmentBytes: 1000, requestBytes: 2000 } });
    const refused = await refusal(ask(sandbox, 'POST', 'messages', message));
    expect(refused).toMatchObject({ status, code: code ?? expect.any(String) });
    expect(sandbox.drafts).toEqual([]);
  });

  test('is refused given another content type', async () => {
    const refused = refusal(
      ask(createSandbox(), 'POST', 'messages', LUNCH, { contentType: 'message/rfc822' }),
    );
    expect(await refused).toMatchObject({ status: 415, code: 'RequestBodyRead' });
  });
});

describe('sending a draft', () => {
  test('makes a message of it, by the request that sent it', async () => {
    const sandbox = createSandbox({ now: () => Date.UTC(2026, 0, 1) });
    const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
    await attach(sandbox, id, { ...TEXT_FILE, name: 'second.txt' });
    const response = await ask(sandbox, 'POST', `messages/${id}/send`, undefined, {
      headers: { 'client-request-id': 'mine' },
    });
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
    expect(sandbox.drafts).toEqual([]);
    expect(sandbox.messages).toMatchObject([
      {
        route: 'draft',
        mailbox: 'app@contoso.example',
        receivedAt: new Date(Date.UTC(2026, 0, 1)),
        requestId: response.headers.get('request-id'),
        clientRequestId: 'mine',
        subject: 'Meet for lunch?',
        to: [{ address: 'megan@fabrikam.example' }],
        attachments: [{ name: 'greeting.txt' }, { name: 'second.txt', content: Buffer.from('Hello') }],
        savedToSentItems: true,
        request: { ...LUNCH, attachments: [TEXT_FILE] },
      },
    ]);
  });

  test('takes no body', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    expect(await refusal(ask(sandbox, 'POST', `messages/${id}/send`, {}))).toEqual({
      status: 400,
      code: 'BadRequest',
      message: 'The send action takes no request body.',
    });
    expect(sandbox.messages).toEqual([]);
  });

  test('happens once, after which the id leads nowhere', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    await sendDraft(sandbox, id);
    expect(await refusal(sendDraft(sandbox, id))).toEqual(NOT_FOUND);
    expect(await refusal(ask(sandbox, 'GET', `messages/${id}`))).toEqual(NOT_FOUND);
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.messages[0]?.id).not.toBe(id);
  });

  test('happens once given two requests at a time', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    const answers = await Promise.all([sendDraft(sandbox, id), sendDraft(sandbox, id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 404]);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('is refused of one that is not there', async () => {
    expect(await refusal(sendDraft(createSandbox(), 'AAMkAAA='))).toEqual(NOT_FOUND);
  });

  test('is refused when the message is larger than the mailbox sends', async () => {
    const sandbox = createSandbox({ limits: { messageBytes: 24 } });
    const ofSize = (size: number) => ({ ...LUNCH, body: { contentType: 'text', content: 'é'.repeat(size) } });
    const fits = await makeDraft(sandbox, ofSize(7));
    const over = await makeDraft(sandbox, ofSize(8));
    for (const id of [fits, over]) {
      await attach(sandbox, id);
      await attach(sandbox, id);
    }
    expect((await sendDraft(sandbox, fits)).status).toBe(202);
    expect(await refusal(sendDraft(sandbox, over))).toEqual({
      status: 413,
      code: 'ErrorMessageSizeExceeded',
      message: 'The message has 26 bytes, which exceeds the maximum of 24.',
    });
    expect(sandbox.drafts).toHaveLength(1);
  });

  test('has the size limit of sendMail', async () => {
    const sandbox = createSandbox({ limits: { messageBytes: 10 } });
    expect(await refusal(send(sandbox, LUNCH))).toMatchObject({
      status: 413,
      code: 'ErrorMessageSizeExceeded',
    });
  });
});

describe('a message in a mailbox', () => {
  test('is shown', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    await attach(sandbox, id);
    const response = await ask(sandbox, 'GET', `messages/${encodeURIComponent(id)}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id, isDraft: true, hasAttachments: true });
  });

  test('is shown without attachments given inline ones only', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { attachments: [{ ...TEXT_FILE, isInline: true }] });
    expect(await (await ask(sandbox, 'GET', `messages/${id}`)).json()).toMatchObject({
      hasAttachments: false,
    });
  });

  test('is found by its id in exactly these letters', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    expect((await ask(sandbox, 'GET', `messages/${id.toLowerCase()}`)).status).toBe(404);
  });

  test('is found in its own mailbox only', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    const elsewhere = { user: 'sales@contoso.example' };
    expect((await ask(sandbox, 'GET', `messages/${id}`, undefined, elsewhere)).status).toBe(404);
    expect((await ask(sandbox, 'DELETE', `messages/${id}`, undefined, elsewhere)).status).toBe(404);
    expect((await ask(sandbox, 'POST', `messages/${id}/send`, undefined, elsewhere)).status).toBe(404);
    const byObjectId = { user: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01' };
    expect((await ask(sandbox, 'GET', `messages/${id}`, undefined, byObjectId)).status).toBe(200);
  });

  test('is looked for after its mailbox', async () => {
    const off: SandboxMailbox = {
      id: '11111111-2222-3333-4444-555555555555',
      userPrincipalName: 'app@contoso.example',
      displayName: 'App',
      state: 'disabled',
    };
    const sandbox = createSandbox({ mailboxes: [off] });
    for (const path of ['messages/1', 'messages/1/send', 'messages/1/attachments']) {
      const method = path === 'messages/1' ? 'GET' : 'POST';
      const body = path.endsWith('attachments') ? TEXT_FILE : undefined;
      expect(await refusal(ask(sandbox, method, path, body))).toMatchObject({ code: 'ErrorAccountDisabled' });
    }
  });
});

describe('an attachment of its own request', () => {
  test('is told without its bytes', async () => {
    const sandbox = createSandbox({ now: () => Date.UTC(2026, 0, 1) });
    const id = await makeDraft(sandbox);
    const response = await attach(sandbox, id, { ...TEXT_FILE, isInline: true, contentId: 'logo' });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^AAMk/),
      lastModifiedDateTime: '2026-01-01T00:00:00Z',
      name: 'greeting.txt',
      contentType: 'text/plain',
      size: 5,
      isInline: true,
      contentId: 'logo',
    });
  });

  test.each([
    ['no type', { '@odata.type': undefined }, 400, 'RequestBodyRead'],
    ['an unknown property', { encoding: 'base64' }, 400, 'RequestBodyRead'],
    ['no name', { name: undefined }, 400, 'ErrorInvalidRequest'],
    ['as many bytes as the limit', { contentBytes: 'AAAAAAAAAAAAAA==' }, 413, 'RequestEntityTooLarge'],
  ])('is refused given %s', async (_what, changes, status, code) => {
    const sandbox = createSandbox({ limits: { attachmentBytes: 10 } });
    const id = await makeDraft(sandbox);
    expect(await refusal(attach(sandbox, id, { ...TEXT_FILE, ...changes }))).toMatchObject({ status, code });
    expect(sandbox.drafts).toMatchObject([{ attachments: [] }]);
  });

  test.each([
    ['no JSON', '{', undefined, 400, 'UnableToDeserializePostBody'],
    ['no object', '[]', undefined, 400, 'RequestBodyRead'],
    ['another content type', '{}', { contentType: 'text/plain' }, 415, 'RequestBodyRead'],
    ['more bytes than base64 and JSON make', `"${'x'.repeat(20_000)}"`, undefined, 413, undefined],
  ])('is refused given %s', async (_what, body, options, status, code) => {
    const sandbox = createSandbox({ limits: { attachmentBytes: 1000, requestBytes: 5000 } });
    const id = await makeDraft(sandbox);
    const refused = await refusal(ask(sandbox, 'POST', `messages/${id}/attachments`, body, options));
    expect(refused).toMatchObject({ status, code: code ?? 'RequestEntityTooLarge' });
  });

  test('may be one byte smaller than the limit, whose base64 alone is as long as a request', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    const contentBytes = Buffer.alloc(2_999_999).toString('base64');
    expect(contentBytes).toHaveLength(4_000_000);
    expect((await attach(sandbox, id, { ...TEXT_FILE, contentBytes })).status).toBe(201);
  });

  test('needs a draft', async () => {
    expect(await refusal(attach(createSandbox(), 'AAMkAAA='))).toEqual(NOT_FOUND);
  });
});

describe('the role for', () => {
  const REQUESTS = [
    ['making a draft', 'POST', '', LUNCH],
    ['showing a message', 'GET', '/id', undefined],
    ['deleting a message', 'DELETE', '/id', undefined],
    ['adding an attachment', 'POST', '/id/attachments', TEXT_FILE],
    ['opening an upload session', 'POST', '/id/attachments/createUploadSession', {}],
  ] as const;

  test.each(REQUESTS)('%s is Mail.ReadWrite', async (_what, method, path, body) => {
    const sandbox = createSandbox({ roles: ['Mail.Send'] });
    expect(await refusal(ask(sandbox, method, `messages${path}`, body))).toEqual({
      status: 403,
      code: 'ErrorAccessDenied',
      message: 'Access is denied. Check credentials and try again.',
    });
    const allowed = createSandbox({ roles: ['Mail.ReadWrite'] });
    expect((await ask(allowed, method, `messages${path}`, body)).status).not.toBe(403);
  });

  test('showing a message may be Mail.Read', async () => {
    expect((await ask(createSandbox({ roles: ['Mail.Read'] }), 'GET', 'messages/id')).status).toBe(404);
  });

  test('sending a draft is Mail.Send', async () => {
    const sandbox = createSandbox({ roles: ['Mail.ReadWrite'] });
    const id = await makeDraft(sandbox);
    expect(await refusal(sendDraft(sandbox, id))).toMatchObject({ status: 403, code: 'ErrorAccessDenied' });
    expect((await sendDraft(createSandbox({ roles: ['Mail.Send'] }), id)).status).toBe(404);
  });

  test('everything is there by default', async () => {
    const sandbox = createSandbox();
    expect((await post(sandbox, JSON.stringify({ message: LUNCH }))).status).toBe(202);
    expect((await sendDraft(sandbox, await makeDraft(sandbox))).status).toBe(202);
  });
});

test('clear forgets drafts and what was sent as one', async () => {
  const sandbox = createSandbox();
  await makeDraft(sandbox);
  await sendDraft(sandbox, await makeDraft(sandbox));
  const id = sandbox.messages[0]?.id;
  sandbox.clear();
  expect(sandbox.drafts).toEqual([]);
  expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(404);
});
