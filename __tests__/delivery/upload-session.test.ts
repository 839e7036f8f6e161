import { SpoiledDraftError, type UploadTarget, uploadAttachment } from '../../src/delivery/upload-session';
import { SendTimeout } from '../../src/errors/abort';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import type { GraphAttachment } from '../../src/message/attachments';
import { inMemory } from '../../src/mime/spool';
import { type Fate, type Reply, type SeenRequest, scriptedRequests } from '../support/scripted-requests';

const RANGE = 3_997_696;
const SIZE = 9_000_000;
const bytes = Buffer.alloc(SIZE, 'every range is another one');
const plan: GraphAttachment = {
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: 'plan.bin',
  contentType: 'application/octet-stream',
  isInline: true,
  contentId: 'plan@contoso',
  contentBytes: inMemory(bytes),
};
const uploadUrl = 'https://outlook.office.com/upload/secret-of-the-session?authtoken=token-of-the-session';

/** What the host answers to a request, in place of its own answer; undefined lets it be. */
type Override = Fate | undefined;

interface Script {
  /** Asked with the number of the range, from 1, of all that were sent. */
  put?: (count: number, request: SeenRequest) => Override;
  ask?: (count: number) => Override;
  open?: (count: number) => Override;
  list?: () => Override;
  signal?: AbortSignal;
  sameNamed?: number;
  attempts?: number;
  content?: GraphAttachment;
}

/** Uploads to a host that keeps to its rules, but for what the script says. */
async function upload({
  put,
  ask,
  open,
  list,
  sameNamed = 0,
  attempts = 3,
  content = plan,
  signal,
}: Script = {}) {
  const size = content.contentBytes.size;
  const counts = { put: 0, ask: 0, open: 0 };
  let received = 0;
  const position = (): Reply => ({ status: 200, body: { nextExpectedRanges: [`${received}-`] } });
  const script = scriptedRequests(
    (request) => {
      if (request.path.endsWith('/createUploadSession')) {
        received = 0;
        return open?.(++counts.open) ?? { status: 201, body: { uploadUrl } };
      }
      if (request.path.startsWith('/draft/attachments?')) {
        return list?.() ?? { status: 200, body: { value: [] } };
      }
      if (request.method === 'DELETE') return { status: 204 };
      if (request.method === 'GET') return ask?.(++counts.ask) ?? position();
      const fate = put?.(++counts.put, request);
      if (fate) return fate;
      const [, start, end] = /bytes (\d+)-(\d+)\//.exec(request.headers['content-range'] ?? '') ?? [];
      if (Number(start) !== received) return { status: 416 };
      received = Number(end) + 1;
      return received === size ? { status: 201 } : position();
    },
    { policy: { attempts, maxDelay: 180_000 }, signal },
  );
  const progress: [string, number, number][] = [];
  const target: UploadTarget = {
    requests: script.requests,
    draftPath: '/draft',
    sameNamed,
    onProgress: (...args) => progress.push(args),
  };
  const error: GraphTransportError | undefined = await uploadAttachment(content, target).then(
    () => undefined,
    (reason: GraphTransportError) => reason,
  );
  const calls = script.seen.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
  const ranges = script.seen.flatMap(({ headers }) => headers['content-range'] ?? []);
  const starts = ranges.map((range) => Number(range.replace(/^bytes (\d+)-.*/, '$1')));
  const count = (call: string) => calls.filter((other) => other === call).length;
  return {
    ...script,
    error,
    progress,
    calls,
    ranges,
    starts,
    sessions: count('POST /draft/attachments/createUploadSession'),
    cancels: count('DELETE /upload/secret-of-the-session'),
  };
}

const at = (start: number) => ({ status: 200, body: { nextExpectedRanges: [`${start}`] } });
const saying = (status: number, code: string, more: Partial<Reply> = {}): Reply => ({
  status,
  body: { error: { code, message: 'The host says why.' } },
  ...more,
});
const shown = (name: string, size: number) => ({ name, size });
const listing = (...value: object[]) => ({ status: 200, body: { value } });

