import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';
import { ask, LUNCH, makeDraft, refusal, send } from './support';

const DAY = 86_400_000;

/** Four drafts, a day and some milliseconds after one another. */
async function withDrafts(options: SandboxOptions = {}) {
  const clock = { time: Date.UTC(2026, 0, 1, 12, 0, 0, 900) };
  const sandbox = createSandbox({ now: () => clock.time, ...options });
  const subjects = ['Apples', 'bread', "it's cheese", 'Dates'];
  for (const subject of subjects) {
    await makeDraft(sandbox, { ...LUNCH, subject, importance: subject === 'bread' ? 'high' : 'normal' });
    clock.time += DAY;
  }
  return { sandbox, clock };
}

async function list(sandbox: Sandbox, query: Record<string, string>, path = 'messages') {
  return ask(sandbox, 'GET', `${path}?${new URLSearchParams(query)}`);
}

async function subjects(sandbox: Sandbox, query: Record<string, string>): Promise<string[]> {
  const { value } = await (await list(sandbox, query)).json();
  return value.map(({ subject }: { subject: string }) => subject);
}

const CHEESE = "it's cheese";

describe('a list of messages', () => {
  test.each<[string, string[]]>([
    ["subject eq 'Apples'", ['Apples']],
    ["subject ne 'Apples'", ['Dates', CHEESE, 'bread']],
    ["subject eq 'it''s cheese'", [CHEESE]],
    ["SUBJECT EQ 'Apples'", ['Apples']],
    ["contains(subject, 'E')", ['Dates', CHEESE, 'bread', 'Apples']],
    ["startswith(subject,'DA')", ['Dates']],
    ["not startswith(subject,'DA')", [CHEESE, 'bread', 'Apples']],
    ["importance eq 'high'", ['bread']],
    ['isDraft eq true', ['Dates', CHEESE, 'bread', 'Apples']],
    ['isDraft ne true', []],
    ['hasAttachments eq false and isDraft eq true', ['Dates', CHEESE, 'bread', 'Apples']],
    ["subject eq 'bread' or subject eq 'Dates' and isDraft eq false", ['bread']],
    ["(subject eq 'bread' or subject eq 'Dates') and isDraft eq true", ['Dates', 'bread']],
    ["not (subject eq 'bread' or subject eq 'Dates')", [CHEESE, 'Apples']],
    ["from/emailAddress/address eq 'app@contoso.example'", ['Dates', CHEESE, 'bread', 'Apples']],
    ["sender/emailAddress/name ne 'Contoso App'", []],
    ['createdDateTime gt 2026-01-02T12:00:00Z', ['Dates', CHEESE]],
    ['createdDateTime ge 2026-01-02T12:00:00Z', ['Dates', CHEESE, 'bread']],
    ['createdDateTime eq 2026-01-02T12:00:00Z', ['bread']],
    ['createdDateTime lt 2026-01-02T13:00:00+01:00', ['Apples']],
    ['receivedDateTime le 2026-01-02T12:00:00Z', ['bread', 'Apples']],
    ['sentDateTime ge 2026-01-04', ['Dates']],
  ])('given the filter %s', async (filter, expected) => {
    const { sandbox } = await withDrafts();
    expect(await subjects(sandbox, { $filter: filter })).toEqual(expected);
  });

  test('compares the milliseconds that are shown', async () => {
    const { sandbox } = await withDrafts({ timePrecision: 'milliseconds' });
    expect(await subjects(sandbox, { $filter: 'createdDateTime eq 2026-01-02T12:00:00Z' })).toEqual([]);
    expect(await subjects(sandbox, { $filter: 'createdDateTime eq 2026-01-02T12:00:00.900Z' })).toEqual([
      'bread',
    ]);
  });

  test.each<[string, string[]]>([
    ['subject', ['Apples', 'bread', 'Dates', CHEESE]],
    ['subject desc', [CHEESE, 'Dates', 'bread', 'Apples']],
    ['createdDateTime asc', ['Apples', 'bread', CHEESE, 'Dates']],
    ['importance, subject DESC', ['bread', CHEESE, 'Dates', 'Apples']],
  ])('given the order %s', async ($orderby, expected) => {
    const { sandbox } = await withDrafts();
    expect(await subjects(sandbox, { $orderby })).toEqual(expected);
  });

  test('puts times of one second in no order of their milliseconds', async () => {
    const clock = { time: Date.UTC(2026, 0, 1) };
    const sandbox = createSandbox({ now: () => clock.time });
    for (const subject of ['b', 'a']) {
      await makeDraft(sandbox, { ...LUNCH, subject });
      clock.time += 300;
    }
    expect(await subjects(sandbox, { $orderby: 'createdDateTime,subject' })).toEqual(['a', 'b']);
  });

  test.each([
    ['colour', 'BadRequest', "Could not find a property named 'colour' on type 'microsoft.graph.message'."],
    ['subject up', 'BadRequest', "Invalid OrderBy clause 'subject up'."],
    ['', 'BadRequest', "Invalid OrderBy clause ''."],
  ])('refuses the order %s', async ($orderby, code, message) => {
    expect(await refusal(list(createSandbox(), { $orderby }))).toEqual({ status: 400, code, message });
  });

  test.each([
    ['subject', "subject eq 'x'", 200],
    ['createdDateTime desc', "createdDateTime ge 2026-01-01T00:00:00Z and subject eq 'x'", 200],
    ['createdDateTime,subject', "createdDateTime ge 2026-01-01T00:00:00Z and subject eq 'x'", 200],
    ['createdDateTime', "subject eq 'x'", 400],
    ['createdDateTime', "subject eq 'x' and createdDateTime ge 2026-01-01T00:00:00Z", 400],
    ['subject,createdDateTime', "createdDateTime ge 2026-01-01T00:00:00Z and subject eq 'x'", 400],
  ])('given the order %s and the filter %s is answered %i', async ($orderby, $filter, status) => {
    const response = await list(createSandbox(), { $orderby, $filter });
    expect(response.status).toBe(status);
    if (status === 400) expect((await response.json()).error.code).toBe('InefficientFilter');
  });

  test('goes on page by page in its order, however $skip was spelled', async () => {
    const { sandbox } = await withDrafts();
    const first = await (await list(sandbox, { $orderby: 'subject', $top: '1', $SKIP: '1' })).json();
    const shown = first.value.map(({ subject }: { subject: string }) => subject);
    let next: string | undefined = first['@odata.nextLink'];
    while (next !== undefined) {
      const page = await (await ask(sandbox, 'GET', `messages${new URL(next).search}`)).json();
      shown.push(...page.value.map(({ subject }: { subject: string }) => subject));
      next = page['@odata.nextLink'];
    }
    expect(shown).toEqual(['bread', 'Dates', CHEESE]);
  });
});

