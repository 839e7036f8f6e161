import type { Mailbox } from '../../src/delivery/ask-mailbox';
import { cancelScheduled, checkedSendAt, clockWarning, findScheduled } from '../../src/delivery/schedule';
import { type Fate, type Reply, scriptedRequests } from '../support/scripted-requests';

const NOW = 1_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ID = '<reminder@contoso.example>';
const clockAt = (now: number): Mailbox['clock'] => ({
  ...scriptedRequests(() => 'lost').options.clock,
  date: () => now,
});

type Shown = Record<string, unknown>;
const held = (id: string, inMs = HOUR, more: Shown = {}): Shown => ({
  id,
  isDraft: true,
  internetMessageId: ID,
  subject: 'Reminder',
  toRecipients: [{ emailAddress: { address: 'ann@example.com' } }],
  singleValueExtendedProperties: [{ id: 'SystemTime 0x3fef', value: new Date(NOW + inMs).toISOString() }],
  ...more,
});
const refusal = (status: number, code: string): Reply => ({
  status,
  body: { error: { code, message: 'No.' } },
});
const GONE = refusal(404, 'ErrorItemNotFound');

interface Folders {
  drafts?: Shown[];
  outbox?: Shown[];
  sentitems?: Shown[];
}

/** A mailbox whose searches show these messages, and whose deletions are answered so, one after the other. */
function mailboxOf(folders: Folders | (() => Folders), ...deletions: Fate[]) {
  const { requests, seen, slept, options } = scriptedRequests(({ method, path }): Fate => {
    if (method === 'DELETE') return deletions.shift() ?? { status: 204 };
    const [, folder = ''] = /mailFolders\/(\w+)\//.exec(path) ?? [];
    const shown = typeof folders === 'function' ? folders() : folders;
    return {
      status: 200,
      body: { value: Object.entries(shown).find(([name]) => name === folder)?.[1] ?? [] },
    };
  });
  const mailbox: Mailbox = { requests, userId: 'app', clock: options.clock };
  const deleted = () =>
    seen.flatMap(({ method, path }) => (method === 'DELETE' ? [path.replace(/^.*\/messages\//, '')] : []));
  return { mailbox, seen, slept, deleted };
}

describe('the list of scheduled messages', () => {
  test('has the next one first, of both folders, each once', async () => {
    const { mailbox } = mailboxOf({
      drafts: [held('third', 3 * HOUR), held('first', HOUR), held('first', HOUR)],
      outbox: [held('second', 2 * HOUR, { isDraft: false })],
    });
    expect((await findScheduled(mailbox)).map(({ id }) => id)).toEqual(['first', 'second', 'third']);
  });

  test('tells of each what it is', async () => {
    const to = [{ emailAddress: { address: 'ann@example.com' } }, { emailAddress: { name: 'Bob' } }, {}];
    const { mailbox } = mailboxOf({ drafts: [held('one', HOUR, { toRecipients: to })] });
    expect(await findScheduled(mailbox)).toEqual([
      {
        messageId: ID,
        id: 'one',
        subject: 'Reminder',
        to: ['ann@example.com'],
        sendAt: new Date(NOW + HOUR),
      },
    ]);
  });

  test('tells nothing where the mailbox shows nothing', async () => {
    const { mailbox } = mailboxOf({
      drafts: [held('one', HOUR, { toRecipients: undefined, subject: undefined })],
    });
    expect(await findScheduled(mailbox)).toMatchObject([{ id: 'one', to: [], subject: '' }]);
  });

  test.each<[string, Shown]>([
    ['without a time', { singleValueExtendedProperties: undefined }],
    ['whose time is none', { singleValueExtendedProperties: [{ id: 'SystemTime 0x3fef', value: 'soon' }] }],
    ['without a Message-ID', { internetMessageId: undefined }],
    ['that was sent, and is in Drafts', { isDraft: false }],
  ])('has no message %s', async (_, more) => {
    const { mailbox } = mailboxOf({ drafts: [held('one', HOUR, more)] });
    expect(await findScheduled(mailbox)).toEqual([]);
  });

  test('asks for what it shows, and for the time', async () => {
    const { mailbox, seen } = mailboxOf({});
    await findScheduled(mailbox);
    const query = new URL(seen[0]?.path ?? '', 'https://graph.example').searchParams;
    expect(query.get('$select')?.split(',').sort()).toEqual([
      'id',
      'internetMessageId',
      'isDraft',
      'subject',
      'toRecipients',
    ]);
    expect(query.get('$expand')).toContain("id eq 'SystemTime 0x3FEF'");
  });
});

describe('cancelling', () => {
  test('deletes what is in Drafts before what is in Outbox', async () => {
    const { mailbox, deleted } = mailboxOf({
      drafts: [held('draft')],
      outbox: [held('moved', HOUR, { isDraft: false })],
    });
    expect(await cancelScheduled(mailbox, ID)).toBe(true);
    expect(deleted()).toEqual(['draft', 'moved']);
  });

  test('is true if one of several could be deleted, wherever that one is', async () => {
    const both = { drafts: [held('one'), held('two')] };
    expect(await cancelScheduled(mailboxOf(both, GONE, GONE, { status: 204 }).mailbox, ID)).toBe(true);
    expect(await cancelScheduled(mailboxOf(both, { status: 204 }, GONE, GONE).mailbox, ID)).toBe(true);
  });

  test('looks once more for a message that the search does not show yet', async () => {
    let looks = 0;
    const { mailbox, deleted, slept } = mailboxOf(() => ({ drafts: ++looks > 2 ? [held('late')] : [] }));
    expect(await cancelScheduled(mailbox, ID)).toBe(true);
    expect(deleted()).toEqual(['late']);
    expect(slept).toHaveLength(1);
  });

  test('does not look again for a message that is gone', async () => {
    const { mailbox, deleted, slept, seen } = mailboxOf({ drafts: [held('sent')] }, GONE, GONE);
    expect(await cancelScheduled(mailbox, ID)).toBe(false);
    expect(deleted()).toEqual(['sent', 'sent']);
    expect(seen.filter(({ method }) => method === 'GET')).toHaveLength(2);
    expect(slept).toHaveLength(1);
  });

  test('is false for a message that no one has scheduled', async () => {
    const { mailbox, deleted } = mailboxOf({});
    expect(await cancelScheduled(mailbox, ID)).toBe(false);
    expect(deleted()).toEqual([]);
  });

  test('takes 200 for a deletion as well as 204', async () => {
    expect(await cancelScheduled(mailboxOf({ drafts: [held('one')] }, { status: 200 }).mailbox, ID)).toBe(
      true,
    );
  });

  test.each([
    [409, 'Conflict'],
    [412, 'ErrorIrresolvableConflict'],
  ])('says that it can be done again when the answer stays %s', async (status, code) => {
    const conflict = refusal(status, code);
    const { mailbox } = mailboxOf({ drafts: [held('one')] }, ...Array.from({ length: 9 }, () => conflict));
    await expect(cancelScheduled(mailbox, ID)).rejects.toMatchObject({
      code: 'ECONNECTION',
      ambiguous: false,
      message: expect.stringMatching(/was not deleted, because .*Cancel it again\./),
    });
  });

  test('passes on any other refusal as it is', async () => {
    const { mailbox } = mailboxOf({ drafts: [held('one')] }, refusal(400, 'ErrorInvalidRequest'));
    await expect(cancelScheduled(mailbox, ID)).rejects.toMatchObject({
      responseCode: 400,
      message: expect.not.stringContaining('Cancel it again'),
    });
  });

  test('says which request failed', async () => {
    const { mailbox } = mailboxOf({ drafts: [held('one')] }, refusal(400, 'ErrorInvalidRequest'));
    await expect(cancelScheduled(mailbox, ID)).rejects.toThrow('the request to delete the scheduled message');
  });

  describe('after an unanswered deletion', () => {
    test('is true if it is gone, and its time is far away', async () => {
      const { mailbox, deleted } = mailboxOf({ drafts: [held('one')] }, 'lost', GONE, GONE);
      expect(await cancelScheduled(mailbox, ID)).toBe(true);
      expect(deleted()).toEqual(['one', 'one', 'one']);
    });

    test('is false if its copy shows that it was sent', async () => {
      const sentitems = [held('copy', HOUR, { isDraft: false })];
      const { mailbox } = mailboxOf({ drafts: [held('one')], sentitems }, 'lost', GONE, GONE);
      expect(await cancelScheduled(mailbox, ID)).toBe(false);
    });

    test.each([
      ['its time is near', 5 * MINUTE],
      ['its time has come', -MINUTE],
    ])('is not known if it is gone and %s', async (_, inMs) => {
      const { mailbox } = mailboxOf({ drafts: [held('one', inMs)] }, 'lost', GONE, GONE);
      await expect(cancelScheduled(mailbox, ID)).rejects.toMatchObject({
        ambiguous: true,
        message: expect.stringMatching(
          /not known whether the scheduled message was deleted\. Cancel it again/,
        ),
      });
    });

    test('is not known if no answer comes', async () => {
      const { mailbox, deleted } = mailboxOf({ drafts: [held('one')] }, 'lost', 'lost', 'lost', 'lost');
      await expect(cancelScheduled(mailbox, ID)).rejects.toThrow('not known whether');
      expect(deleted()).toHaveLength(3);
    });
  });
});

describe('the time of a message', () => {
  const defaults = { delivery: 'at-most-once', format: 'auto' } as const;
  const clock = clockAt(NOW);
  const check = (sendAt: unknown, more: object = {}, aheadMs?: number) => {
    try {
      return checkedSendAt(
        Object.assign({}, { sendAt: new Date(0) }, { sendAt }, more),
        defaults,
        clock,
        aheadMs,
      );
    } catch (error) {
      return error instanceof Error ? error.message : 'no error';
    }
  };

  test.each<[string, unknown, RegExp]>([
    [
      'no Date',
      'tomorrow',
      /: sendAt must be a valid Date\. Give a Date, such as new Date\(.*\)\. Nothing was sent\.$/,
    ],
    [
      'now',
      new Date(NOW),
      /sendAt is 1970-01-01T00:16:40\.000Z, which is past\. It is 1970-01-01T00:16:40\.000Z on this machine\. Leave sendAt out to send at once\. Nothing was sent\.$/,
    ],
    [
      'far ahead',
      new Date(NOW + 400 * 24 * HOUR),
      /, more than a year ahead\. Schedule it later\. Nothing was sent\.$/,
    ],
  ])('that is %s is refused with what to do', (_, sendAt, words) => {
    expect(check(sendAt)).toMatch(words);
  });

  test('does not go with MIME, which is said with what to do', () => {
    const soon = new Date(NOW + HOUR);
    expect(check(soon, { format: 'mime' })).toMatch(/format: 'mime'\. .*Set graph: \{ format: 'auto' \}/);
    expect(check(soon, { format: 'json' })).toEqual(soon);
  });

  test('that is past by then does not say that nothing was sent, if an earlier attempt may have', () => {
    expect(check(new Date(NOW), { delivery: 'exactly-once' })).toMatch(
      /unless an earlier attempt has sent it\. This call sent nothing\.$/,
    );
  });

  test("is judged by Graph's clock too, to the millisecond, once that differs by over a minute", () => {
    const behind = -2 * MINUTE;
    const itsNow = NOW - behind;
    expect(check(new Date(itsNow), {}, behind)).toMatch(
      /past by Graph's clock\. It is .* on this machine, whose clock is 120 seconds behind Graph's\./,
    );
    expect(check(new Date(itsNow + 1), {}, behind)).toEqual(new Date(itsNow + 1));
    const soon = new Date(NOW + 1);
    expect(check(soon, {}, -MINUTE)).toEqual(soon);
    expect(check(new Date(NOW), {}, MINUTE + 1)).toContain("whose clock is 60 seconds ahead of Graph's");
  });
});

describe('the warning about clocks', () => {
  const clock = clockAt(NOW);

  test('comes only if they differ, or the time had come', () => {
    expect(clockWarning(new Date(NOW + HOUR), clock)).toBeUndefined();
    expect(clockWarning(new Date(NOW + HOUR), clock, MINUTE)).toBeUndefined();
    expect(clockWarning(new Date(NOW + HOUR), clock, -2 * MINUTE)).toBe(
      "This machine's clock is 120 seconds behind Graph's, and Exchange goes by its own.",
    );
    expect(clockWarning(new Date(NOW), clock)).toBe(
      'Its time had already come, so Exchange may have sent it at once.',
    );
    expect(clockWarning(new Date(NOW), clock, -2 * MINUTE)).toMatch(/at once\. This machine's clock is/);
  });
});
