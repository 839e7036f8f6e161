import {
  find,
  makeDraft,
  openSession,
  putRange,
  refusal as refusalOf,
  send,
  sendMime,
} from '../sandbox/support';
import { entraRefusal, noRecipients, refusal, saidBy } from './recorded-answers';
import type { RecordedAnswer } from './recorded-service';
import {
  checkBy,
  errorOf,
  LARGE,
  LARGE_BYTES,
  LUNCH,
  meaningOf,
  sendBy,
  services,
  TWO_FILES,
} from './sending';

/*
 * What documents say and records confirm. The sources are those of the rows, and microsoftgraph/msgraph-sdk-java#52 for
 * sizes, debold/GraphMailer.NET and SMTP2Graph/SMTP2Graph for what a message keeps.
 */

const { recorded, sandbox } = services();

const TO = { toRecipients: [{ emailAddress: { address: 'megan@fabrikam.example' } }] };

describe('ErrorSendAsDenied', () => {
  const SENTENCE =
    'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account., Cannot submit message.';

  test.each(['json', 'mime'] as const)('comes with 403 and one sentence for %s', async (format) => {
    const answer = refusal(403, 'ErrorSendAsDenied', SENTENCE);
    const service = await recorded({ 'send-mail': { always: answer } });
    const played = await sandbox({ explain: false });
    const mail = { ...LUNCH, from: 'ceo@contoso.example' };
    const ended = await sendBy({ ...service.options, format }, mail);
    expect(meaningOf(ended)).toMatchObject({ code: 'EENVELOPE', retryable: false, ambiguous: false });
    expect(meaningOf(await sendBy({ ...played.options, format }, mail))).toEqual(meaningOf(ended));
    const asked =
      format === 'json'
        ? send(played, { ...TO, from: { emailAddress: { address: 'ceo@contoso.example' } } })
        : sendMime(played, ['From: ceo@contoso.example', 'To: megan@fabrikam.example', '', 'Hello']);
    expect(await refusalOf(asked)).toEqual({ status: 403, code: 'ErrorSendAsDenied', message: SENTENCE });
  });
});