describe('the list of folders', () => {
  test('shows those that the sandbox plays, with their ids', async () => {
    const { sandbox } = await withDrafts();
    await send(sandbox, LUNCH);
    const { value, ...rest } = await (await ask(sandbox, 'GET', 'mailFolders')).json();
    expect(rest).toEqual({
      '@odata.context':
        "https://graph.microsoft.com/v1.0/$metadata#users('app%40contoso.example')/mailFolders",
    });
    expect(value).toMatchObject([
      { displayName: 'Drafts', totalItemCount: 4 },
      { displayName: 'Sent Items', totalItemCount: 1 },
      { displayName: 'Deleted Items' },
      { displayName: 'Outbox' },
      { displayName: 'Inbox' },
    ]);
    const { id } = await (await ask(sandbox, 'GET', 'mailFolders/drafts')).json();
    expect(value[0].id).toBe(id);
  });

  test('comes in pages', async () => {
    const sandbox = createSandbox();
    const first = await (await list(sandbox, { $top: '3', $select: 'displayName' }, 'mailFolders')).json();
    expect(first.value).toHaveLength(3);
    expect(Object.keys(first.value[0])).toEqual(['id', 'displayName']);
    const { search } = new URL(first['@odata.nextLink']);
    const last = await (await ask(sandbox, 'GET', `mailFolders${search}`)).json();
    expect(last.value).toHaveLength(2);
    expect(last).not.toHaveProperty('@odata.nextLink');
  });

  test('is for those who may read', async () => {
    const sandbox = createSandbox({ roles: ['Mail.Send'] });
    expect(await refusal(ask(sandbox, 'GET', 'mailFolders'))).toMatchObject({ code: 'ErrorAccessDenied' });
    expect((await ask(createSandbox(), 'POST', 'mailFolders', {})).status).toBe(501);
  });
});

