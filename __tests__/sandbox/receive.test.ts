import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, find, IMMUTABLE, LUNCH, makeDraft, refusal, send, sendMime } from './support';

const APP = 'app@contoso.example';
const SALES = 'sales@contoso.example';
const MESSAGE_ID = '<lunch@contoso.example>';
const BY_ID = `internetMessageId eq '${MESSAGE_ID}'`;
const NAMED = 'String {00020386-0000-0000-C000-000000000046} Name';

const to = (...addresses: string[]) => addresses.map((address) => ({ emailAddress: { address } }));
const lunchFor = (...addresses: string[]) => ({
  ...LUNCH,
  internetMessageId: MESSAGE_ID,
  toRecipients: to(...addresses),
});

/** What lies in an Inbox, with the properties that `$select` names. */
async function inboxOf(sandbox: Sandbox, user: string, $select?: string) {
  const query = new URLSearchParams({ $filter: BY_ID, ...($select && { $select }) });
  const answer = await ask(sandbox, 'GET', `mailFolders/inbox/messages?${query}`, undefined, { user });
  return (await answer.json()).value;
}
async function headersOf(sandbox: Sandbox, user = SALES): Promise<Record<string, string>> {
  const [{ internetMessageHeaders }] = await inboxOf(sandbox, user, 'internetMessageHeaders');
  return Object.fromEntries(
    internetMessageHeaders.map(({ name, value }: { name: string; value: string }) => [
      name.toLowerCase(),
      value,
    ]),
  );
}

const ROUTES: [string, (sandbox: Sandbox, message: object) => Promise<unknown>][] = [
  ['sendMail', (sandbox, message) => send(sandbox, message)],
  [
    'a draft',
    async (sandbox, message) => ask(sandbox, 'POST', `messages/${await makeDraft(sandbox, message)}/send`),
  ],
];

describe.each(ROUTES)('a message sent by %s', (_route, sendBy) => {
  test('arrives in the Inbox of a mailbox of the tenant, by its name in any case', async () => {
    const sandbox = createSandbox();
    await sendBy(sandbox, lunchFor('Sales@Contoso.example'));
    const folder = await (await ask(sandbox, 'GET', 'mailFolders/inbox', undefined, { user: SALES })).json();
    expect(folder).toMatchObject({ totalItemCount: 1, unreadItemCount: 1 });
    const [arrived, ...more] = await inboxOf(sandbox, SALES);
    expect(more).toEqual([]);
    expect(arrived).toMatchObject({
      subject: LUNCH.subject,
      isDraft: false,
      parentFolderId: folder.id,
      internetMessageId: MESSAGE_ID,
      body: LUNCH.body,
      toRecipients: [{ emailAddress: { address: 'Sales@Contoso.example' } }],
    });
    expect(arrived).not.toHaveProperty('internetMessageHeaders');
    expect(await inboxOf(sandbox, APP)).toEqual([]);
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  });

  test('arrives beside the copy in Sent Items, with ids of its own', async () => {
    const sandbox = createSandbox();
    await sendBy(sandbox, lunchFor(APP));
    const { value: found } = await (await find(sandbox, BY_ID, {}, { headers: IMMUTABLE })).json();
    const [arrived] = await inboxOf(sandbox, APP);
    const sent = sandbox.messages[0]?.id;
    expect(found).toHaveLength(2);
    expect(new Set([...found.map(({ id }: { id: string }) => id), arrived.id]).size).toBe(3);
    expect(arrived.id).not.toBe(sent);
    expect((await ask(sandbox, 'DELETE', `messages/${arrived.id}`)).status).toBe(204);
    expect(await inboxOf(sandbox, APP)).toEqual([]);
    expect((await ask(sandbox, 'GET', `messages/${sent}`)).status).toBe(200);
  });

  test('has its headers there, with one for each named property of PS_INTERNET_HEADERS', async () => {
    const sandbox = createSandbox();
    await sendBy(sandbox, {
      ...lunchFor(SALES),
      internetMessageHeaders: [{ name: 'x-order', value: '4711' }],
      singleValueExtendedProperties: [
        { id: `${NAMED} list-id`, value: '<news.contoso.example>' },
        { id: `${NAMED.replace('C000', 'c000')} x-sixth`, value: '6' },
        { id: 'String {11111111-2222-3333-4444-555555555555} Name mark', value: 'ours' },
      ],
    });
    const headers = await headersOf(sandbox);
    expect(headers).toMatchObject({
      from: `Contoso App <${APP}>`,
      to: SALES,
      subject: LUNCH.subject,
      'message-id': MESSAGE_ID,
      'x-order': '4711',
      'list-id': '<news.contoso.example>',
      'x-sixth': '6',
    });
    expect(headers).not.toHaveProperty('mark');
  });

  test('has no header of a named property where the settings say so', async () => {
    const sandbox = createSandbox({ namedHeadersOnTheWire: false });
    await sendBy(sandbox, {
      ...lunchFor(SALES),
      internetMessageHeaders: [{ name: 'x-order', value: '4711' }],
      singleValueExtendedProperties: [
        { id: `${NAMED} list-id`, value: '<news.contoso.example>' },
        { id: 'String 0x1042', value: '<before@contoso.example>' },
      ],
    });
    const headers = await headersOf(sandbox);
    expect(headers).toMatchObject({ 'x-order': '4711', 'in-reply-to': '<before@contoso.example>' });
    expect(headers).not.toHaveProperty('list-id');
  });

  test("arrives without Bcc, the sender's categories and the sender's extended properties", async () => {
    const sandbox = createSandbox();
    const id = 'String {11111111-2222-3333-4444-555555555555} Name mark';
    await sendBy(sandbox, {
      ...lunchFor('megan@fabrikam.example'),
      bccRecipients: to(SALES),
      categories: ['Blue'],
      singleValueExtendedProperties: [{ id, value: 'ours' }],
    });
    expect(await inboxOf(sandbox, SALES)).toMatchObject([{ bccRecipients: [], categories: [] }]);
    expect(await headersOf(sandbox)).not.toHaveProperty('bcc');
    const byMark = `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq 'ours')`;
    const found = async (user: string) =>
      (await (await find(sandbox, byMark, {}, { user })).json()).value.length;
    expect([await found(APP), await found(SALES)]).toEqual([1, 0]);
    expect(sandbox.messages[0]).toMatchObject({ bcc: [{ address: SALES }], categories: ['Blue'] });
  });

  test('cannot be changed where it has arrived, nor sent', async () => {
    const sandbox = createSandbox();
    await sendBy(sandbox, lunchFor(APP));
    const [{ id }] = await inboxOf(sandbox, APP);
    for (const [method, path] of [
      ['PATCH', ''],
      ['POST', '/send'],
    ]) {
      const body = method === 'PATCH' ? { subject: 'x' } : undefined;
      expect(await refusal(ask(sandbox, `${method}`, `messages/${id}${path}`, body))).toMatchObject({
        status: 400,
        code: 'ErrorInvalidRequest',
      });
    }
  });

  test('goes from the Inbox with the message that was sent, to make room or by hand', async () => {
    const sandbox = createSandbox({ maxMessages: 1 });
    await sendBy(sandbox, lunchFor(SALES, APP));
    const [{ id }] = await inboxOf(sandbox, SALES);
    await sendBy(sandbox, lunchFor(SALES));
    expect(await inboxOf(sandbox, SALES)).toHaveLength(1);
    expect(await inboxOf(sandbox, APP)).toEqual([]);
    expect((await ask(sandbox, 'GET', `messages/${id}`, undefined, { user: SALES })).status).toBe(404);
    sandbox.removeMessage(sandbox.messages[0]?.id ?? '');
    expect(await inboxOf(sandbox, SALES)).toEqual([]);
    await sendBy(sandbox, lunchFor(SALES));
    sandbox.clear();
    expect(await inboxOf(sandbox, SALES)).toEqual([]);
  });
});