describe('uploads', () => {
  test('what goes without a session is within what passes, and sessions begin where they may', async () => {
    for (const [bytes, name] of [
      [2_999_999, 'add-attachment'],
      [3_000_000, 'create-upload-session'],
    ] as const) {
      const service = await recorded();
      const attachments = [
        { filename: 'a.bin', content: Buffer.alloc(bytes) },
        { filename: 'b.bin', content: Buffer.alloc(2_000_000) },
      ];
      await sendBy(service.options, { ...LUNCH, attachments });
      expect(service.sent).toHaveLength(1);
      expect(service.count(name)).toBe(name === 'add-attachment' ? 2 : 1);
      // 3,145,611 raw bytes were seen to pass, and sessions from 2,097,152.
      expect(bytes).toBeLessThan(3_145_611);
      await service.close();
    }
  });

  test('a middle range of the sandbox is answered 200, the last one 201 with a place and no body', async () => {
    const service = await sandbox();
    const size = 3_500_000;
    const url = await openSession(service, await makeDraft(service), { size });
    const middle = await putRange(service, url, Buffer.alloc(2_000_000), `bytes 0-1999999/${size}`);
    expect(middle.status).toBe(200);
    expect(await middle.json()).toMatchObject({
      nextExpectedRanges: [expect.stringMatching(/^2000000(-|$)/)],
    });
    const last = await putRange(service, url, Buffer.alloc(1_500_000), `bytes 2000000-3499999/${size}`);
    expect(last.status).toBe(201);
    expect(last.headers.get('location')).toMatch(/Attachments\('/i);
    expect(await last.text()).toBe('');
  });

  test.each([
    { nextExpectedRanges: ['3997696'] },
    { nextExpectedRanges: ['3997696-'] },
    { nextExpectedRanges: ['3997696-8999999'] },
    { NextExpectedRanges: ['3997696'] },
  ])('the next range may be told as %j', async (body) => {
    const answer = { status: 200, body, carriedOut: true };
    const service = await recorded({ 'upload-range': [answer] });
    expect((await sendBy(service.options, LARGE)).info).toMatchObject({ route: 'draft' });
    const ranges = service.requests.filter(({ name }) => name === 'upload-range');
    expect(ranges.map(({ headers }) => headers['content-range'])).toEqual([
      `bytes 0-3997695/${LARGE_BYTES}`,
      `bytes 3997696-7995391/${LARGE_BYTES}`,
      `bytes 7995392-8999999/${LARGE_BYTES}`,
    ]);
  });

  test.each(['-5', 'x', '12000000', ''])('a next range that cannot be is an error: %j', async (range) => {
    const answer = { status: 200, body: { nextExpectedRanges: [range] } };
    const service = await recorded({
      'upload-range': { always: answer },
      'upload-status': { always: answer },
    });
    const ended = await sendBy(service.options, LARGE);
    expect(meaningOf(ended)).toMatchObject({ ambiguous: false });
    expect(service.sent).toEqual([]);
    expect(service.drafts()).toEqual([]);
    expect(service.count('upload-range')).toBeLessThan(30);
  });

  test('a next range that never moves comes to an end', async () => {
    const answer = { status: 200, body: { nextExpectedRanges: ['0-'] } };
    const service = await recorded({
      'upload-range': { always: answer },
      'upload-status': { always: answer },
    });
    expect(meaningOf(await sendBy(service.options, LARGE))).toMatchObject({ ambiguous: false });
    expect(service.sent).toEqual([]);
    expect(service.count('upload-range')).toBeLessThan(30);
  });

  test('201 before the last range is no success', async () => {
    const early = { status: 201, headers: { location: 'https://outlook.office.com/x' } };
    const service = await recorded({ 'upload-range': ['well', early] });
    const { error } = await sendBy(service.options, LARGE);
    if (error) expect(error).toMatchObject({ ambiguous: false });
    expect(service.attached).toEqual(error ? [] : [[LARGE_BYTES]]);
    expect(service.drafts()).toEqual([]);
  });

  const LOST = [200, 408, 500, 502, 503, 504].flatMap((status) =>
    (['at-most-once', 'exactly-once'] as const).map((delivery) => ({ status, delivery })),
  );

  test.each(LOST)(
    'a last range that is done and answered $status attaches no second copy: $delivery',
    async (row) => {
      const { status, delivery } = row;
      const lost = { status, carriedOut: true };
      const service = await recorded({ 'upload-range': ['well', 'well', lost] });
      const { error } = await sendBy({ ...service.options, delivery }, LARGE);
      if (error) expect(error).toMatchObject({ ambiguous: false });
      expect(service.attached).toEqual(error ? [] : [[LARGE_BYTES]]);
      expect(service.drafts()).toEqual([]);
    },
  );

  test('a session that is never found is opened three times', async () => {
    const gone = refusal(404, 'ErrorItemNotFound', 'The upload session is not found.');
    const service = await recorded({ 'upload-range': { always: gone } });
    const ended = await sendBy(service.options, LARGE);
    expect(meaningOf(ended)).toMatchObject({ retryable: true, ambiguous: false });
    expect(service.count('create-upload-session')).toBe(3);
    expect(service.drafts()).toEqual([]);
  });

  test('a mailbox that is full is final', async () => {
    const full = refusal(507, 'ErrorQuotaExceeded', 'The mailbox quota has been exceeded.');
    const service = await recorded({ 'upload-range': { always: full } });
    const ended = await sendBy(service.options, LARGE);
    expect(meaningOf(ended)).toMatchObject({
      code: 'EMESSAGE',
      graphCode: 'ErrorQuotaExceeded',
      retryable: false,
      ambiguous: false,
    });
    expect(errorOf(ended).hint).not.toMatch(/saveToSentItems/);
    expect(service.count('upload-range')).toBe(1);
    const played = await sandbox();
    const fault = { kind: 'answer', status: 507, code: 'ErrorQuotaExceeded', message: 'Full.' } as const;
    played.failNext('upload-range', fault, { times: 1000 });
    expect(meaningOf(await sendBy(played.options, LARGE))).toEqual(meaningOf(ended));
  });
});

describe('what a message keeps', () => {
  const RICH = {
    ...LUNCH,
    messageId: '<order-7@contoso.example>',
    inReplyTo: '<one@contoso.example>',
    references: '<one@contoso.example>',
    from: 'app@contoso.example',
    text: undefined,
    html: '<img src="cid:logo">',
    attachments: [{ filename: 'logo.png', content: 'x', cid: 'logo' }],
    headers: { Sensitivity: 'Private', 'X-Order': '7', 'Disposition-Notification-To': 'app@contoso.example' },
  };

  test('JSON of sendMail carries references, receipts, a header, an inline image and a Message-ID at once', async () => {
    const service = await sandbox();
    expect((await sendBy(service.options, RICH)).info).toMatchObject({ route: 'json' });
    expect(service.messages).toMatchObject([
      {
        internetMessageId: '<order-7@contoso.example>',
        attachments: [{ isInline: true, contentId: 'logo' }],
      },
    ]);
  });

  test.each([
    ['json', LUNCH, {}],
    ['mime', LUNCH, { format: 'mime' }],
    ['draft', TWO_FILES, {}],
  ] as const)('the Message-ID of the client: %s', async (route, mail, options) => {
    const service = await sandbox();
    const messageId = '<order-8@contoso.example>';
    const { info } = await sendBy({ ...service.options, ...options }, { ...mail, messageId });
    expect(info).toMatchObject({ route, messageId });
    expect(service.messages[0]?.internetMessageId).toBe(messageId);
  });

  test('an extended property is found on the copy in Sent Items, and recipients do not get it', async () => {
    const service = await sandbox();
    const property = { id: 'String {6f0b1a52-8c55-4c1c-9a0e-0a7f3f3b9d22} Name order', value: '9' };
    const to = { toRecipients: [{ emailAddress: { address: 'sales@contoso.example' } }] };
    await send(service, { ...to, singleValueExtendedProperties: [property] });
    const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${property.id}' and ep/value eq '9')`;
    expect((await (await find(service, filter)).json()).value).toHaveLength(1);
    const other = await find(service, filter, {}, { user: 'sales@contoso.example' });
    expect((await other.json()).value).toEqual([]);
  });
});

describe('refusals', () => {
  test('of a message without recipients', async () => {
    const service = await sandbox();
    const { code, message } = saidBy(noRecipients);
    expect(await refusalOf(send(service, {}))).toEqual({
      status: 400,
      code,
      message,
    });
    const answering = await recorded({ 'send-mail': { always: noRecipients } });
    const names = async (options: Parameters<typeof checkBy>[0]) =>
      (await checkBy(options)).map(({ name, ok }) => [name, ok]);
    expect(await names(service.options)).toEqual(expect.arrayContaining([['access', true]]));
    expect(await names(answering.options)).toEqual(expect.arrayContaining([['access', true]]));
  });

  const box = (state: 'unlicensed' | 'access-denied') => ({
    mailboxes: [
      {
        id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
        userPrincipalName: 'app@contoso.example',
        displayName: 'App',
        state,
      },
    ],
  });

  test.each([
    ['ErrorInvalidUser', 404, 'EENVELOPE', undefined],
    ['MailboxNotEnabledForRESTAPI', 404, 'EENVELOPE', box('unlicensed')],
    ['ErrorAccessDenied', 403, 'EAUTH', box('access-denied')],
  ] as const)('%s', async (graphCode, status, code, options) => {
    const played = await sandbox(options && { mailboxes: [...options.mailboxes] });
    const userId = options ? played.options.userId : 'nobody@contoso.example';
    const answer = await refusalOf(send(played, TO, { user: userId }));
    expect(answer).toMatchObject({ status, code: graphCode });
    if (graphCode === 'ErrorAccessDenied') expect(answer.message).toBe('Access to OData is disabled.');
    const service = await recorded({
      'send-mail': { always: refusal(status, graphCode, answer.message) },
    });
    const ended = await sendBy(service.options);
    expect(meaningOf(ended)).toMatchObject({ code, retryable: false, ambiguous: false });
    expect(meaningOf(await sendBy({ ...played.options, userId }))).toEqual(meaningOf(ended));
  });

  const ENTRA: [number, number, string][] = [
    [7000215, 401, 'invalid_client'],
    [7000222, 401, 'invalid_client'],
    [7000218, 401, 'invalid_client'],
    [700016, 400, 'unauthorized_client'],
    [90002, 400, 'invalid_request'],
  ];

  test.each(ENTRA)('AADSTS%i comes with %i %s', async (aadsts, status, error) => {
    const answer: RecordedAnswer = entraRefusal(status, error, aadsts, 'It is so.');
    const service = await recorded({ token: { always: answer } });
    const ended = await sendBy(service.options);
    expect(meaningOf(ended)).toMatchObject({ code: 'EAUTH', graphCode: `AADSTS${aadsts}`, retryable: false });
    const played = await sandbox(aadsts === 7000222 ? { secretState: 'expired' } : {});
    const { tenantId, clientId, clientSecret } = played.options;
    const form: Record<string, string> = {
      grant_type: 'client_credentials',
      client_id: aadsts === 700016 ? '66666666-7777-4888-8999-aaaaaaaaaaab' : clientId,
      client_secret: aadsts === 7000215 ? 'wrong' : clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    };
    if (aadsts === 7000218) delete form.client_secret;
    const tenant = aadsts === 90002 ? 'fabrikam.example' : tenantId;
    const refused = await fetch(`${played.url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject({ error, error_codes: [aadsts] });
  });
});

test('200 and 201 are taken alike where Graph makes something', async () => {
  const service = await recorded({ as200: ['create-draft', 'add-attachment', 'create-upload-session'] });
  for (const mail of [TWO_FILES, LARGE]) {
    expect((await sendBy(service.options, mail)).info).toMatchObject({ route: 'draft' });
  }
  expect(service.sent).toHaveLength(2);
});