test('asks for a session with all that the attachment will be', async () => {
  const { seen, error } = await upload();
  expect(error).toBeUndefined();
  expect(seen[0]).toMatchObject({ method: 'POST', path: '/draft/attachments/createUploadSession' });
  expect(seen[0]?.headers['content-type']).toBe('application/json');
  expect(JSON.parse(String(seen[0]?.body))).toEqual({
    AttachmentItem: {
      attachmentType: 'file',
      name: 'plan.bin',
      size: SIZE,
      contentType: 'application/octet-stream',
      isInline: true,
      contentId: 'plan@contoso',
    },
  });
});

test('sends every byte once, in ranges, and tells of each that has arrived', async () => {
  const { seen, ranges, progress, cancels } = await upload();
  expect(ranges).toEqual([
    `bytes 0-${RANGE - 1}/${SIZE}`,
    `bytes ${RANGE}-${2 * RANGE - 1}/${SIZE}`,
    `bytes ${2 * RANGE}-${SIZE - 1}/${SIZE}`,
  ]);
  const puts = seen.filter(({ method }) => method === 'PUT');
  expect(Buffer.concat(puts.map(({ body }) => body)).equals(bytes)).toBe(true);
  expect(puts[0]?.headers['content-type']).toBe('application/octet-stream');
  expect(progress).toEqual([
    ['plan.bin', RANGE, SIZE],
    ['plan.bin', 2 * RANGE, SIZE],
    ['plan.bin', SIZE, SIZE],
  ]);
  // A session ends with its last range.
  expect(cancels).toBe(0);
});

test('goes on where the host says that it stands, be it in the middle of a range', async () => {
  const { starts, error } = await upload({
    put: (count) =>
      count === 1 ? at(1000) : count === 2 ? at(RANGE) : count === 3 ? at(2 * RANGE) : { status: 201 },
  });
  expect(error).toBeUndefined();
  expect(starts).toEqual([0, 1000, RANGE, 2 * RANGE]);
});

