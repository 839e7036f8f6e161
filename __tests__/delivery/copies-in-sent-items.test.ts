import { type CopyMark, deleteSentCopy } from '../../src/delivery/delete-sent-copy';
import { type Fate, type SeenRequest, scriptedRequests } from '../support/scripted-requests';

const DRAFT: CopyMark = { by: 'draft', mark: 'd' };
const SENT_AT = Date.UTC(2026, 10, 23, 10);
const MIME: CopyMark = { by: 'message-id', messageId: '<a@b>', sentAfter: SENT_AT + 700 };

const copy = (id: string, more: object = {}) => ({
  id,
  isDraft: false,
  internetMessageId: '<a@b>',
  sentDateTime: '2026-11-23T10:00:00Z',
  ...more,
});
const items = (...value: object[]): Fate => ({ status: 200, body: { value } });
const saying = (status: number, code: string): Fate => ({
  status,
  body: { error: { code, message: 'No.' } },
});
const FORBIDDEN = saying(403, 'ErrorAccessDenied');

interface Script {
  mark?: CopyMark;
  /** What Sent Items shows, one search after the other; the last of them for good. */
  finds?: Fate[];
  deletes?: Fate[];
  endpoint?: string;
  signal?: AbortSignal;
}

async function remove({
  mark = DRAFT,
  finds = [items(copy('1'))],
  deletes = [{ status: 204 }],
  endpoint,
  signal,
}: Script = {}) {
  const next = (fates: Fate[], at: number): Fate => fates[Math.min(at, fates.length - 1)] ?? 'lost';
  let searched = 0;
  let deleted = 0;
  const reply = ({ method }: SeenRequest) =>
    method === 'GET' ? next(finds, searched++) : next(deletes, deleted++);
  const { options, seen, slept, timers } = scriptedRequests(reply, { signal }, endpoint);
  const why = await deleteSentCopy(mark, 'app', options);
  const deletions = seen
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
  return { why, seen, slept, timers, searched, deletions };
}

