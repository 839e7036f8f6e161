import { toSchedule } from '../../src/delivery/outbox-requests';
import { ask, makeDraft, post, refusal as refusalOf, send } from '../sandbox/support';
import { noSuchSegment, over4MB, refusal, saidBy, tooManyHeaders } from './recorded-answers';
import { seen } from './seen';
import { errorOf, LARGE, LARGE_BYTES, LUNCH, meaningOf, sendBy, services } from './sending';

const { recorded, sandbox } = services();
const EXACTLY_ONCE = { delivery: 'exactly-once' } as const;

seen(13, () => {
  test('the sandbox takes the body of a sample of Microsoft', async () => {
    const service = await sandbox();
    const body = {
      Message: {
        Subject: 'Welcome to Microsoft Graph',
        Body: { ContentType: 'HTML', Content: '<p>Hello</p>' },
        ToRecipients: [{ EmailAddress: { Address: 'megan@fabrikam.example' } }],
        Attachments: [
          {
            '@odata.type': '#microsoft.graph.fileAttachment',
            ContentBytes: 'SGVsbG8=',
            Name: 'hello.txt',
          },
        ],
      },
      SaveToSentItems: true,
    };
    expect((await post(service, JSON.stringify(body))).status).toBe(202);
    expect(service.messages).toMatchObject([
      {
        subject: 'Welcome to Microsoft Graph',
        body: { contentType: 'html', content: '<p>Hello</p>' },
        to: [{ address: 'megan@fabrikam.example' }],
        attachments: [{ name: 'hello.txt', content: Buffer.from('Hello') }],
        savedToSentItems: true,
      },
    ]);
  });

  test('the sandbox takes drafts, attachments and sessions so', async () => {
    const service = await sandbox();
    const answer = await ask(service, 'POST', 'messages', {
      SUBJECT: 'Lunch',
      torecipients: [{ emailaddress: { address: 'megan@fabrikam.example' } }],
    });
    expect(answer.status).toBe(201);
    const { id } = await answer.json();
    const file = {
      '@odata.type': '#microsoft.graph.fileAttachment',
      NAME: 'a.txt',
      contentbytes: 'SGVsbG8=',
    };
    expect((await ask(service, 'POST', `messages/${id}/attachments`, file)).status).toBe(201);
    const item = { attachmentitem: { AttachmentType: 'file', Name: 'b.bin', Size: LARGE_BYTES } };
    const path = `messages/${id}/attachments/createUploadSession`;
    expect((await ask(service, 'POST', path, item)).status).toBe(201);
    expect((await ask(service, 'PATCH', `messages/${id}`, { Subject: 'Dinner' })).status).toBe(200);
    expect((await ask(service, 'POST', `messages/${id}/send`)).status).toBe(202);
    expect(service.messages).toMatchObject([{ subject: 'Dinner', attachments: [{ name: 'a.txt' }] }]);
  });

  test('the transport reads the names of answers in any case', async () => {
    const service = await recorded({
      'send-mail': {
        always: { status: 403, body: { Error: { Code: 'ErrorSendAsDenied', Message: 'Not allowed.' } } },
      },
    });
    expect(errorOf(await sendBy(service.options))).toMatchObject({
      graphCode: 'ErrorSendAsDenied',
      response: '403 ErrorSendAsDenied Not allowed',
    });
  });
});