describe('after a range that failed', () => {
  test.each([
    ['it is not answered', 'lost' as const],
    ['it meets an error', { status: 500 }],
    ['it says nothing of a position', { status: 200, body: {} }],
  ])('and a question for the position of which %s, the same range is sent again', async (_, fate) => {
    const { starts, error } = await upload({
      put: (count) => (count === 2 ? { status: 500 } : undefined),
      ask: () => fate,
    });
    expect(error).toBeUndefined();
    expect(starts).toEqual([0, RANGE, RANGE, 2 * RANGE]);
  });

  test('the session is asked again where it stands if it throttles, as often as may be tried', async () => {
    const { error, calls, slept } = await upload({
      put: (count) => (count === 2 ? { status: 500 } : undefined),
      ask: () => ({ status: 429 }),
    });
    expect(error).toMatchObject({ code: 'ETIMEDOUT', responseCode: 429, retryable: true });
    expect(error?.message).toMatch(
      /^Uploading the attachment "plan.bin" failed: Graph did not accept the request for its position: 429/,
    );
    expect(error?.hint).toContain('tried 3 times');
    expect(calls.filter((call) => call.startsWith('GET'))).toHaveLength(2);
    // The second failure in a row throttles: a minute, in place of a second.
    expect(slept).toEqual([500, 60_000]);
  });

  test('it is not sent again if the session has it', async () => {
    const { error, starts, progress } = await upload({
      put: (count) => (count === 2 ? 'lost' : count === 3 ? { status: 201 } : undefined),
      ask: () => at(2 * RANGE),
    });
    expect(error).toBeUndefined();
    expect(starts).toEqual([0, RANGE, 2 * RANGE]);
    expect(progress.map(([, bytes]) => bytes)).toEqual([RANGE, 2 * RANGE, SIZE]);
  });

  test('a session that says it has all, before all was sent, is not believed', async () => {
    const { error, starts } = await upload({
      put: (count) => (count === 1 ? { status: 500 } : undefined),
      ask: () => ({ status: 200, body: { nextExpectedRanges: [] } }),
    });
    expect(error).toBeUndefined();
    expect(starts).toEqual([0, 0, RANGE, 2 * RANGE]);
  });

  test('a session that is gone by then is reopened', async () => {
    const { starts, sessions, error } = await upload({
      put: (count) => (count === 2 ? 'lost' : undefined),
      ask: () => ({ status: 404 }),
    });
    expect(error).toBeUndefined();
    expect(sessions).toBe(2);
    expect(starts).toEqual([0, RANGE, 0, RANGE, 2 * RANGE]);
  });

  test('it may fail as often again once there was progress', async () => {
    // Each range fails twice, and may be tried three times.
    const { error, starts } = await upload({
      put: (count) => (count % 3 === 0 ? undefined : { status: 500 }),
    });
    expect(error).toBeUndefined();
    expect(starts).toHaveLength(9);
  });

  test('it is given up after as many attempts as there may be, and says so', async () => {
    const { error, starts, cancels, sessions } = await upload({ put: () => ({ status: 500 }) });
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
      ambiguous: false,
      responseCode: 500,
    });
    expect(error?.message).toMatch(
      /^Uploading the attachment "plan.bin" failed: Graph did not accept bytes 0 to 3997695: 500\./,
    );
    expect(error?.hint).toBe('Nothing was sent. It was tried 3 times.');
    expect(error?.link).toBeUndefined();
    expect({ starts, cancels, sessions }).toEqual({ starts: [0, 0, 0], cancels: 1, sessions: 1 });
  });

  test('going back to where the session stood before is no progress', async () => {
    const { error, progress } = await upload({
      put: (count) => (count === 1 ? undefined : count % 2 === 0 ? { status: 500 } : at(RANGE)),
      ask: () => at(0),
    });
    expect(error).toMatchObject({ responseCode: 500, retryable: true });
    expect(progress).toEqual([['plan.bin', RANGE, SIZE]]);
  });

  test.each([
    ['a connection that was never made', 'unreachable', 'ECONNECTION'],
    ['a connection that broke', 'lost', 'ECONNECTION'],
    ['408', { status: 408 }, 'ETIMEDOUT'],
    ['504', { status: 504 }, 'ETIMEDOUT'],
    ['416', { status: 416 }, 'ECONNECTION'],
  ] as const)('it is sent again after %s, and can be again later', async (_, fate, code) => {
    const { error, starts } = await upload({ put: () => fate });
    expect(error).toMatchObject({ code, retryable: true, ambiguous: false });
    expect(error?.message).toContain('Uploading the attachment "plan.bin" failed');
    expect(starts).toEqual([0, 0, 0]);
  });

  test('it is not sent again if it was refused', async () => {
    const { error, starts, cancels } = await upload({ put: () => saying(400, 'ErrorInvalidRequest') });
    expect(error).toMatchObject({
      code: 'EMESSAGE',
      responseCode: 400,
      retryable: false,
      graphCode: 'ErrorInvalidRequest',
    });
    expect({ starts, cancels }).toEqual({ starts: [0], cancels: 1 });
  });
});

describe('a state that passes', () => {
  test('is waited out, a little longer each time', async () => {
    const { error, slept, starts } = await upload({
      put: (count) => (count > 1 && count < 6 ? { status: 412 } : undefined),
    });
    expect(error).toBeUndefined();
    expect(starts).toEqual([0, RANGE, RANGE, RANGE, RANGE, RANGE, 2 * RANGE]);
    expect(slept).toEqual([250, 500, 1000, 2000]);
  });

  test('that does not pass can be tried again later', async () => {
    const { error, starts } = await upload({ put: () => saying(412, 'ErrorIrresolvableConflict') });
    expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true, responseCode: 412 });
    expect(error?.hint).toContain('it did so 5 times. Nothing was sent.');
    expect(starts).toHaveLength(5);
  });

  test('may come back after progress, for as long again', async () => {
    const { error } = await upload({ put: (count) => (count % 5 === 0 ? undefined : { status: 412 }) });
    expect(error).toBeUndefined();
  });

  test('is no failure: as many of those may follow', async () => {
    const { error } = await upload({
      put: (count) => (count < 5 ? { status: 412 } : count < 7 ? { status: 500 } : undefined),
    });
    expect(error).toBeUndefined();
  });
});