test('a copy is found in Sent Items by the mark of its draft, and deleted for good', async () => {
  const { why, seen, slept, timers } = await remove();
  expect(why).toBeUndefined();
  const { pathname, searchParams } = new URL(seen[0]?.path ?? '', 'https://graph.example');
  expect(pathname).toBe('/v1.0/users/app/mailFolders/sentitems/messages');
  expect(searchParams.get('$filter')).toMatch(/-draft' and ep\/value eq 'd'\)$/);
  expect(seen[1]).toMatchObject({ method: 'POST', path: '/v1.0/users/app/messages/1/permanentDelete' });
  expect(seen[1]?.body).toHaveLength(0);
  expect(slept).toEqual([0]);
  // Five seconds in all, after which nothing of the timer is left.
  expect(timers).toMatchObject([{ ms: 5000, isRunning: false }]);
});

test('a copy of MIME is found by its Message-ID', async () => {
  const { why, seen } = await remove({ mark: MIME });
  expect(why).toBeUndefined();
  expect(new URL(seen[0]?.path ?? '', 'https://x').searchParams.get('$filter')).toBe(
    "internetMessageId eq '<a@b>'",
  );
});

test.each([
  ['of another message, whose Message-ID differs in case', copy('1', { internetMessageId: '<A@b>' })],
  ['that was sent a second before', copy('1', { sentDateTime: '2026-11-23T09:59:59Z' })],
  ['whose time is not known', copy('1', { sentDateTime: undefined })],
  ['that is a draft', copy('1', { isDraft: true })],
])('nothing is deleted %s', async (_, other) => {
  const { why, deletions, slept } = await remove({ mark: MIME, finds: [items(other)] });
  expect(why).toBe('Sent Items did not show it in time');
  expect(deletions).toEqual([]);
  expect(slept).toEqual([0, 500, 500, 1000, 2000]);
});

test('a copy that was sent in the second in which sending began is ours', async () => {
  const { deletions } = await remove({
    mark: MIME,
    finds: [items(copy('old', { sentDateTime: '2026-11-23T09:00:00Z' }), copy('1'))],
  });
  expect(deletions).toEqual(['POST /v1.0/users/app/messages/1/permanentDelete']);
});

test('of several that match, all stay', async () => {
  for (const mark of [DRAFT, MIME]) {
    const { why, deletions } = await remove({ mark, finds: [items(copy('1'), copy('2'))] });
    expect(why).toBe('several messages in Sent Items could be it');
    expect(deletions).toEqual([]);
  }
});

test('a copy that is shown late is waited for', async () => {
  const { why, slept } = await remove({ finds: [items(), items(), items(copy('1'))] });
  expect(why).toBeUndefined();
  expect(slept).toEqual([0, 500, 500]);
});

test.each([
  'https://graph.microsoft.us',
  'https://dod-graph.microsoft.us',
  'https://microsoftgraph.chinacloudapi.cn',
])('a national cloud, %s, has no permanentDelete, so the copy is deleted as users do', async (endpoint) => {
  const { why, deletions } = await remove({ endpoint });
  expect(why).toBeUndefined();
  expect(deletions).toEqual(['DELETE /v1.0/users/app/messages/1']);
});

describe('a copy that cannot be deleted', () => {
  test.each([
    ['for want of a permission', FORBIDDEN, 'deleting it needs the application permission Mail.ReadWrite'],
    ['because it is refused', saying(400, 'ErrorInvalidRequest'), 'Graph answered 400 ErrorInvalidRequest'],
    ['because it is refused without a code', { status: 400 } as const, 'Graph answered 400'],
  ])('%s is told at once', async (_, fate, said) => {
    const { why, deletions, slept } = await remove({ deletes: [fate] });
    expect(why).toBe(said);
    expect(deletions).toHaveLength(1);
    expect(slept).toEqual([0]);
  });

  test.each([
    ['the search', { finds: [FORBIDDEN] }],
    ['the deletion', { deletes: [FORBIDDEN] }],
  ])('is explained by the permission, be it for %s', async (_, script) => {
    expect((await remove(script)).why).toBe('deleting it needs the application permission Mail.ReadWrite');
  });

  test('is tried again after a failure that may pass', async () => {
    const { why, deletions, slept } = await remove({
      deletes: [{ status: 503 }, saying(412, 'ErrorIrresolvableConflict'), { status: 204 }],
    });
    expect(why).toBeUndefined();
    expect(deletions).toHaveLength(3);
    expect(slept).toEqual([0, 500, 500]);
  });

  test('is tried five times, and then told with the last answer', async () => {
    const { why, deletions } = await remove({ deletes: [{ status: 503 }] });
    expect(why).toBe('Graph answered 503');
    expect(deletions).toHaveLength(5);
  });

  test('is told with the kind of failure if there was no answer', async () => {
    const { why } = await remove({ finds: ['lost'] });
    expect(why).toBe('deleting it failed with ECONNECTION');
  });

  test('for which Graph asks to wait is waited for, if that is in time', async () => {
    const wait = (seconds: string): Fate => ({ status: 429, headers: { 'retry-after': seconds } });
    const short = await remove({ finds: [wait('2'), items(copy('1'))] });
    expect([short.why, short.slept]).toEqual([undefined, [0, 2000]]);
    const again = await remove({ finds: [wait('2'), items(), items(copy('1'))] });
    expect(again.slept).toEqual([0, 2000, 500]);
    const long = await remove({ finds: [wait('5')] });
    expect([long.why, long.slept]).toEqual(['Graph answered 429', [0]]);
  });
});

describe('a copy whose deletion is in doubt', () => {
  test.each([
    ['was not answered', 'lost' as const],
    ['found nothing', saying(404, 'ErrorItemNotFound')],
    ['was answered with 504', { status: 504 } as const],
  ])('because it %s, is gone if Sent Items no longer shows it', async (_, fate) => {
    const { why, searched } = await remove({ finds: [items(copy('1')), items()], deletes: [fate] });
    expect(why).toBeUndefined();
    expect(searched).toBe(2);
  });

  test('is deleted again if Sent Items still shows it', async () => {
    const { why, deletions } = await remove({ deletes: ['lost', { status: 204 }] });
    expect(why).toBeUndefined();
    expect(deletions).toHaveLength(2);
  });

  test('is not called gone because a search before was not answered', async () => {
    const { why } = await remove({ finds: ['lost', items()] });
    expect(why).toBe('Sent Items did not show it in time');
  });

  test('is not called gone because it was throttled, and then not shown', async () => {
    const { why } = await remove({
      finds: [items(copy('1')), items()],
      deletes: [{ status: 429, headers: { 'retry-after': '1' } }],
    });
    expect(why).toBe('Sent Items did not show it in time');
  });
});

describe('the wait for a copy', () => {
  test('ends with the send', async () => {
    const abort = new AbortController();
    const { options } = scriptedRequests(
      () => {
        abort.abort();
        return 'lost';
      },
      { signal: abort.signal },
    );
    expect(await deleteSentCopy(DRAFT, 'app', options)).toBe('the send was ended before it was deleted');
  });

  test('ends if the send has ended before', async () => {
    expect((await remove({ signal: AbortSignal.abort() })).why).toBe(
      'the send was ended before it was deleted',
    );
  });

  test('ends after five seconds, though Graph does not answer', async () => {
    const { options, timers } = scriptedRequests(() => {
      for (const { act } of timers) act();
      return 'lost';
    });
    expect(await deleteSentCopy(DRAFT, 'app', options)).toBe('Graph did not answer in time');
  });
});
