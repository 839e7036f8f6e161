import { createSandbox } from '../../src/sandbox';
import { emlHeaders } from '../../src/sandbox/mail/eml-headers';
import { ask, attach, LUNCH, makeDraft, post, refusal, send } from './support';

/** As Microsoft's own sample for Node.js writes it. */
const CAPITALS = {
  Message: {
    Subject: 'Meet for lunch?',
    Body: { ContentType: 'HTML', Content: '<p>At the new place.</p>' },
    ToRecipients: [{ EmailAddress: { Address: 'megan@fabrikam.example', Name: 'Megan' } }],
    InternetMessageHeaders: [{ Name: 'x-a', Value: 'b' }],
    SingleValueExtendedProperties: [{ Id: 'String 0x1042', Value: '<a@b>' }],
    Attachments: [
      {
        '@odata.type': '#microsoft.graph.fileAttachment',
        Name: 'greeting.txt',
        ContentType: 'text/plain',
        ContentBytes: Buffer.from('Hello').toString('base64'),
      },
    ],
  },
  SaveToSentItems: false,
};
const READ = {
  subject: 'Meet for lunch?',
  body: { contentType: 'html', content: '<p>At the new place.</p>' },
  to: [{ name: 'Megan', address: 'megan@fabrikam.example' }],
  headers: [{ name: 'x-a', value: 'b' }],
  extendedProperties: [{ id: 'String 0x1042', value: '<a@b>' }],
  attachments: [{ name: 'greeting.txt', contentType: 'text/plain', content: Buffer.from('Hello') }],
};

describe('the names of properties', () => {
  test.each([
    ['capitals', (name: string) => name],
    ['small letters', (name: string) => name.toLowerCase()],
    ['large letters', (name: string) => name.toUpperCase()],
  ])('may be in %s in a sendMail', async (_what, spell) => {
    const sandbox = createSandbox();
    const body = respell(CAPITALS, spell);
    expect((await post(sandbox, JSON.stringify(body))).status).toBe(202);
    expect(sandbox.messages).toMatchObject([{ ...READ, savedToSentItems: false, request: body }]);
  });

  test('may be in capitals in a draft, an update, an attachment and an upload session', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, CAPITALS.Message);
    const [attachment = {}] = CAPITALS.Message.Attachments;
    expect((await attach(sandbox, id, attachment)).status).toBe(201);
    expect(
      (await ask(sandbox, 'PATCH', `messages/${id}`, { Subject: 'Dinner', IMPORTANCE: 'High' })).status,
    ).toBe(200);
    const session = { attachmentitem: { ATTACHMENTTYPE: 'file', Name: 'a', Size: 3_000_000 } };
    const path = `messages/${id}/attachments/createUploadSession`;
    expect((await ask(sandbox, 'POST', path, session)).status).toBe(201);
    expect(sandbox.drafts).toMatchObject([{ attachments: [{ size: 5 }, { size: 5 }], uploadSessions: 1 }]);
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages).toMatchObject([
      { ...READ, subject: 'Dinner', importance: 'high', attachments: [{}, {}] },
    ]);
  });

  test('may be in capitals in a message that is attached', async () => {
    const item = { '@odata.type': '#microsoft.graph.message', Subject: 'Inside', Colour: 'red' };
    const attached = { '@odata.type': '#microsoft.graph.itemAttachment', Name: 'forwarded', Item: item };
    expect(await refusal(send(createSandbox(), { ...LUNCH, Attachments: [attached] }))).toMatchObject({
      code: 'RequestBodyRead',
      message: expect.stringMatching(/^The property 'Colour' does not exist/),
    });
  });

  test('may be in capitals where the inbox tells what a header comes from', async () => {
    const sandbox = createSandbox();
    const From = { EmailAddress: { Address: 'app@contoso.example' } };
    await post(
      sandbox,
      JSON.stringify({ MESSAGE: { ...CAPITALS.Message, From, InternetMessageId: '<a@b>' } }),
    );
    const headers = sandbox.messages.flatMap(emlHeaders);
    const sources = Object.fromEntries(headers.map(({ name, source }) => [name, source]));
    expect(sources).toMatchObject({ From: 'from', 'Message-ID': 'internetMessageId' });
  });

  test('must not stand there twice', async () => {
    expect(await refusal(send(createSandbox(), { ...LUNCH, Subject: 'again' }))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
      message: expect.stringContaining("'Subject'"),
    });
  });

  test('may be in any case in $select', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    const shown = await ask(sandbox, 'GET', `messages/${id}?$select=SUBJECT,isdraft`);
    expect(await shown.json()).toEqual({ id, subject: LUNCH.subject, isDraft: true });
  });
});

/** The same with other names, but for those of annotations. */
function respell(value: unknown, spell: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => respell(each, spell));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.includes('@') ? name : spell(name),
      respell(each, spell),
    ]),
  );
}