describe('an answer that makes no sense', () => {
  test.each([
    [{ status: 200, body: { nextExpectedRanges: ['0'] } }, 'bytes 0 to 3997695: it still expects them'],
    [{ status: 200 }, 'bytes 0 to 3997695: it does not say what it expects next'],
    [
      { status: 202, body: { nextExpectedRanges: ['5'] } },
      'bytes 0 to 3997695: it does not say what it expects next',
    ],
    [{ status: 204 }, 'bytes 0 to 3997695: it does not say what it expects next'],
    [
      { status: 200, body: { nextExpectedRanges: ['-5'] } },
      'bytes 0 to 3997695: it says that it expects the ranges ["-5"], which cannot be',
    ],
  ])('is quoted: %j', async (fate, said) => {
    const { error } = await upload({
      put: () => ({ ...fate, headers: { 'request-id': 'id-1', 'client-request-id': 'id-2' } }),
      ask: () => at(0),
    });
    expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true, responseCode: fate.status });
    expect(error).toMatchObject({ requestId: 'id-1', clientRequestId: 'id-2' });
    expect(error?.message).toMatch(/^Uploading the attachment "plan.bin" failed: the session answered /);
    expect(error?.message).toContain(`the session answered ${fate.status} to ${said}.`);
  });

  test.each([
    [
      { status: 200, body: { nextExpectedRanges: [] } },
      '200 to bytes 0 to 3997695: it expects no more of them.',
    ],
    [{ status: 201 }, '201 to bytes 0 to 3997695: it does not say what it expects next.'],
  ])('may mean that a part of the file was taken for the whole: %j', async (fate, said) => {
    const { error } = await upload({ put: () => fate, ask: () => at(0) });
    expect(error).toBeInstanceOf(SpoiledDraftError);
    expect(error).toMatchObject({
      responseCode: fate.status,
      cause: { code: 'ECONNECTION', message: expect.stringContaining(`the session answered ${said}`) },
    });
  });
});