test('a message as MIME arrives with the header fields that it came with, but Bcc', async () => {
  const sandbox = createSandbox();
  const lines = [`To: ${SALES}`, `Bcc: ${APP}`, `Message-ID: ${MESSAGE_ID}`, 'List-Id: <l.x>', '', 'Hello'];
  await sendMime(sandbox, lines);
  const headers = { to: SALES, 'message-id': MESSAGE_ID, 'list-id': '<l.x>' };
  expect(await headersOf(sandbox)).toEqual(headers);
  expect(await headersOf(sandbox, APP)).toEqual(headers);
});

test('a named property given to a draft of MIME is a header of what arrives', async () => {
  const sandbox = createSandbox();
  const mime = [`To: ${SALES}`, `Message-ID: ${MESSAGE_ID}`, 'X-Order: 4711', '', 'Hello'].join('\r\n');
  const made = await ask(sandbox, 'POST', 'messages', Buffer.from(mime).toString('base64'), {
    contentType: 'text/plain',
  });
  const { id } = await made.json();
  const properties = [{ id: `${NAMED} list-id`, value: '<l.x>' }];
  await ask(sandbox, 'PATCH', `messages/${id}`, { singleValueExtendedProperties: properties });
  await ask(sandbox, 'POST', `messages/${id}/send`);
  expect(await headersOf(sandbox)).toMatchObject({ 'x-order': '4711', 'list-id': '<l.x>' });
});

test('a message that is not kept in Sent Items arrives all the same', async () => {
  const sandbox = createSandbox();
  await ask(sandbox, 'POST', 'sendMail', { message: lunchFor(APP), saveToSentItems: false });
  expect(await (await find(sandbox, BY_ID)).json()).toMatchObject({ value: [{ isDraft: false }] });
  expect(await inboxOf(sandbox, APP)).toHaveLength(1);
});

test('a message arrives once for all addresses of a mailbox, and not where there is no mailbox', async () => {
  const one = { id: '11111111-2222-3333-4444-555555555555', displayName: 'One', userPrincipalName: APP };
  const two = { id: '11111111-2222-3333-4444-666666666666', displayName: 'Two', userPrincipalName: SALES };
  const sandbox = createSandbox({
    mailboxes: [
      { ...one, aliases: ['alias@contoso.example'], sendAs: ['boss@contoso.example'] },
      { ...two, state: 'unlicensed' },
    ],
  });
  await send(sandbox, lunchFor('Alias@contoso.example', APP, SALES));
  expect(await inboxOf(sandbox, APP)).toHaveLength(1);
  sandbox.clear();
  await send(sandbox, lunchFor('boss@contoso.example'));
  expect(await inboxOf(sandbox, APP)).toEqual([]);
});

test('a refused message arrives nowhere', async () => {
  const sandbox = createSandbox({ limits: { recipients: 1 } });
  expect((await send(sandbox, lunchFor(SALES, APP))).status).toBe(400);
  expect(await inboxOf(sandbox, SALES)).toEqual([]);
});

test('a search misses what has arrived for as long as a sent copy', async () => {
  const sandbox = createSandbox({ searchDelay: { sentItems: { finds: 1 } } });
  await send(sandbox, lunchFor(SALES));
  expect(await inboxOf(sandbox, SALES)).toEqual([]);
  expect(await inboxOf(sandbox, SALES)).toHaveLength(1);
});
