import { inspect } from 'node:util';
import { HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { graphTransport } from '../../src/index';
import { type GraphWire, startGraphWire } from '../support/graph-wire';
import { IDENTITY } from '../support/options';

const mailboxUrl = 'https://graph.microsoft.com/v1.0/users/:user';
const uploadUrl = 'https://outlook.office.com/upload/canary-upload-url';
const size = 9_000_000;

/** A draft's life on a Graph that is well; upload sessions know how far they are. */
function wellDraft() {
  const state = { received: 0, sessions: 0 };
  const position = () => HttpResponse.json({ nextExpectedRanges: [`${state.received}`] });
  return {
    state,
    handlers: [
      http.post(`${mailboxUrl}/messages`, () => HttpResponse.json({ id: 'draft/1=' }, { status: 201 })),
      http.post(`${mailboxUrl}/messages/:id/attachments/createUploadSession`, () => {
        state.received = 0;
        state.sessions++;
        return HttpResponse.json({ uploadUrl, nextExpectedRanges: ['0-'] }, { status: 201 });
      }),
      http.put(uploadUrl, ({ request }) => {
        const [, start = '', end = ''] =
          /bytes (\d+)-(\d+)\//.exec(request.headers.get('content-range') ?? '') ?? [];
        if (Number(start) !== state.received) return new HttpResponse(null, { status: 416 });
        state.received = Number(end) + 1;
        return state.received === size ? new HttpResponse(null, { status: 201 }) : position();
      }),
      http.get(uploadUrl, position),
      http.delete(uploadUrl, () => new HttpResponse(null, { status: 204 })),
      http.post(`${mailboxUrl}/messages/:id/send`, () => new HttpResponse(null, { status: 202 })),
      http.delete(`${mailboxUrl}/messages/:id`, () => new HttpResponse(null, { status: 204 })),
    ],
  };
}

let wire: GraphWire;
let draft: ReturnType<typeof wellDraft>;
beforeAll(async () => {
  wire = await startGraphWire();
});
beforeEach(() => {
  draft = wellDraft();
  wire.use(...draft.handlers);
});
afterEach(() => wire.reset());
afterAll(() => wire.close());

/** Answers the n-th range with this, and the others well. */
function failRange(n: number, answer: () => Response) {
  let count = 0;
  wire.use(
    http.put(uploadUrl, () => {
      count++;
      return count === n ? answer() : undefined;
    }),
  );
}

const sendLarge = (signal?: AbortSignal, transport = createTransport()) =>
  nodemailer.createTransport(transport).sendMail({
    to: 'ann@example.com',
    attachments: [{ filename: 'plan.zip', content: Buffer.alloc(size, 'x') }],
    signal,
  });
const createTransport = () =>
  graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher, retry: { maxDelay: 5 } });

const seen = () =>
  wire.requests
    .filter(({ url }) => !url.includes('/oauth2/'))
    .map(({ method, url }) => `${method} ${new URL(url).pathname.replace(/^\/v1\.0\/users\/[^/]+/, '')}`);
const ranges = () =>
  wire.requests
    .filter(({ method }) => method === 'PUT')
    .map(({ headers }) => headers.get('content-range')?.replace(/^bytes (\d+)-.*/, '$1'));
const SECOND = '3997696';
const THIRD = '7995392';

test('uploads in the largest ranges that Graph allows, one after the other', async () => {
  await expect(sendLarge()).resolves.toMatchObject({ route: 'draft' });
  expect(ranges()).toEqual(['0', SECOND, THIRD]);
  const put = wire.requests.find(({ method }) => method === 'PUT');
  expect(put?.headers.get('content-range')).toBe('bytes 0-3997695/9000000');
  expect(put?.headers.get('content-length')).toBe('3997696');
});

test('gives the token to Graph only, never to the upload URL', async () => {
  await sendLarge();
  for (const { url, headers } of wire.requests) {
    const wantsToken = url.startsWith('https://graph.microsoft.com/');
    expect([url, headers.has('authorization')]).toEqual([url, wantsToken]);
  }
});

test.each([
  ['500', () => new HttpResponse(null, { status: 500 })],
  ['429', () => new HttpResponse(null, { status: 429 })],
  ['a broken connection', () => HttpResponse.error()],
  ['an answer that is none', () => HttpResponse.html('<p>busy')],
])('resumes where Graph stands after a range that met %s', async (_what, answer) => {
  failRange(2, answer);
  await expect(sendLarge()).resolves.toMatchObject({ route: 'draft' });
  expect(ranges()).toEqual(['0', SECOND, SECOND, THIRD]);
  expect(draft.state).toEqual({ received: size, sessions: 1 });
});

test('skips a range that arrived although its answer was lost', async () => {
  failRange(2, () => {
    draft.state.received = Number(THIRD);
    return HttpResponse.error();
  });
  await sendLarge();
  expect(ranges()).toEqual(['0', SECOND, THIRD]);
});

test('opens a new session when the old one has expired', async () => {
  failRange(2, () => new HttpResponse(null, { status: 404 }));
  await expect(sendLarge()).resolves.toMatchObject({ route: 'draft' });
  expect(draft.state.sessions).toBe(2);
  expect(ranges()).toEqual(['0', SECOND, '0', SECOND, THIRD]);
});