describe('an attachment that may be there', () => {
  const small = { ...plan, contentBytes: inMemory(bytes.subarray(0, 3_000_000)) };
  const lostAtTheEnd: Script = { content: small, put: () => 'lost', ask: () => ({ status: 404 }) };

  test.each([
    ['as large as it is', listing(shown('plan.bin', 3_000_000)), 0],
    ['larger, since Exchange counts more than the bytes', listing(shown('plan.bin', 3_000_200)), 0],
    ['beside others', listing(shown('other', 5_000_000), shown('plan.bin', 3_000_200)), 0],
    ['after another of its name', listing(shown('plan.bin', 10), shown('plan.bin', 3_000_200)), 1],
  ])('is not sent again if the draft shows it %s', async (_, list, sameNamed) => {
    const { error, sessions, seen } = await upload({ ...lostAtTheEnd, list: () => list, sameNamed });
    expect(error).toBeUndefined();
    expect(sessions).toBe(1);
    const [asked] = seen.filter(({ path }) => path.startsWith('/draft/attachments?'));
    expect(asked).toMatchObject({ method: 'GET', path: '/draft/attachments?%24select=name%2Csize' });
  });

  test.each([
    ['nothing', listing(), 0],
    ['only a part of it', listing(shown('plan.bin', 2_999_999)), 0],
    ['another one', listing(shown('other.bin', 3_000_000)), 0],
    ['only one of two of its name', listing(shown('plan.bin', 3_000_000)), 1],
    [
      'more of its name than there can be',
      listing(shown('plan.bin', 3_000_000), shown('plan.bin', 3_000_000)),
      0,
    ],
    ['no list', { status: 200, body: { value: 'plan.bin' } }, 0],
    ['a page', { status: 200, body: '<p>' }, 0],
    ['no answer', 'lost' as const, 0],
    ['a refusal', { status: 403 }, 0],
  ])('leaves the draft of no use if the draft shows %s', async (_, list, sameNamed) => {
    const { error } = await upload({ ...lostAtTheEnd, list: () => list, sameNamed });
    expect(error).toBeInstanceOf(SpoiledDraftError);
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
      ambiguous: false,
      hint: 'Nothing was sent.',
      cause: { message: expect.stringContaining('UND_ERR_SOCKET') },
    });
    expect(error?.message).toContain('Graph did not say whether it has the attachment "plan.bin".');
  });

  test('is asked for again if that is not answered', async () => {
    let asked = 0;
    const { error, sessions } = await upload({
      ...lostAtTheEnd,
      list: () => (++asked === 1 ? 'lost' : listing(shown('plan.bin', 3_000_000))),
    });
    expect(error).toBeUndefined();
    expect({ asked, sessions }).toEqual({ asked: 2, sessions: 1 });
  });

  test('tells what the service said of it', async () => {
    const answer = saying(504, 'GatewayTimeout', {
      headers: { 'request-id': 'id-1', 'client-request-id': 'id-2', 'retry-after': '7' },
    });
    const { error } = await upload({ content: small, put: () => answer, ask: () => ({ status: 404 }) });
    expect(error).toBeInstanceOf(SpoiledDraftError);
    expect(error).toMatchObject({
      responseCode: 504,
      graphCode: 'GatewayTimeout',
      requestId: 'id-1',
      clientRequestId: 'id-2',
      response: '504 GatewayTimeout The host says why',
      retryAfter: 7000,
    });
  });

  test('is looked for even after a refusal, which may be about the end of the session', async () => {
    const refusal = { put: () => saying(400, 'ErrorInvalidRequest'), content: small };
    const there = await upload({ ...refusal, list: () => listing(shown('plan.bin', 3_000_000)) });
    expect(there.error).toBeUndefined();
    const missing = await upload(refusal);
    expect(missing.error).toMatchObject({ graphCode: 'ErrorInvalidRequest', retryable: false });
    expect(missing.error).not.toBeInstanceOf(SpoiledDraftError);
  });

  test('is not looked for if its last range never went out', async () => {
    const { calls } = await upload({ put: () => saying(400, 'ErrorInvalidRequest') });
    expect(calls.filter((call) => call === 'GET /draft/attachments')).toEqual([]);
    const unreachable = await upload({ content: small, put: () => 'unreachable' });
    expect(unreachable.error).not.toBeInstanceOf(SpoiledDraftError);
    expect(unreachable.calls.filter((call) => call === 'GET /draft/attachments')).toEqual([]);
  });

  test('stays in doubt, whatever is said of it later', async () => {
    const { error } = await upload({
      content: small,
      put: (count) => (count === 1 ? { status: 500 } : saying(400, 'ErrorInvalidRequest')),
      ask: () => at(0),
    });
    expect(error).toBeInstanceOf(SpoiledDraftError);
  });

  test('is in doubt after a 200, wherever the session claims to stand', async () => {
    const { error, sessions } = await upload({
      content: small,
      put: (count) => (count === 1 ? at(7) : { status: 404 }),
    });
    expect(error).toBeInstanceOf(SpoiledDraftError);
    expect(sessions).toBe(1);
  });

  test('is in doubt if its session has all of it and does not say that it is done', async () => {
    const { error, starts } = await upload({
      content: small,
      put: () => ({ status: 500 }),
      ask: () => ({ status: 200, body: { nextExpectedRanges: [] } }),
    });
    expect(starts).toEqual([0]);
    expect(error).toBeInstanceOf(SpoiledDraftError);
  });
});

