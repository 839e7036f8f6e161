import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, find, IMMUTABLE, LUNCH, makeDraft, post, refusal, send, sendMime } from './support';

const GUID = '{6D2B0B9F-38C5-4F6E-8F0C-0123456789AB}';
const KEY = `String ${GUID} Name delivery-key`;
const KEYED = { ...LUNCH, singleValueExtendedProperties: [{ id: KEY, value: "it's Key-1" }] };

const byKey = (value: string, id = KEY) =>
  `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq '${value}')`;
const BY_KEY = byKey("it''s Key-1");

async function found(sandbox: Sandbox, filter = BY_KEY, query = {}) {
  const { value } = await (await find(sandbox, filter, query)).json();
  return value;
}

describe('a search by an extended property', () => {
  test('finds a draft', async () => {
    const sandbox = createSandbox({ now: () => Date.UTC(2026, 0, 1) });
    await makeDraft(sandbox);
    const id = await makeDraft(sandbox, KEYED);
    const response = await find(sandbox, BY_KEY, { $select: 'isDraft,createdDateTime' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      '@odata.context': "https://graph.microsoft.com/v1.0/$metadata#users('app%40contoso.example')/messages",
      value: [{ id, isDraft: true, createdDateTime: '2026-01-01T00:00:00Z' }],
    });
  });

  test('finds a draft that was sent, by its immutable id where that is asked for', async () => {
    const sandbox = createSandbox();
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox, KEYED)}/send`);
    const { id } = sandbox.messages[0] ?? {};
    const response = await find(sandbox, BY_KEY, {}, { headers: IMMUTABLE });
    expect(response.headers.get('preference-applied')).toBe('IdType="ImmutableId"');
    expect((await response.json()).value).toMatchObject([{ id, isDraft: false }]);
    const [{ id: other }] = await found(sandbox);
    expect(other).not.toBe(id);
    expect(await (await ask(sandbox, 'GET', `messages/${other}`)).json()).toMatchObject({ isDraft: false });
  });

  test('finds what sendMail has sent, until it is deleted', async () => {
    const sandbox = createSandbox();
    await send(sandbox, KEYED);
    const [message] = await found(sandbox);
    expect(message).toMatchObject({ isDraft: false, subject: LUNCH.subject });
    const { id } = sandbox.messages[0] ?? {};
    expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(200);
    expect((await ask(sandbox, 'DELETE', `messages/${message.id}`)).status).toBe(204);
    expect(await found(sandbox)).toEqual([]);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('finds nothing of what was not saved', async () => {
    const sandbox = createSandbox();
    await post(sandbox, JSON.stringify({ message: KEYED, saveToSentItems: false }));
    expect(await found(sandbox)).toEqual([]);
    expect((await ask(sandbox, 'GET', `messages/${sandbox.messages[0]?.id}`)).status).toBe(404);
  });

  test.each([
    ['the value in other letters', byKey("IT''S KEY-1"), 1],
    ['the GUID in other letters', byKey("it''s Key-1", KEY.replace(GUID, GUID.toLowerCase())), 1],
    ['the name in other letters', byKey("it''s Key-1", KEY.replace('delivery', 'Delivery')), 0],
    ['another value', byKey('Key-1'), 0],
    ['a part of the value', byKey("it''s"), 0],
    ['another name for the variable', BY_KEY.replaceAll(/\bep\b/g, 'p'), 1],
  ])('given %s', async (_what, filter, count) => {
    const sandbox = createSandbox();
    await makeDraft(sandbox, KEYED);
    expect(await found(sandbox, filter)).toHaveLength(count);
  });

  test('refuses an id that no property has', async () => {
    expect(await refusal(find(createSandbox(), byKey('1', 'delivery-key')))).toMatchObject({
      status: 400,
      code: 'ErrorInvalidExtendedProperty',
    });
  });
});

describe('a search by internetMessageId', () => {
  test.each(['json', 'mime'])('finds a message that was sent as %s', async (route) => {
    const sandbox = createSandbox();
    if (route === 'json') await send(sandbox, { ...LUNCH, internetMessageId: '<one@contoso.example>' });
    else {
      const lines = [
        'From: app@contoso.example',
        'To: a@fabrikam.example',
        'Message-ID: <one@contoso.example>',
      ];
      await sendMime(sandbox, [...lines, '', 'x']);
    }
    await send(sandbox, { ...LUNCH, internetMessageId: '<two@contoso.example>' });
    expect(await found(sandbox, "internetMessageId eq '<one@contoso.example>'")).toMatchObject([
      { isDraft: false, internetMessageId: '<one@contoso.example>' },
    ]);
    expect(await found(sandbox, "internetMessageId eq '<three@contoso.example>'")).toEqual([]);
  });
});

describe('a search', () => {
  test('is one of a mailbox', async () => {
    const sandbox = createSandbox();
    await makeDraft(sandbox, KEYED, { user: 'sales@contoso.example' });
    expect(await found(sandbox)).toEqual([]);
    const elsewhere = await find(sandbox, BY_KEY, {}, { user: 'sales@contoso.example' });
    expect((await elsewhere.json()).value).toHaveLength(1);
  });

  test('shows the newest first, ten at a time by default', async () => {
    const sandbox = createSandbox();
    for (let number = 1; number <= 12; number += 1) {
      await makeDraft(sandbox, { ...KEYED, subject: `${number}` });
    }
    const subjects = (value: { subject: string }[]) => value.map(({ subject }) => subject).join();
    const first = await (await find(sandbox, BY_KEY)).json();
    expect(subjects(first.value)).toBe('12,11,10,9,8,7,6,5,4,3');
    const next = new URL(first['@odata.nextLink']);
    const second = await (await ask(sandbox, 'GET', `messages${next.search}`)).json();
    expect(next.pathname).toBe('/v1.0/users/app%40contoso.example/messages');
    expect(subjects(second.value)).toBe('2,1');
    expect(second).not.toHaveProperty('@odata.nextLink');
    expect(subjects(await found(sandbox, BY_KEY, { $top: '2' }))).toBe('12,11');
  });

  test.each(['0', '1001', '-1', 'x'])('takes no $top of %s', async ($top) => {
    expect(await refusal(find(createSandbox(), BY_KEY, { $top }))).toMatchObject({
      status: 400,
      code: 'BadRequest',
    });
  });

  test.each([
    ['a text without quotes', 'internetMessageId eq <a@b>'],
    ['a quote that is not doubled', "internetMessageId eq '<it's@b>'"],
    ['two variables', BY_KEY.replace('ep/value', 'other/value')],
    ['nothing', ''],
    ['half a comparison', 'subject eq'],
    ['an operator that is none', "subject like 'x'"],
    ['a parenthesis that stays open', "(subject eq 'x'"],
    ['one that was never opened', "subject eq 'x')"],
    ['two comparisons without a word between them', "subject eq 'x' isDraft eq true"],
    ['a time in quotes', "createdDateTime ge '2026-01-01T00:00:00Z'"],
    ['a text for a truth', "isDraft eq 'true'"],
    ['half of a time', 'createdDateTime ge 2026-01'],
    ['contains of a truth', "contains(isDraft, 'x')"],
    ['more depth than anyone writes', `${'('.repeat(200)}isDraft eq true${')'.repeat(200)}`],
  ])('refuses a filter of %s', async (_what, filter) => {
    expect(await refusal(find(createSandbox(), filter))).toEqual({
      status: 400,
      code: 'BadRequest',
      message: 'Invalid filter clause',
    });
  });

  test.each([
    [
      "colour eq 'red'",
      'BadRequest',
      "Could not find a property named 'colour' on type 'microsoft.graph.message'.",
    ],
    [
      "constructor eq 'x'",
      'BadRequest',
      "Could not find a property named 'constructor' on type 'microsoft.graph.message'.",
    ],
    [
      "endswith(subject,'x')",
      'ErrorInvalidUrlQueryFilter',
      'The query filter contains one or more invalid nodes.',
    ],
  ])('refuses the filter %s', async (filter, code, message) => {
    expect(await refusal(find(createSandbox(), filter))).toEqual({ status: 400, code, message });
  });

  test.each([
    [
      'a property that the sandbox does not show',
      'uniqueBody eq true',
      /^The sandbox does not implement \$filter by/,
    ],
    [
      'another list',
      "toRecipients/any(r:r/emailAddress/address eq 'a@b')",
      /^The sandbox does not implement the \$filter/,
    ],
    [
      'another comparison of an extended property',
      BY_KEY.replace('value eq', 'value ne'),
      /^The sandbox does not implement/,
    ],
  ])('is not played with a filter by %s', async (_what, filter, message) => {
    expect(await refusal(find(createSandbox(), filter))).toEqual({
      status: 501,
      code: 'notSupported',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['$search', 501, 'The sandbox does not implement $search here.'],
    ['$count', 501, 'The sandbox does not implement $count here.'],
    ['$colour', 400, "The query parameter '$colour' is not supported."],
  ])('given %s is answered %i', async (name, status, message) => {
    expect(await refusal(find(createSandbox(), BY_KEY, { [name]: 'x' }))).toMatchObject({ status, message });
  });

  test.each([
    ['Mail.Read', 200],
    ['Mail.ReadWrite', 200],
    ['Mail.ReadBasic', 403],
    ['Mail.ReadBasic.All', 403],
    ['Mail.Send', 403],
  ])('is answered to an app with %s by %i', async (role, status) => {
    expect((await find(createSandbox({ roles: [role] }), BY_KEY)).status).toBe(status);
  });

  test('looks for the mailbox before it reads the filter', async () => {
    const user = 'nobody@contoso.example';
    expect((await find(createSandbox(), 'nonsense', {}, { user })).status).toBe(404);
  });
});

describe('$select', () => {
  test('leaves the named properties and the id', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, internetMessageHeaders: [{ name: 'x-a', value: 'b' }] });
    const shown = async (select: string) =>
      (await ask(sandbox, 'GET', `messages/${id}?$select=${select}`)).json();
    expect(await shown('isDraft')).toEqual({ id, isDraft: true });
    expect(await shown('internetMessageHeaders, subject')).toEqual({
      id,
      internetMessageHeaders: [{ name: 'x-a', value: 'b' }],
      subject: LUNCH.subject,
    });
  });

  test.each([
    ['unknown', 400, 'BadRequest'],
    ['', 400, 'BadRequest'],
    ['constructor', 400, 'BadRequest'],
    ['uniqueBody', 501, 'notSupported'],
  ])('of %j is refused', async (select, status, code) => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    expect(await refusal(ask(sandbox, 'GET', `messages/${id}?$select=${select}`))).toMatchObject({
      status,
      code,
    });
    expect(await refusal(ask(sandbox, 'POST', `messages?$select=${select}`, LUNCH))).toMatchObject({
      status,
    });
    expect(sandbox.drafts).toHaveLength(1);
  });
});
