import { createSandbox } from '../../src/sandbox';
import { ask, find, IMMUTABLE, LUNCH, makeDraft, refusal, TEXT_FILE } from './support';

const KEY = 'String {6D2B0B9F-38C5-4F6E-8F0C-0123456789AB} Name delivery-key';
const property = (id: string, value: string) => ({ singleValueExtendedProperties: [{ id, value }] });
const MIME = ['From: app@contoso.example', 'To: a@fabrikam.example', 'Subject: Hi', '', 'Hello'].join('\r\n');

describe('an update of a draft', () => {
  test('changes what it names and answers with the message', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] }, { headers: IMMUTABLE });
    const change = {
      subject: 'Dinner?',
      body: { contentType: 'html', content: '<p>Late.</p>' },
      toRecipients: [{ emailAddress: { address: 'adele@fabrikam.example' } }],
      ccRecipients: [{ emailAddress: { address: 'c@fabrikam.example' } }],
      bccRecipients: [{ emailAddress: { address: 'b@fabrikam.example' } }],
      replyTo: [{ emailAddress: { address: 'r@fabrikam.example' } }],
      importance: 'high',
      internetMessageId: '<dinner@contoso.example>',
      categories: ['food'],
      isReadReceiptRequested: true,
      isDeliveryReceiptRequested: true,
    };
    const response = await ask(sandbox, 'PATCH', `messages/${id}`, change, { headers: IMMUTABLE });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id,
      isDraft: true,
      subject: 'Dinner?',
      importance: 'high',
    });
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages).toMatchObject([
      {
        subject: 'Dinner?',
        body: change.body,
        to: [{ address: 'adele@fabrikam.example' }],
        cc: [{ address: 'c@fabrikam.example' }],
        bcc: [{ address: 'b@fabrikam.example' }],
        replyTo: [{ address: 'r@fabrikam.example' }],
        importance: 'high',
        internetMessageId: '<dinner@contoso.example>',
        categories: ['food'],
        isReadReceiptRequested: true,
        isDeliveryReceiptRequested: true,
        attachments: [{ name: 'greeting.txt' }],
      },
    ]);
  });

  test('leaves all else as it was', async () => {
    const sandbox = createSandbox();
    const message = {
      ...LUNCH,
      importance: 'high',
      categories: ['food'],
      internetMessageId: '<a@b.example>',
    };
    const id = await makeDraft(sandbox, message);
    await ask(sandbox, 'PATCH', `messages/${id}`, { subject: 'Dinner?' });
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages).toMatchObject([
      {
        subject: 'Dinner?',
        body: LUNCH.body,
        to: [{ address: 'megan@fabrikam.example' }],
        importance: 'high',
        categories: ['food'],
        internetMessageId: '<a@b.example>',
      },
    ]);
  });

  test('sets an extended property beside those that are there', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, ...property('String 0x1042', '<a@b>') });
    await ask(sandbox, 'PATCH', `messages/${id}`, property(KEY, 'one'));
    await ask(sandbox, 'PATCH', `messages/${id}`, property(KEY, 'two'));
    const filter = (value: string) =>
      `singleValueExtendedProperties/Any(ep: ep/id eq '${KEY}' and ep/value eq '${value}')`;
    expect((await (await find(sandbox, filter('one'))).json()).value).toEqual([]);
    expect((await (await find(sandbox, filter('two'))).json()).value).toMatchObject([{ id }]);
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages[0]?.extendedProperties).toEqual([
      { id: 'String 0x1042', value: '<a@b>' },
      { id: KEY, value: 'two' },
    ]);
  });

  test('may be one of MIME', async () => {
    const sandbox = createSandbox();
    const body = Buffer.from(MIME).toString('base64');
    const made = await ask(sandbox, 'POST', 'messages', body, { contentType: 'text/plain' });
    const { id } = await made.json();
    await ask(sandbox, 'PATCH', `messages/${id}`, property(KEY, 'one'));
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages).toMatchObject([
      { subject: 'Hi', extendedProperties: [{ id: KEY, value: 'one' }], mime: Buffer.from(MIME) },
    ]);
  });

  test('may name a sender, whose right is asked for when it is sent', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    const from = { emailAddress: { address: 'ceo@contoso.example' } };
    expect((await ask(sandbox, 'PATCH', `messages/${id}`, { from })).status).toBe(200);
    expect(await refusal(ask(sandbox, 'POST', `messages/${id}/send`))).toMatchObject({
      code: 'ErrorSendAsDenied',
    });
    await ask(sandbox, 'PATCH', `messages/${id}`, { from: null });
    expect((await ask(sandbox, 'POST', `messages/${id}/send`)).status).toBe(202);
  });

  test.each<[string, object, number, string]>([
    ['an unknown property', { nonsense: 1 }, 400, 'RequestBodyRead'],
    ['attachments', { attachments: [TEXT_FILE] }, 400, 'ErrorInvalidPropertySet'],
    ['a property that the service sets', { hasAttachments: true }, 400, 'ErrorInvalidPropertySet'],
    ['a bad id of an extended property', property('x', '1'), 400, 'ErrorInvalidExtendedProperty'],
    [
      'a malformed recipient',
      { toRecipients: [{ emailAddress: { address: 'Megan' } }] },
      400,
      'ErrorInvalidRecipients',
    ],
  ])('is refused given %s, and changes nothing', async (_what, change, status, code) => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    expect(
      await refusal(ask(sandbox, 'PATCH', `messages/${id}`, { subject: 'Dinner?', ...change })),
    ).toMatchObject({ status, code });
    expect(sandbox.drafts).toMatchObject([{ subject: LUNCH.subject, attachments: [] }]);
  });

  test('is refused once it was sent', async () => {
    const sandbox = createSandbox();
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox)}/send`);
    const id = sandbox.messages[0]?.id;
    expect(await refusal(ask(sandbox, 'PATCH', `messages/${id}`, { subject: 'x' }))).toMatchObject({
      status: 400,
      code: 'ErrorInvalidRequest',
    });
  });

  test('needs Mail.ReadWrite, and a message that is there', async () => {
    const change = { subject: 'x' };
    const reader = createSandbox({ roles: ['Mail.Read', 'Mail.Send'] });
    expect(await refusal(ask(reader, 'PATCH', 'messages/1', change))).toMatchObject({ status: 403 });
    const writer = createSandbox({ roles: ['Mail.ReadWrite'] });
    expect(await refusal(ask(writer, 'PATCH', 'messages/1', change))).toMatchObject({
      status: 404,
      code: 'ErrorItemNotFound',
    });
  });
});