describe('a session', () => {
  test.each([401, 404, 410])(
    'that is gone by %s is reopened twice, a little later each time',
    async (status) => {
      const { error, sessions, slept, cancels } = await upload({
        put: () => saying(status, 'uploadSessionNotFound'),
      });
      expect({ sessions, cancels }).toEqual({ sessions: 3, cancels: 3 });
      expect(slept).toEqual([250, 500]);
      expect(error).toMatchObject({
        code: 'ECONNECTION',
        retryable: true,
        ambiguous: false,
        responseCode: status,
        link: undefined,
        cause: { responseCode: status },
      });
      expect(error?.hint).toBe(
        'The upload session disappeared 3 times before the attachment was complete. Nothing was sent. Send the message again later.',
      );
    },
  );

  test('that another status than the documented one opens is open', async () => {
    const { error } = await upload({ open: () => ({ status: 200, body: { uploadUrl } }) });
    expect(error).toBeUndefined();
  });

  test('is asked for again while Exchange does not find the draft, or gives no answer', async () => {
    const fates: Override[] = [saying(404, 'ErrorItemNotFound'), 'lost', { status: 503 }];
    const { error, sessions } = await upload({ open: (count) => fates[count - 1] });
    expect(error).toBeUndefined();
    expect(sessions).toBe(4);
  });

  test.each([
    ['no URL', {}],
    ['an address that is none', { uploadUrl: 'nowhere' }],
    ['a number', { uploadUrl: 17 }],
    ['an address inside our network', { uploadUrl: 'https://10.0.0.1/upload' }],
  ])('with %s sends nothing there, and blames what stands in between', async (_, body) => {
    const { error, calls } = await upload({ open: () => ({ status: 201, body }) });
    expect(error).toMatchObject({ code: 'EMESSAGE' });
    expect(error?.message).toContain('Graph gave no usable upload URL for the attachment "plan.bin".');
    expect(error?.hint).toContain("Does a proxy or gateway change Graph's answers?");
    expect(new Set(calls)).toEqual(new Set(['POST /draft/attachments/createUploadSession']));
  });

  test('without a URL is asked for again', async () => {
    const { error, sessions } = await upload({
      open: (count) => (count === 1 ? { status: 201, body: {} } : undefined),
    });
    expect(error).toBeUndefined();
    expect(sessions).toBe(2);
  });

  test('that is refused is an error about the attachment', async () => {
    const { error } = await upload({ open: () => saying(400, 'ErrorInvalidRequest') });
    expect(error?.message).toContain('Graph did not accept the attachment "plan.bin"');
  });

  test('that cannot be cancelled expires by itself', async () => {
    const refused = await upload({
      put: (_, request) => (request.method === 'PUT' ? saying(400, 'x') : 'lost'),
    });
    expect(refused.error).toMatchObject({ graphCode: 'x' });
  });
});

describe('an upload whose send is ended', () => {
  test.each([
    ['by its caller', undefined, 'EABORT'],
    ['by its timeout', new SendTimeout(5), 'ETIMEDOUT'],
    ['by close()', new GraphTransportError('EABORT', 'Closed.', { outcome: 'not-accepted' }), 'EABORT'],
  ])('%s stops at once, and its session is cancelled', async (_, reason, code) => {
    const abort = new AbortController();
    const { error, starts, cancels } = await upload({
      put: () => {
        abort.abort(reason);
        return 'lost';
      },
      signal: abort.signal,
    });
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^The send /) });
    expect({ starts, cancels }).toEqual({ starts: [0], cancels: 1 });
  });

  test('while the draft is asked for the attachment is not told that the draft is spoiled', async () => {
    const abort = new AbortController();
    const { error } = await upload({
      put: (count) => (count === 3 ? { status: 504 } : undefined),
      ask: () => ({ status: 404 }),
      list: () => {
        abort.abort();
        return 'lost';
      },
      signal: abort.signal,
    });
    expect(error).toMatchObject({ code: 'EABORT' });
  });
});

test('a redirection is not followed, and no success', async () => {
  const { error, starts } = await upload({ put: () => ({ status: 300 }) });
  expect(error).toMatchObject({ code: 'EMESSAGE', responseCode: 300, retryable: false });
  expect(starts).toEqual([0]);
});

describe('a refusal by the upload host', () => {
  const refused = async (reply: Reply) => (await upload({ put: () => reply })).error;

  test('is not about the permissions of the app, for the URL is the permission', async () => {
    expect(await refused({ status: 403 })).toMatchObject({ code: 'EMESSAGE', responseCode: 403 });
    expect(await refused(saying(403, 'ErrorAccessDenied'))).toMatchObject({
      code: 'EAUTH',
      hint: expect.stringContaining('An upload needs no permission but its URL'),
    });
    expect((await refused(saying(403, 'ErrorQuotaExceeded')))?.hint).toMatch(/full/);
  });

  test('tells nothing of its URL, whole or in parts, in a text or in JSON', async () => {
    const echo = `${uploadUrl} secret-of-the-session token-of-the-session upload`;
    const text = await refused({ status: 400, body: echo });
    const json = await refused({
      status: 400,
      body: { error: { code: 'x', message: `Bad: ${echo}`, innerError: { code: 7 } } },
    });
    expect(json?.response).toBe('400 x Bad: (upload URL) (upload URL) (upload URL) upload');
    for (const error of [text, json]) expect(String(error)).not.toMatch(/-of-the-session/);
  });
});