seen(14, () => {
  test('the sandbox takes qualified names of actions', async () => {
    const service = await sandbox();
    const message = { message: { toRecipients: [{ emailAddress: { address: 'megan@fabrikam.example' } }] } };
    expect((await ask(service, 'POST', 'microsoft.graph.sendMail', message)).status).toBe(202);
    const id = await makeDraft(service);
    const item = { AttachmentItem: { attachmentType: 'file', name: 'b.bin', size: LARGE_BYTES } };
    const path = `messages/${id}/attachments/microsoft.graph.createUploadSession`;
    const opened = await ask(service, 'POST', path, item);
    expect(opened.status).toBe(201);
    expect(await opened.json()).toMatchObject({ uploadUrl: expect.any(String) });
    expect((await ask(service, 'POST', `messages/${id}/microsoft.graph.send`)).status).toBe(202);
    expect(service.messages).toHaveLength(2);
  });

  test('a mailbox may be named in parentheses', async () => {
    const service = await sandbox();
    const { url, options } = service;
    const body = JSON.stringify({
      message: { toRecipients: [{ emailAddress: { address: 'megan@fabrikam.example' } }] },
    });
    const authorization = `Bearer ${await tokenOf(service)}`;
    const answer = await fetch(`${url}/v1.0/users('${options.userId}')/sendMail`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(202);
    expect(service.messages).toHaveLength(1);
  });
});

async function tokenOf({ url, options }: Awaited<ReturnType<typeof sandbox>>): Promise<string> {
  const answer = await fetch(`${url}/${options.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: options.clientId,
      client_secret: options.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  return (await answer.json()).access_token;
}

seen(15, () => {
  test.each([
    ['400', over4MB],
    ['413 with a code', refusal(413, 'RequestEntityTooLarge', 'The request is too large.')],
    ['413 with a page', { status: 413, body: '<html><h1>413 Request Entity Too Large</h1></html>' }],
    ['413 alone', { status: 413 }],
  ])('a request that is over 4 MB is final: %s', async (_what, answer) => {
    const service = await recorded({ 'send-mail': { always: answer } });
    const ended = await sendBy(service.options);
    expect(meaningOf(ended)).toMatchObject({ code: 'EMESSAGE', retryable: false, ambiguous: false });
    expect(errorOf(ended).hint).toMatch(/4 MB/);
    expect(service.count('send-mail')).toBe(1);
    expect(service.sent).toEqual([]);
  });

  test('no request of the transport is that large', async () => {
    const LONG = { ...LUNCH, text: 'x'.repeat(2_000_000) };
    for (const [options, mail] of [
      [{}, LONG],
      [{}, LARGE],
      [EXACTLY_ONCE, LARGE],
      [{ format: 'mime' }, LONG],
    ] as const) {
      const service = await recorded();
      await sendBy({ ...service.options, ...options }, mail);
      expect(service.sent).toHaveLength(1);
      expect(Math.max(...service.requests.map(({ body }) => body.length))).toBeLessThan(4_000_000);
      await service.close();
    }
  });

  test.each([400, 413])('the sandbox refuses one with %i, as told', async (status) => {
    const told = { tenantDomain: 'contoso.example', oversizedRequest: status === 400 ? 400 : 413 } as const;
    const service = await sandbox(told);
    const answer = await post(service, JSON.stringify({ message: { subject: 'x'.repeat(4_200_000) } }));
    expect(answer.status).toBe(status);
    const { error } = await answer.json();
    expect(error.code).toBe(status === 400 ? 'BadRequest' : 'RequestEntityTooLarge');
    expect(error.message).toContain('The maximum request length supported is 4MB.');
    expect(service.messages).toEqual([]);
  });
});

seen(17, () => {
  test('the sandbox knows no sendMail without a mailbox', async () => {
    const service = await sandbox();
    const answer = await fetch(`${service.url}/v1.0/sendMail`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokenOf(service)}`, 'content-type': 'application/json' },
      body: '{}',
    });
    const { code, message } = saidBy(noSuchSegment);
    expect(await refusalOf(answer)).toEqual({ status: 400, code, message });
  });

  test('the transport always names a mailbox, and takes that answer as final', async () => {
    const service = await recorded({ 'send-mail': { always: noSuchSegment } });
    const ended = await sendBy(service.options);
    expect(meaningOf(ended)).toMatchObject({ code: 'EMESSAGE', retryable: false, ambiguous: false });
    expect(errorOf(ended).message).toContain("Resource not found for the segment 'sendMail'");
    expect(service.requests.filter(({ name }) => name === 'unknown')).toEqual([]);
  });
});

