import { createHash } from 'node:crypto';
import { createSandbox, type SandboxOptions } from '../../src/sandbox';
import {
  ask,
  askForSession,
  attach,
  makeDraft,
  openSession,
  putRange,
  refusal,
  TEXT_FILE,
  tokenFor,
} from './support';

/** Limits under which ten bytes are a large file, and five make a range. */
const SMALL = { sessionMinimumBytes: 10, sessionMaximumBytes: 20, rangeBytes: 6 };
const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const ENDED = { status: 404, code: 'uploadSessionNotFound', message: expect.any(String) };

async function withDraft(options: SandboxOptions = {}) {
  const clock = { time: NOW };
  const sandbox = createSandbox({ limits: SMALL, now: () => clock.time, ...options });
  return { clock, sandbox, id: await makeDraft(sandbox) };
}

async function withSession(options: SandboxOptions = {}, changes: object = {}) {
  const started = await withDraft(options);
  return { ...started, url: await openSession(started.sandbox, started.id, changes) };
}

const askUrl = (sandbox: ReturnType<typeof createSandbox>, url: string, method: string) =>
  sandbox.handle(new Request(url, { method }));

describe('an upload session', () => {
  test('is opened with a secret URL on another host', async () => {
    const { sandbox, id } = await withDraft();
    const response = await askForSession(sandbox, id);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      uploadUrl: expect.stringMatching(
        /^https:\/\/outlook\.office\.com\/upload\/[\w-]{36}\?authtoken=[\w%-]{40,}$/,
      ),
      expirationDateTime: '2026-01-01T01:00:00.000Z',
      nextExpectedRanges: ['0-'],
    });
    await makeDraft(sandbox);
    expect(sandbox.drafts).toMatchObject([{ uploadSessions: 1 }, { uploadSessions: 0 }]);
  });

  test('has a URL at the origin that it was given', async () => {
    const { url } = await withSession({ uploadOrigin: 'https://upload.example/' });
    expect(url).toMatch(/^https:\/\/upload\.example\/upload\//);
  });

  test('answers at its URL in capitals where the sandbox is told so', async () => {
    const { sandbox, id, url } = await withSession({ uploadAnswerNames: 'PascalCase' });
    expect(await (await askForSession(sandbox, id)).json()).toHaveProperty('nextExpectedRanges');
    const progress = { ExpirationDateTime: '2026-01-01T01:00:00.000Z', NextExpectedRanges: ['5'] };
    const range = await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect(await range.json()).toEqual(progress);
    expect(await (await askUrl(sandbox, url, 'GET')).json()).toEqual(progress);
  });

  test('keeps its secret out of the list of requests', async () => {
    const { sandbox, url } = await withSession();
    await askUrl(sandbox, url, 'GET');
    const secret = new URL(url).searchParams.get('authtoken') ?? 'none';
    expect(JSON.stringify(sandbox.requests)).not.toContain(secret);
  });

  test('may be asked for in small letters', async () => {
    const { sandbox, id } = await withDraft();
    const attachmentItem = { attachmentType: 'FILE', name: 'x', size: 10 };
    const path = `messages/${id}/attachments/createUploadSession`;
    expect((await ask(sandbox, 'POST', path, { attachmentItem })).status).toBe(201);
  });

  test.each([
    ['one byte too few', { size: 9 }, 400, 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize'],
    ['one byte too many', { size: 21 }, 400, 'ErrorAttachmentSizeLimitExceeded'],
    ['an item', { attachmentType: 'item' }, 405, 'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments'],
    ['another type', { attachmentType: 'folder' }, 400, 'RequestBodyRead'],
    ['no type', { attachmentType: undefined }, 400, 'ErrorInvalidRequest'],
    ['no name', { name: undefined }, 400, 'ErrorInvalidRequest'],
    ['an empty name', { name: '' }, 400, 'ErrorInvalidRequest'],
    ['no size', { size: undefined }, 400, 'ErrorInvalidRequest'],
    ['a size in text', { size: '10' }, 400, 'RequestBodyRead'],
    ['half a byte', { size: 10.5 }, 400, 'RequestBodyRead'],
    ['an unknown property', { contentBytes: '' }, 400, 'RequestBodyRead'],
  ])('is refused given %s', async (_what, changes, status, code) => {
    const { sandbox, id } = await withDraft();
    expect(await refusal(askForSession(sandbox, id, changes))).toMatchObject({ status, code });
    expect(sandbox.drafts).toMatchObject([{ uploadSessions: 0 }]);
  });

  test('is refused given no AttachmentItem', async () => {
    const { sandbox, id } = await withDraft();
    const path = `messages/${id}/attachments/createUploadSession`;
    expect(await refusal(ask(sandbox, 'POST', path, {}))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
      message: expect.stringContaining("'AttachmentItem'"),
    });
  });

  test('takes files from 3,000,000 to 150,000,000 bytes', async () => {
    const { sandbox, id } = await withDraft({ limits: {} });
    const statusOf = async (size: number) => (await askForSession(sandbox, id, { size })).status;
    expect(await statusOf(2_999_999)).toBe(400);
    expect(await statusOf(3_000_000)).toBe(201);
    expect(await statusOf(150_000_000)).toBe(201);
    expect(await statusOf(150_000_001)).toBe(400);
  });

  test('needs a draft', async () => {
    const { sandbox, id } = await withDraft();
    expect(await refusal(askForSession(sandbox, 'AAMkAAA='))).toMatchObject({
      status: 404,
      code: 'ErrorItemNotFound',
    });
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox)}/send`);
    const sent = sandbox.messages[0]?.id ?? '';
    expect(await refusal(askForSession(sandbox, sent))).toMatchObject({ status: 400 });
    expect(sandbox.drafts).toMatchObject([{ id, uploadSessions: 0 }]);
  });
});

describe('an upload', () => {
  test('makes an attachment of the ranges that came', async () => {
    const { sandbox, id, url } = await withSession(
      {},
      { contentType: 'image/png', isInline: true, contentId: 'logo' },
    );
    const first = await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect(first.status).toBe(200);
    expect(await first.json()).toEqual({
      expirationDateTime: '2026-01-01T01:00:00.000Z',
      nextExpectedRanges: ['5'],
    });
    expect(sandbox.drafts).toMatchObject([{ attachments: [], uploadSessions: 1 }]);
    const last = await putRange(sandbox, url, 'fghij', 'bytes 5-9/10');
    expect(last.status).toBe(201);
    expect(await last.text()).toBe('');
    expect(last.headers.get('location')).toMatch(
      /^https:\/\/outlook\.office\.com\/api\/v2\.0\/Users\('.+'\)\/Messages\('.+'\)\/Attachments\('AAMk.+'\)$/,
    );
    expect(sandbox.drafts).toMatchObject([
      { attachments: [{ name: 'ten.bin', size: 10 }], uploadSessions: 0 },
    ]);
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages[0]?.attachments).toEqual([
      {
        name: 'ten.bin',
        contentType: 'image/png',
        content: Buffer.from('abcdefghij'),
        size: 10,
        uploadRanges: 2,
        isInline: true,
        contentId: 'logo',
      },
    ]);
  });

  test('has plain bytes and no content id unless it says else', async () => {
    const { sandbox, id, url } = await withSession();
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    await putRange(sandbox, url, 'fghij', 'bytes 5-9/10');
    await ask(sandbox, 'POST', `messages/${id}/send`);
    const [attachment] = sandbox.messages[0]?.attachments ?? [];
    expect(attachment).toMatchObject({ contentType: 'application/octet-stream', isInline: false });
    expect(attachment).not.toHaveProperty('contentId');
    expect(attachment).not.toHaveProperty('sha256');
  });

  test('is joined once, however often its content is read', async () => {
    const { sandbox, id, url } = await withSession();
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    await putRange(sandbox, url, 'fghij', 'bytes 5-9/10');
    await ask(sandbox, 'POST', `messages/${id}/send`);
    const [attachment] = sandbox.messages[0]?.attachments ?? [];
    expect(attachment?.content).toBe(attachment?.content);
    expect(attachment?.content.toString()).toBe('abcdefghij');
  });

  test('has its place by the time that it ended', async () => {
    const { sandbox, id, url } = await withSession();
    const other = await openSession(sandbox, id, { name: 'other.bin' });
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    for (const range of ['bytes 0-4/10', 'bytes 5-9/10']) await putRange(sandbox, other, 'abcde', range);
    await attach(sandbox, id);
    await putRange(sandbox, url, 'fghij', 'bytes 5-9/10');
    expect(sandbox.drafts[0]?.attachments.map(({ name }) => name)).toEqual([
      'other.bin',
      TEXT_FILE.name,
      'ten.bin',
    ]);
  });

  test('that has not ended is no part of the message', async () => {
    const { sandbox, id, url } = await withSession();
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect((await ask(sandbox, 'POST', `messages/${id}/send`)).status).toBe(202);
    expect(sandbox.messages).toMatchObject([{ attachments: [] }]);
    expect(await refusal(putRange(sandbox, url, 'fghij', 'bytes 5-9/10'))).toEqual(ENDED);
    expect(sandbox.messages).toMatchObject([{ attachments: [] }]);
  });

  test('leaves nothing but a hash given keepContent', async () => {
    const { sandbox, id, url } = await withSession({ keepContent: 'hash' });
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect(await (await askUrl(sandbox, url, 'GET')).json()).toMatchObject({ nextExpectedRanges: ['5'] });
    await putRange(sandbox, url, 'fghij', 'bytes 5-9/10');
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages[0]?.attachments).toEqual([
      {
        name: 'ten.bin',
        contentType: 'application/octet-stream',
        content: Buffer.alloc(0),
        size: 10,
        uploadRanges: 2,
        sha256: createHash('sha256').update('abcdefghij').digest('hex'),
        isInline: false,
      },
    ]);
  });
});

describe('a range', () => {
  test.each([
    ['no Content-Range', 'abcde', null, 400, 'invalidRange'],
    ['another unit', 'abcde', 'items 0-4/10', 400, 'invalidRange'],
    ['a unit that only ends like bytes', 'abcde', 'kilobytes 0-4/10', 400, 'invalidRange'],
    ['no total', 'abcde', 'bytes 0-4/*', 400, 'invalidRange'],
    ['a list', 'abcde', 'bytes 0-4/10, 5-9/10', 400, 'invalidRange'],
    ['another total', 'abcde', 'bytes 0-4/11', 416, 'invalidRange'],
    ['an end behind the file', 'abcde', 'bytes 6-10/10', 416, 'invalidRange'],
    ['an end before the start', '', 'bytes 5-4/10', 416, 'invalidRange'],
    ['a gap', 'abcde', 'bytes 1-5/10', 416, 'fragmentOutOfOrder'],
    ['fewer bytes than it says', 'abcd', 'bytes 0-4/10', 400, 'fragmentLengthMismatch'],
    ['more bytes than it says', 'abcde', 'bytes 0-3/10', 400, 'fragmentLengthMismatch'],
    ['as many bytes as the limit', 'abcdef', 'bytes 0-5/10', 413, 'maxFragmentLengthExceeded'],
  ])('is refused given %s', async (_what, bytes, contentRange, status, code) => {
    const { sandbox, url } = await withSession();
    expect(await refusal(putRange(sandbox, url, bytes, contentRange))).toMatchObject({ status, code });
    expect(await (await askUrl(sandbox, url, 'GET')).json()).toMatchObject({ nextExpectedRanges: ['0-'] });
  });

  test.each([
    ['again', 'abcde', 'bytes 0-4/10'],
    ['in part again', 'abcde', 'bytes 4-8/10'],
  ])('is refused when it comes %s', async (_what, bytes, contentRange) => {
    const { sandbox, url } = await withSession();
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect(await refusal(putRange(sandbox, url, bytes, contentRange))).toMatchObject({
      status: 416,
      code: 'fragmentOverlap',
    });
    expect(await (await askUrl(sandbox, url, 'GET')).json()).toMatchObject({ nextExpectedRanges: ['5'] });
  });

  test('is taken once when it comes twice at a time', async () => {
    const { sandbox, id, url } = await withSession();
    const twice = ['abcde', 'abcde'].map((bytes) => putRange(sandbox, url, bytes, 'bytes 0-4/10'));
    expect((await Promise.all(twice)).map(({ status }) => status).sort()).toEqual([200, 416]);
    await putRange(sandbox, url, 'fghij', 'bytes 5-9/10');
    await ask(sandbox, 'POST', `messages/${id}/send`);
    expect(sandbox.messages[0]?.attachments[0]?.content.toString()).toBe('abcdefghij');
  });

  test.each([
    ['another content type', { 'content-type': 'application/json' }, 415, 'RequestBodyRead'],
    ['no content type', { 'content-type': null }, 415, 'RequestBodyRead'],
    ['no Content-Length', { 'content-length': null }, 411, 'invalidRequest'],
    ["a Content-Length that is not the body's", { 'content-length': '4' }, 400, 'fragmentLengthMismatch'],
    ['a Content-Length over the limit', { 'content-length': '6' }, 413, 'maxFragmentLengthExceeded'],
  ])('is refused given %s', async (_what, headers, status, code) => {
    const { sandbox, url } = await withSession();
    expect(await refusal(putRange(sandbox, url, 'abcde', 'bytes 0-4/10', headers))).toMatchObject({
      status,
      code,
    });
  });

  test.each([
    ['shorter', 'abcd'],
    ['longer', 'abcdef'],
  ])('is refused when its body is %s than its headers say', async (_what, bytes) => {
    const { sandbox, url } = await withSession();
    const refused = putRange(sandbox, url, bytes, 'bytes 0-4/10', { 'content-length': '5' });
    expect(await refusal(refused)).toMatchObject({ status: 400, code: 'fragmentLengthMismatch' });
  });

  test('is not read when its headers are refused', async () => {
    const { sandbox, url } = await withSession();
    const body = new ReadableStream({ pull: () => Promise.reject(new Error('read')) }, { highWaterMark: 0 });
    const headers = {
      'content-length': '6',
      'content-range': 'bytes 0-5/10',
      'content-type': 'application/octet-stream',
    };
    const init = { method: 'PUT', headers, body, duplex: 'half' };
    expect((await sandbox.handle(new Request(url, init))).status).toBe(413);
  });

  test('may be 3,999,999 bytes and not one more', async () => {
    const { sandbox, url } = await withSession({ limits: {} }, { size: 8_000_000 });
    const bytes = Buffer.alloc(4_000_000);
    expect((await putRange(sandbox, url, bytes, 'bytes 0-3999999/8000000')).status).toBe(413);
    expect((await putRange(sandbox, url, bytes.subarray(1), 'bytes 0-3999998/8000000')).status).toBe(200);
  });
});

describe('the URL of an upload session', () => {
  test('tells how far the upload is', async () => {
    const { sandbox, url } = await withSession();
    const progress = async () => (await askUrl(sandbox, url, 'GET')).json();
    const expirationDateTime = '2026-01-01T01:00:00.000Z';
    expect(await progress()).toEqual({ expirationDateTime, nextExpectedRanges: ['0-'] });
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect(await progress()).toEqual({ expirationDateTime, nextExpectedRanges: ['5'] });
  });

  test('cancels the upload', async () => {
    const { sandbox, url } = await withSession();
    const response = await askUrl(sandbox, url, 'DELETE');
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(sandbox.drafts).toMatchObject([{ attachments: [], uploadSessions: 0 }]);
  });

  test.each(['POST', 'PATCH'])('does not play %s', async (method) => {
    const { sandbox, url } = await withSession();
    expect(await refusal(askUrl(sandbox, url, method))).toMatchObject({ status: 501, code: 'notSupported' });
  });

  test.each(['GET', 'DELETE'])('takes no token, with a %s either', async (method) => {
    const { sandbox, url } = await withSession();
    const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
    const response = await sandbox.handle(new Request(url, { method, headers }));
    expect(response.status).toBe(401);
    expect(sandbox.drafts).toMatchObject([{ uploadSessions: 1 }]);
  });

  test.each<[string, (token: string) => string, string]>([
    ['a token', (token) => `Bearer ${token}`, 'https://graph.microsoft.com'],
    ['what is no token', () => 'Bearer x.bm8=.y', ''],
    ['a token of nobody', () => 'Bearer x.eyJhdWQiOjF9.y', ''],
    ['a password', () => 'Basic eDp5', ''],
  ])(
    'refuses %s as one for another resource, without the secret of its URL',
    async (_what, header, audience) => {
      const { sandbox, url } = await withSession();
      const headers = { authorization: header(await tokenFor(sandbox)) };
      const refused = await putRange(sandbox, url, 'abcde', 'bytes 0-4/10', headers);
      const [withoutSecret, secret = ''] = url.split('?authtoken=');
      const text = await refused.clone().text();
      expect(refused.status).toBe(401);
      expect(JSON.parse(text)).toEqual({
        error: {
          code: 'InvalidAudience',
          message:
            'The audience claim value is invalid for current resource. ' +
            `Audience claim is '${audience}', request url is '${withoutSecret}' and resource type is 'Exchange'.`,
          innerError: {
            oAuthEventOperationId: expect.any(String),
            oAuthEventcV: expect.any(String),
            errorUrl: 'https://aka.ms/autherrors#error-InvalidResource',
            requestId: refused.headers.get('request-id'),
            date: expect.any(String),
          },
        },
      });
      expect(text).not.toContain(decodeURIComponent(secret));
      expect(text).not.toContain('authtoken');
    },
  );

  test.each<[string, (started: Awaited<ReturnType<typeof withSession>>) => Promise<unknown>]>([
    ['it is cancelled', ({ sandbox, url }) => askUrl(sandbox, url, 'DELETE')],
    ['the draft is deleted', ({ sandbox, id }) => ask(sandbox, 'DELETE', `messages/${id}`)],
    ['the draft is sent', ({ sandbox, id }) => ask(sandbox, 'POST', `messages/${id}/send`)],
    ['the sandbox is cleared', async ({ sandbox }) => sandbox.clear()],
    [
      'the file is complete',
      async ({ sandbox, url }) => {
        await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
        await putRange(sandbox, url, 'fghij', 'bytes 5-9/10');
      },
    ],
  ])('leads nowhere once %s', async (_what, end) => {
    const started = await withSession();
    await end(started);
    const { sandbox, url } = started;
    // Before its headers are looked at.
    expect(await refusal(putRange(sandbox, url, 'abcde', null))).toEqual(ENDED);
    expect(await refusal(putRange(sandbox, url, 'abcde', 'bytes 0-4/10'))).toEqual(ENDED);
    for (const method of ['GET', 'DELETE'])
      expect(await refusal(askUrl(sandbox, url, method))).toEqual(ENDED);
  });

  test('leaves the sessions of other drafts alone when one is deleted', async () => {
    const { sandbox, url } = await withSession();
    await ask(sandbox, 'DELETE', `messages/${await makeDraft(sandbox)}`);
    expect((await askUrl(sandbox, url, 'GET')).status).toBe(200);
  });

  test('leads nowhere from the second on in which the session expires', async () => {
    const { clock, sandbox, url } = await withSession();
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    clock.time += HOUR - 1;
    expect((await askUrl(sandbox, url, 'GET')).status).toBe(200);
    expect(sandbox.drafts).toMatchObject([{ uploadSessions: 1 }]);
    clock.time += 1;
    expect(sandbox.drafts).toMatchObject([{ uploadSessions: 0 }]);
    expect(await refusal(putRange(sandbox, url, 'fghij', 'bytes 5-9/10'))).toEqual(ENDED);
  });

  test('lives as long as it was told', async () => {
    const { clock, sandbox, url } = await withSession({ uploadSessionLifetime: 60 });
    clock.time += 59_999;
    expect((await askUrl(sandbox, url, 'GET')).status).toBe(200);
    clock.time += 1;
    expect((await askUrl(sandbox, url, 'GET')).status).toBe(404);
  });

  test('leads nowhere without its secret or with another one', async () => {
    const { sandbox, id, url } = await withSession();
    const other = new URL(await openSession(sandbox, id));
    const { origin, pathname } = new URL(url);
    for (const search of ['', '?authtoken=', other.search]) {
      expect(await refusal(askUrl(sandbox, `${origin}${pathname}${search}`, 'GET'))).toEqual(ENDED);
    }
    expect(await refusal(askUrl(sandbox, `${origin}/upload/unknown?authtoken=x`, 'GET'))).toEqual(ENDED);
  });

  test('leads nowhere when the session ends while a range is on its way', async () => {
    const { sandbox, id, url } = await withSession();
    const body = new ReadableStream({
      async pull(controller) {
        await ask(sandbox, 'POST', `messages/${id}/send`);
        controller.enqueue(Buffer.from('abcde'));
        controller.close();
      },
    });
    const headers = {
      'content-length': '5',
      'content-range': 'bytes 0-4/10',
      'content-type': 'application/octet-stream',
    };
    const init = { method: 'PUT', headers, body, duplex: 'half' };
    expect(await refusal(sandbox.handle(new Request(url, init)))).toEqual(ENDED);
  });
});
