import { createSandbox } from '../../src/sandbox';
import { LUNCH, post, refusal, send, sendMime } from './support';

const as = (address: string, name?: string) => ({ emailAddress: { address, name } });

test('keeps what a JSON message says', async () => {
  const sandbox = createSandbox({ now: () => Date.UTC(2026, 0, 1) });
  const message = {
    subject: 'Käse',
    body: { contentType: 'HTML', content: '<p>Brot</p>' },
    from: as('app@contoso.example', 'The App'),
    toRecipients: [as('megan@fabrikam.example', 'Megan'), as('joni@fabrikam.example')],
    ccRecipients: [as('cc@fabrikam.example')],
    bccRecipients: [as('bcc@fabrikam.example')],
    replyTo: [as('help@contoso.example', 'Help')],
    importance: 'High',
    internetMessageId: '<lunch@contoso.example>',
    internetMessageHeaders: [{ name: 'x-mailer', value: 'sandbox' }],
    singleValueExtendedProperties: [{ id: 'String 0x1042', value: '<before@contoso.example>' }],
    categories: ['food', 'cheese'],
    isReadReceiptRequested: true,
    isDeliveryReceiptRequested: true,
  };
  const headers = { 'client-request-id': '6d2b0b9f-38c5-4f6e-8f0c-222222222222' };
  const response = await send(sandbox, message, { headers });
  expect(sandbox.messages).toEqual([
    {
      id: expect.any(String),
      receivedAt: new Date(Date.UTC(2026, 0, 1)),
      mailbox: 'app@contoso.example',
      requestId: response.headers.get('request-id'),
      clientRequestId: '6d2b0b9f-38c5-4f6e-8f0c-222222222222',
      route: 'json',
      from: { name: 'The App', address: 'app@contoso.example' },
      sender: { name: 'The App', address: 'app@contoso.example' },
      replyTo: [{ name: 'Help', address: 'help@contoso.example' }],
      to: [
        { name: 'Megan', address: 'megan@fabrikam.example' },
        { name: '', address: 'joni@fabrikam.example' },
      ],
      cc: [{ name: '', address: 'cc@fabrikam.example' }],
      bcc: [{ name: '', address: 'bcc@fabrikam.example' }],
      subject: 'Käse',
      body: { contentType: 'html', content: '<p>Brot</p>' },
      importance: 'high',
      internetMessageId: '<lunch@contoso.example>',
      headers: [{ name: 'x-mailer', value: 'sandbox' }],
      extendedProperties: [{ id: 'String 0x1042', value: '<before@contoso.example>' }],
      categories: ['food', 'cheese'],
      isReadReceiptRequested: true,
      isDeliveryReceiptRequested: true,
      attachments: [],
      savedToSentItems: true,
      request: { message },
    },
  ]);
});

test('fills in what a JSON message leaves out', async () => {
  const sandbox = createSandbox();
  await send(sandbox, { toRecipients: LUNCH.toRecipients, internetMessageId: null });
  const itself = { name: 'Contoso App', address: 'app@contoso.example' };
  expect(sandbox.messages).toMatchObject([
    {
      clientRequestId: undefined,
      from: itself,
      sender: itself,
      replyTo: [],
      cc: [],
      bcc: [],
      subject: '',
      body: { contentType: 'text', content: '' },
      importance: 'normal',
      internetMessageId: expect.stringMatching(/^<[^@<>]+@contoso\.example>$/),
      headers: [],
      extendedProperties: [],
      categories: [],
      isReadReceiptRequested: false,
      isDeliveryReceiptRequested: false,
      attachments: [],
    },
  ]);
  expect(sandbox.messages[0]).not.toHaveProperty('mime');
});

test.each(['low', 'normal', 'high'])('knows the importance %s', async (importance) => {
  const sandbox = createSandbox();
  await send(sandbox, { ...LUNCH, importance });
  await sendMime(sandbox, ['To: megan@fabrikam.example', `Importance: ${importance}`, '', 'x']);
  expect(sandbox.messages).toMatchObject([{ importance }, { importance }]);
});

test('takes another sender than the one that the message is from', async () => {
  const sandbox = createSandbox({
    mailboxes: [
      {
        id: '11111111-2222-3333-4444-555555555555',
        userPrincipalName: 'app@contoso.example',
        displayName: 'App',
        sendAs: ['ceo@contoso.example'],
      },
    ],
  });
  await send(sandbox, { ...LUNCH, from: as('ceo@contoso.example'), sender: as('app@contoso.example') });
  expect(sandbox.messages).toMatchObject([
    { from: { address: 'ceo@contoso.example' }, sender: { address: 'app@contoso.example' } },
  ]);
});

test('keeps the JSON as it came, the spelling of its parameters included', async () => {
  const sandbox = createSandbox();
  const request = { Message: { ...LUNCH, importance: 'HIGH' }, SaveToSentItems: 'false' };
  await post(sandbox, JSON.stringify(request));
  expect(sandbox.messages).toMatchObject([{ request, savedToSentItems: false }]);
});

test('lists messages oldest first', async () => {
  const sandbox = createSandbox();
  for (const subject of ['one', 'two', 'three']) await send(sandbox, { ...LUNCH, subject });
  expect(sandbox.messages.map(({ subject }) => subject)).toEqual(['one', 'two', 'three']);
  expect(new Set(sandbox.messages.map(({ id }) => id)).size).toBe(3);
});

test('keeps nothing of a message that it refuses', async () => {
  const sandbox = createSandbox();
  await send(sandbox, { ...LUNCH, toRecipients: [] });
  expect(sandbox.messages).toEqual([]);
});

test.each([
  'no-brackets@contoso.example',
  '<no-at>',
  '<a b@contoso.example>',
  '<a@b\r\nBcc: x@y>',
  '<<a@b>>',
  'x<a@b>',
  '<a@b>x',
  '',
])('refuses the internetMessageId %j', async (internetMessageId) => {
  expect(await refusal(send(createSandbox(), { ...LUNCH, internetMessageId }))).toMatchObject({
    status: 400,
    code: 'ErrorInvalidPropertyRequest',
  });
});