seen(18, () => {
  const NOW = Date.UTC(2026, 10, 25, 12);
  const DEFERRED = {
    ...{ subject: 'Later', toRecipients: [{ emailAddress: { address: 'megan@fabrikam.example' } }] },
    singleValueExtendedProperties: [{ id: 'SystemTime 0x3FEF', value: '2026-11-25T13:00:00Z' }],
  };

  test('the sandbox holds a draft until its time', async () => {
    let now = NOW;
    const service = await sandbox({ now: () => now });
    const id = await makeDraft(service, DEFERRED);
    expect((await ask(service, 'POST', `messages/${id}/send`)).status).toBe(202);
    expect(service.messages).toEqual([]);
    now += 3_700_000;
    expect(await eventually(() => service.messages.length, 1, service)).toBe(1);
  });

  test('the sandbox delivers at once what comes by sendMail', async () => {
    const service = await sandbox({ now: () => NOW });
    expect((await send(service, DEFERRED)).status).toBe(202);
    expect(service.messages).toHaveLength(1);
  });

  test('the transport defers nothing by sendMail', async () => {
    const service = await recorded();
    const headers = { 'Deferred-Delivery': 'Wed, 25 Nov 2026 13:00:00 +0000' };
    await sendBy(service.options, { ...LUNCH, headers });
    expect(service.sent.join()).not.toMatch(/0x3fef/i);
  });
});

/** What is the case once the sandbox was asked for something: some of its rules look at the clock only then. */
async function eventually<T>(
  value: () => T,
  wanted: T,
  service: Awaited<ReturnType<typeof sandbox>>,
): Promise<T> {
  if (value() !== wanted) await ask(service, 'GET', 'mailFolders/drafts');
  return value();
}

const ANSWER = {
  ...LUNCH,
  inReplyTo: '<one@contoso.example>',
  references: ['<zero@contoso.example>', '<one@contoso.example>'],
  list: { unsubscribe: { url: 'https://contoso.example/u', comment: 'Unsubscribe' } },
};

seen(19, () => {
  test('headers travel as extended properties of sendMail', async () => {
    const service = await recorded();
    expect((await sendBy(service.options, ANSWER)).info).toMatchObject({ route: 'json' });
    const { message } = JSON.parse(service.sent[0] ?? '');
    const values = Object.fromEntries(
      message.singleValueExtendedProperties.map(({ id, value }: { id: string; value: string }) => [
        id,
        value,
      ]),
    );
    expect(values).toMatchObject({
      'String 0x1042': '<one@contoso.example>',
      'String 0x1039': expect.stringContaining('<zero@contoso.example>'),
      'String 0x1045': expect.stringContaining('https://contoso.example/u'),
    });
  });

  test('the sandbox takes them so', async () => {
    const service = await sandbox();
    expect((await sendBy(service.options, ANSWER)).info).toMatchObject({ route: 'json' });
    expect(service.messages).toHaveLength(1);
    expect(service.messages[0]?.extendedProperties.map(({ id }) => id)).toEqual(
      expect.arrayContaining([expect.stringMatching(/1042/), expect.stringMatching(/1039/)]),
    );
  });
});

seen(22, () => {
  const headers = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ name: `X-Header-${n}`, value: `${n}` }));

  test('the sandbox refuses a sixth header in the words of the service', async () => {
    const service = await sandbox();
    const to = { toRecipients: [{ emailAddress: { address: 'megan@fabrikam.example' } }] };
    expect((await send(service, { ...to, internetMessageHeaders: headers(5) })).status).toBe(202);
    const { code, message } = saidBy(tooManyHeaders);
    expect(await refusalOf(send(service, { ...to, internetMessageHeaders: headers(6) }))).toEqual({
      status: 400,
      code,
      message,
    });
  });

  test('the transport takes the refusal as final, and sends no sixth header by JSON', async () => {
    const service = await recorded({ 'send-mail': [tooManyHeaders] });
    const error = errorOf(await sendBy(service.options));
    expect(error).toMatchObject({ code: 'EMESSAGE', retryable: false, ambiguous: false });
    expect(error.hint).toMatch(/five/);
    const six = Object.fromEntries(headers(6).map(({ name, value }) => [name, value]));
    expect((await sendBy(service.options, { ...LUNCH, headers: six })).info).toMatchObject({ route: 'mime' });
  });
});

