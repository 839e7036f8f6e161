import { checkedMessageId, mailboxToAsk, needing } from '../../src/delivery/ask-mailbox';
import { findSentItem } from '../../src/delivery/find-messages';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { resolveOptions } from '../../src/options/resolve-options';
import { IDENTITY } from '../support/options';
import { type Fate, scriptedRequests } from '../support/scripted-requests';

const error = (responseCode: number) => new GraphTransportError('EAUTH', 'Forbidden.', { responseCode });

describe('the mailbox to ask', () => {
  function ask(userId: unknown, { ofTransport, fate = 'lost' }: { ofTransport?: unknown; fate?: Fate } = {}) {
    const { options, seen, slept, retries } = scriptedRequests(() => fate);
    const resolved = resolveOptions({ ...IDENTITY, retry: { attempts: 2, maxDelay: 50_000 } }, {});
    const defaults = {
      ...resolved,
      ...(typeof ofTransport === 'function' && { userId: () => 'from-function' }),
    };
    const { client, clock } = options;
    const signal = new AbortController().signal;
    const mailbox = mailboxToAsk(userId, {
      defaults,
      client,
      clock,
      signal,
      onRetry: (event) => retries.push(event),
    });
    return { ...mailbox, seen, slept, retries };
  }

  test('is the one that is named, else the one of the transport', () => {
    expect(ask(' sales@contoso.example ').userId).toBe('sales@contoso.example');
    expect(ask(undefined).userId).toBe(IDENTITY.userId);
  });

  test('must be named if a function chooses it for each message', () => {
    expect(() => ask(undefined, { ofTransport: () => 'x' })).toThrow(
      expect.objectContaining({
        code: 'ECONFIG',
        message: expect.stringContaining('userId is a function, and there is no message to ask it about.'),
        hint: 'Name the mailbox: { userId }.',
      }),
    );
    expect(ask('sales@contoso.example', { ofTransport: () => 'x' }).userId).toBe('sales@contoso.example');
  });

  test.each(['', 'me', 17])('cannot be %j', (userId) => {
    expect(() => ask(userId)).toThrow(
      expect.objectContaining({
        code: 'ECONFIG',
        message: expect.stringContaining('There is no such mailbox: '),
      }),
    );
  });

  test('is asked again if it throttles, after the time that it asks for, and not before', async () => {
    const fate = { status: 429, headers: { 'retry-after': '7' } };
    const { requests, seen, slept, retries } = ask(undefined, { fate });
    const call = { method: 'GET', path: '/x', what: 'x', expect: 200, repeatable: true } as const;
    await expect(requests.call(call)).rejects.toMatchObject({ responseCode: 429 });
    expect(seen).toHaveLength(2);
    // Nothing holds up the first request; the second waits.
    expect(slept).toEqual([0, 7000]);
    expect(retries).toMatchObject([{ throttled: true, waitMs: 7000 }]);
    await expect(requests.call(call)).rejects.toThrow();
    expect(slept).toEqual([0, 7000, 0, 7000]);
  });
});

test.each([
  ['<a@b>', '<a@b>'],
  ['a@b', '<a@b>'],
  [' <a@b> ', '<a@b>'],
])('%j is the Message-ID %s', (given, id) => {
  expect(checkedMessageId(given)).toBe(id);
});

test.each(['', '<>', 'a b', 'a<b', '<a>b>', 'a<b>', '<a>b', 'a\u0007', undefined, 17])(
  '%j is no Message-ID',
  (given) => {
    expect(() => checkedMessageId(given)).toThrow(
      expect.objectContaining({
        code: 'EMESSAGE',
        message: expect.stringContaining('That is no Message-ID.'),
        hint: 'Give one such as the messageId of the info that sendMail returned.',
      }),
    );
  },
);

describe('what needs a permission', () => {
  test('says which one, if Graph forbids it', async () => {
    const cause = error(403);
    const work = () => needing('Mail.Read', 'transport.sentItem()', () => Promise.reject(cause));
    await expect(work()).rejects.toMatchObject({
      hint: 'transport.sentItem() needs the application permission Mail.Read: add it to the app registration under API permissions and grant admin consent, or give the app "Application Mail.Read" in Exchange.',
      cause,
    });
  });

  test('fails otherwise as it does, and succeeds as it does', async () => {
    const refused = error(400);
    await expect(needing('x', 'x', () => Promise.reject(refused))).rejects.toBe(refused);
    await expect(needing('x', 'x', async () => 'done')).resolves.toBe('done');
  });
});

describe('the copy in Sent Items', () => {
  const copy = (id: string, sentDateTime?: string) => ({
    id,
    isDraft: false,
    sentDateTime,
    conversationId: `conversation of ${id}`,
    webLink: `https://outlook.example/${id}`,
  });
  const find = (...value: object[]) => {
    const { requests, options, seen } = scriptedRequests(() => ({ status: 200, body: { value } }));
    const mailbox = { requests, userId: 'app', clock: options.clock };
    return { found: findSentItem(mailbox, ' a@b'), seen };
  };

  test('is looked up by its Message-ID, in that folder', async () => {
    const { found, seen } = find(copy('1'));
    expect(await found).toEqual({
      id: '1',
      conversationId: 'conversation of 1',
      webLink: 'https://outlook.example/1',
    });
    const { pathname, searchParams } = new URL(seen[0]?.path ?? '', 'https://graph.example');
    expect(pathname).toBe('/v1.0/users/app/mailFolders/sentitems/messages');
    expect(searchParams.get('$filter')).toBe("internetMessageId eq '<a@b>'");
    expect(searchParams.get('$select')).toContain('sentDateTime');
  });

  test('is the one sent last, and the first of those if the service does not tell times', async () => {
    const times = ['2026-11-23T10:00:00Z', '2026-11-23T12:00:00Z', '2026-11-23T11:00:00Z'];
    expect(await find(...times.map((time, at) => copy(`${at}`, time))).found).toMatchObject({ id: '1' });
    expect(await find(copy('1'), copy('2', times[0]), copy('3')).found).toMatchObject({ id: '2' });
    expect(await find(copy('1'), copy('2')).found).toMatchObject({ id: '1' });
  });

  test('is nothing if there is none', async () => {
    expect(await find().found).toBeUndefined();
  });

  test('needs Mail.Read', async () => {
    const { requests, options } = scriptedRequests(() => ({ status: 403 }));
    await expect(
      findSentItem({ requests, userId: 'app', clock: options.clock }, 'a@b'),
    ).rejects.toMatchObject({ hint: expect.stringMatching(/^transport\.sentItem\(\) needs .*Mail\.Read:/) });
  });
});