describe('the states of a message', () => {
  const KEYS = '$select=changeKey,conversationId,lastModifiedDateTime,createdDateTime';

  test('have a change key each, and one conversation', async () => {
    const clock = { time: Date.UTC(2026, 0, 1) };
    const sandbox = createSandbox({ now: () => clock.time });
    const draft = await (await ask(sandbox, 'POST', 'messages', LUNCH)).json();
    const shown = async () => (await ask(sandbox, 'GET', `messages/${draft.id}?${KEYS}`)).json();
    const states = [await shown(), await shown()];
    expect(states[1]).toEqual(states[0]);
    expect(states[0]).toMatchObject({ changeKey: draft.changeKey, conversationId: draft.conversationId });
    clock.time += 1000;
    await ask(sandbox, 'PATCH', `messages/${draft.id}`, { subject: 'Dinner' });
    states.push(await shown());
    expect(states[2]).toMatchObject({
      createdDateTime: '2026-01-01T00:00:00Z',
      lastModifiedDateTime: '2026-01-01T00:00:01Z',
    });
    const attachment = { '@odata.type': '#microsoft.graph.fileAttachment', name: 'a', contentBytes: 'SGk=' };
    await ask(sandbox, 'POST', `messages/${draft.id}/attachments`, attachment);
    states.push(await shown());
    await ask(sandbox, 'POST', `messages/${draft.id}/send`);
    const sent = await (await list(sandbox, {}, 'mailFolders/sentitems/messages')).json();
    states.push(sent.value[0]);
    expect(new Set(states.map(({ changeKey }) => changeKey)).size).toBe(4);
    expect(new Set(states.map(({ conversationId }) => conversationId)).size).toBe(1);
  });

  test('are those of one message', async () => {
    const sandbox = createSandbox();
    const ids = [await makeDraft(sandbox), await makeDraft(sandbox)];
    const shown = await Promise.all(
      ids.map(async (id) => (await ask(sandbox, 'GET', `messages/${id}?${KEYS}`)).json()),
    );
    expect(shown[0].conversationId).not.toBe(shown[1].conversationId);
  });
});

describe('$expand', () => {
  const PROPERTIES = [
    { id: 'Integer 0x0036', value: '2' },
    { id: 'String {00020386-0000-0000-C000-000000000046} Name 0x0042', value: 'named' },
  ];
  const expand = (...ids: string[]) =>
    `singleValueExtendedProperties($filter=${ids.map((id) => `id eq '${id}'`).join(' or ')})`;

  async function shown(query: Record<string, string>) {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, singleValueExtendedProperties: PROPERTIES });
    return (await list(sandbox, query, `messages/${id}`)).json();
  }

  test.each(['Integer 0x36', 'Integer 0x0036', 'Integer 0x036'])(
    'shows an extended property by %s, without leading zeros in its id',
    async (id) => {
      expect(await shown({ $expand: expand(id), $select: 'subject' })).toEqual({
        id: expect.any(String),
        subject: LUNCH.subject,
        singleValueExtendedProperties: [{ id: 'Integer 0x36', value: '2' }],
      });
    },
  );

  test('shows several, and leaves names as they are', async () => {
    const [number, named] = PROPERTIES;
    const { singleValueExtendedProperties } = await shown({
      $expand: expand(number?.id ?? '', named?.id ?? ''),
    });
    expect(singleValueExtendedProperties).toEqual([{ id: 'Integer 0x36', value: '2' }, named]);
  });

  test('adds nothing where the message has none', async () => {
    expect(await shown({ $expand: expand('String 0x1042') })).not.toHaveProperty(
      'singleValueExtendedProperties',
    );
    expect(await shown({})).not.toHaveProperty('singleValueExtendedProperties');
  });

  test('is played in a list, and finds by either spelling', async () => {
    const sandbox = createSandbox();
    await makeDraft(sandbox, { ...LUNCH, singleValueExtendedProperties: PROPERTIES });
    const filter = "singleValueExtendedProperties/any(p:p/id eq 'Integer 0x36' and p/value eq '2')";
    const { value } = await (
      await list(sandbox, { $filter: filter, $expand: expand('Integer 0x0036') })
    ).json();
    expect(value).toMatchObject([{ singleValueExtendedProperties: [{ id: 'Integer 0x36', value: '2' }] }]);
  });

  test.each([
    ['attachments', 501, 'notSupported'],
    [expand('nonsense'), 400, 'ErrorInvalidExtendedProperty'],
  ])('of %s is refused', async ($expand, status, code) => {
    expect(await refusal(list(createSandbox(), { $expand }))).toMatchObject({ status, code });
  });

  test('is of a property that an update replaces by either spelling of its id', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, singleValueExtendedProperties: PROPERTIES.slice(0, 1) });
    const change = { singleValueExtendedProperties: [{ id: 'Integer 0x36', value: '3' }] };
    await ask(sandbox, 'PATCH', `messages/${id}`, change);
    const { singleValueExtendedProperties } = await (
      await list(sandbox, { $expand: expand('Integer 0x0036') }, `messages/${id}`)
    ).json();
    expect(singleValueExtendedProperties).toEqual([{ id: 'Integer 0x36', value: '3' }]);
  });
});