seen(23, () => {
  test('the sandbox shows an id without its leading zeros, and finds it with them', async () => {
    const service = await sandbox();
    const id = await makeDraft(service, {
      subject: 'Private',
      singleValueExtendedProperties: [{ id: 'Integer 0x0036', value: '2' }],
    });
    for (const asked of ['Integer 0x0036', 'Integer 0x36']) {
      const expand = `singleValueExtendedProperties($filter=id eq '${asked}')`;
      const answer = await ask(service, 'GET', `messages/${id}?${new URLSearchParams({ $expand: expand })}`);
      expect((await answer.json()).singleValueExtendedProperties).toEqual([
        { id: 'Integer 0x36', value: '2' },
      ]);
      const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${asked}' and ep/value eq '2')`;
      const found = await ask(service, 'GET', `messages?${new URLSearchParams({ $filter: filter })}`);
      expect((await found.json()).value).toHaveLength(1);
    }
  });

  test('the transport reads ids of properties with and without leading zeros', () => {
    const sendAt = new Date('2026-11-25T13:00:00Z');
    const draft = (flags: string, time: string) => ({
      singleValueExtendedProperties: [
        { id: flags, value: '13' },
        { id: time, value: sendAt.toISOString() },
      ],
    });
    const read = { sendAt, isSubmitted: true };
    expect(toSchedule(draft('Integer 0xe07', 'SystemTime 0x3fef'))).toEqual(read);
    expect(toSchedule(draft('Integer 0x0E07', 'SystemTime 0x3FEF'))).toEqual(read);
    expect(toSchedule(draft('Integer 0x0E17', 'SystemTime 0x3FEF'))).toEqual({ sendAt, isSubmitted: false });
    expect(toSchedule({})).toEqual({ sendAt: undefined, isSubmitted: false });
  });

  test('the transport reads them out of no answer as long as no other process sends the message', async () => {
    const service = await recorded();
    await sendBy({ ...service.options, ...EXACTLY_ONCE }, { ...LUNCH, headers: { Sensitivity: 'Private' } });
    expect(service.sent).toHaveLength(1);
    expect(service.requests.filter(({ path }) => /expand/i.test(path))).toEqual([]);
  });
});

seen(27, () => {
  const files = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ filename: `${n}.txt`, content: `${n}` }));

  test('of 251 attachments none is lost without a word', async () => {
    const service = await recorded();
    const ended = await sendBy(service.options, { ...LUNCH, attachments: files(251) });
    if (ended.error) {
      expect(ended.error).toMatchObject({ code: 'EMESSAGE', retryable: false, ambiguous: false });
      expect(ended.error.message).toMatch(/250|251/);
      expect(service.sent).toEqual([]);
    } else {
      expect(JSON.parse(service.sent[0] ?? '{}').message.attachments).toHaveLength(251);
    }
    const played = await sandbox();
    const other = await sendBy(played.options, { ...LUNCH, attachments: files(251) });
    expect(other.error === undefined ? played.messages[0]?.attachments.length : 0).toBe(
      other.error ? 0 : 251,
    );
  });

  test('250 attachments are sent', async () => {
    const service = await recorded();
    expect((await sendBy(service.options, { ...LUNCH, attachments: files(250) })).info).toBeDefined();
    expect(JSON.parse(service.sent[0] ?? '{}').message.attachments).toHaveLength(250);
  });

  test('of headers over 256 KB none is lost without a word', async () => {
    const service = await recorded();
    const headers = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`X-Header-${n}`, `${n} ${'x'.repeat(900)} end`]),
    );
    const ended = await sendBy(service.options, { ...LUNCH, headers });
    if (ended.error) {
      expect(ended.error).toMatchObject({ code: 'EMESSAGE', retryable: false, ambiguous: false });
      expect(service.sent).toEqual([]);
    } else {
      const mime = Buffer.from(service.sent[0] ?? '', 'base64').toString();
      expect(mime.match(/^X-Header-\d+:/gim)).toHaveLength(300);
    }
  });

  test('the answer to one that is refused is passed on', async () => {
    const said = 'The message has too many attachments.';
    const service = await recorded({
      'send-mail': [refusal(400, 'ErrorAttachmentNestLevelLimitExceeded', said)],
    });
    const error = errorOf(await sendBy(service.options));
    expect(error).toMatchObject({ code: 'EMESSAGE', retryable: false, ambiguous: false });
    expect(error.message).toContain('too many attachments');
  });
});