test('starts over with a fresh draft when nobody knows whether the last range arrived', async () => {
  let gone = false;
  wire.use(
    http.get(uploadUrl, () => (gone ? new HttpResponse(null, { status: 404 }) : undefined)),
    http.post(`${mailboxUrl}/messages`, () => {
      gone = false;
      return undefined;
    }),
  );
  failRange(3, () => {
    gone = true;
    return HttpResponse.error();
  });
  await expect(sendLarge()).resolves.toMatchObject({ route: 'draft' });
  const steps = seen().filter((line) => /messages$|send$|DELETE \/messages/.test(line));
  expect(steps).toEqual([
    'POST /messages',
    'DELETE /messages/draft%2F1%3D',
    'POST /messages',
    'POST /messages/draft%2F1%3D/send',
  ]);
});

test('tries again when the draft is not found right after it was made', async () => {
  let asked = 0;
  wire.use(
    http.post(`${mailboxUrl}/messages/:id/attachments/createUploadSession`, () =>
      asked++ === 0
        ? HttpResponse.json({ error: { code: 'ErrorItemNotFound', message: 'Not found.' } }, { status: 404 })
        : undefined,
    ),
  );
  await expect(sendLarge()).resolves.toMatchObject({ route: 'draft' });
});

test('cancels the session and deletes the draft when a range is refused for good', async () => {
  wire.use(http.put(uploadUrl, () => new HttpResponse(null, { status: 403 })));
  await expect(sendLarge()).rejects.toMatchObject({
    code: 'EMESSAGE',
    responseCode: 403,
    message: expect.stringContaining('"plan.zip"'),
  });
  expect(seen().slice(-2)).toEqual(['DELETE /upload/canary-upload-url', 'DELETE /messages/draft%2F1%3D']);
  expect(seen()).not.toContain('POST /messages/draft%2F1%3D/send');
});

test('names the draft that could not be deleted', async () => {
  wire.use(
    http.put(uploadUrl, () => new HttpResponse(null, { status: 403 })),
    http.delete(`${mailboxUrl}/messages/:id`, () => new HttpResponse(null, { status: 500 })),
  );
  await expect(sendLarge()).rejects.toMatchObject({
    draftId: 'draft/1=',
    responseCode: 403,
    message: expect.stringMatching(/"plan\.zip" failed.*could not be deleted.*draft\/1=/),
  });
});

test('leaves the draft alone when nobody knows whether it was sent', async () => {
  wire.use(http.post(`${mailboxUrl}/messages/:id/send`, () => HttpResponse.error()));
  await expect(sendLarge()).rejects.toMatchObject({ code: 'ECONNECTION' });
  expect(seen().filter((line) => line.startsWith('DELETE'))).toEqual([]);
});

test('deletes the draft when the send is aborted during the upload', async () => {
  const abort = new AbortController();
  failRange(2, () => {
    abort.abort();
    return new HttpResponse(null, { status: 500 });
  });
  await expect(sendLarge(abort.signal)).rejects.toMatchObject({ code: 'EABORT' });
  expect(seen().slice(-2)).toEqual(['DELETE /upload/canary-upload-url', 'DELETE /messages/draft%2F1%3D']);
});

test('deletes the draft when the transport is closed by force during the upload', async () => {
  const transport = createTransport();
  failRange(2, () => {
    transport.close({ force: true });
    return new HttpResponse(null, { status: 500 });
  });
  await expect(sendLarge(undefined, transport)).rejects.toMatchObject({ code: 'EABORT' });
  expect(seen().at(-1)).toBe('DELETE /messages/draft%2F1%3D');
});

test('finishes the upload when the transport is closed without force', async () => {
  const transport = createTransport();
  failRange(2, () => {
    transport.close();
    return new HttpResponse(null, { status: 500 });
  });
  await expect(sendLarge(undefined, transport)).resolves.toMatchObject({ route: 'draft' });
});

test.each([
  'http://elsewhere.example/canary',
  'http://127.0.0.1:3000/canary',
  'https://127.0.0.1/canary',
  'https://[::ffff:127.0.0.1]/canary',
  'https://0x7f000001/canary',
  'https://localhost/canary',
  'https://user:pass@outlook.office.com/canary',
  'https://outlook.office.com:8443/canary',
])('does not send to an upload URL that Graph should not give, %s, and does not quote it', async (bad) => {
  wire.use(
    http.post(`${mailboxUrl}/messages/:id/attachments/createUploadSession`, () =>
      HttpResponse.json({ uploadUrl: bad }, { status: 201 }),
    ),
  );
  const error: unknown = await sendLarge().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'EMESSAGE' });
  expect(inspect(error, { depth: 12, showHidden: true })).not.toContain('canary');
  expect(seen().filter((line) => !/^(?:POST|DELETE) \/messages/.test(line))).toEqual([]);
});

test('keeps the upload URL out of errors and logs', async () => {
  const lines: string[] = [];
  const log = (...line: unknown[]) => lines.push(inspect(line, { depth: 12, showHidden: true }));
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  const transport = graphTransport({
    ...IDENTITY,
    dispatcher: wire.dispatcher,
    logger,
    debug: true,
    retry: { maxDelay: 1 },
  });
  for (const answer of [() => new HttpResponse(null, { status: 400 }), () => HttpResponse.error()]) {
    wire.use(http.put(uploadUrl, answer));
    const error = await sendLarge(undefined, transport).catch((reason: Error) => reason);
    const said = inspect(error, { depth: 12, showHidden: true });
    expect(said).toContain('plan.zip');
    expect(said).not.toContain('canary-upload-url');
  }
  expect(lines.join()).toContain("tnx: 'http'");
  expect(lines.join()).not.toContain('canary-upload-url');
});
