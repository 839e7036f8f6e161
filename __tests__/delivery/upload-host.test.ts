import { inspect } from 'node:util';
import nodemailer from 'nodemailer';
import { type GraphTransportError, type GraphTransportOptions, graphTransport } from '../../src/index';
import { fc } from '../support/fast-check';
import { IDENTITY } from '../support/options';
import { type UploadFate, UploadHost, type UploadStep } from '../support/upload-host';

const host = new UploadHost();
beforeAll(() => host.start());
beforeEach(() => host.reset());
afterAll(() => host.close());

const credential = {
  getToken: async () => ({ token: 'canary-token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
};
/** As many bytes as one, two and three ranges hold. */
const [ONE, TWO, THREE] = [3_000_001, 4_500_000, 8_100_000];
const contents = new Map(
  [ONE, TWO, THREE].map((size) => [size, Buffer.alloc(size, 'so that every range is another one')]),
);

function send(
  size: number,
  more: GraphTransportOptions = {},
  attachments = [{ filename: 'plan.bin', content: contents.get(size) }],
) {
  const transport = graphTransport({
    userId: IDENTITY.userId,
    credential,
    graphEndpoint: host.url,
    retry: { attempts: 3, maxDelay: 1 },
    ...more,
  });
  return nodemailer.createTransport(transport).sendMail({
    to: 'ann@example.com',
    subject: 'Plans',
    attachments,
  });
}
const failureOf = (sending: Promise<unknown>) =>
  sending.then(
    () => undefined,
    (error: GraphTransportError) => error,
  );
/** Answers every request of that step so, or the first few of them. */
function answer(step: UploadStep, fate: UploadFate, { times = Number.POSITIVE_INFINITY, last = false } = {}) {
  let left = times;
  host.fate = (asked, isLast) => (asked === step && (isLast || !last) && left-- > 0 ? fate : undefined);
}
const saying = (code: string, message = 'So it is.') => JSON.stringify({ error: { code, message } });
const calls = (method: string) =>
  host.requests.filter((request) => request.startsWith(`${method} /session/`));
const arrived = () => host.sent.map((attachments) => attachments.map(({ content }) => content.length));

const CODES = ['ErrorItemNotFound', 'ErrorInternalServerError', 'generalException', 'SomethingNew'];
const RANGES = [
  ['-5'],
  ['99999999'],
  ['abc'],
  [],
  ['0'],
  ['3997696'],
  ['4500000'],
  ['0-99', '200-'],
  [7],
  'none',
];
const body = fc.oneof(
  fc.constantFrom(undefined, '', '<p>busy', '{}', '{"nextExpectedRanges":["'),
  fc.constantFrom(...CODES).map((code) => saying(code)),
  fc.constantFrom(...RANGES).map((nextExpectedRanges) => JSON.stringify({ nextExpectedRanges })),
);
const status = fc.constantFrom(
  ...[
    undefined,
    200,
    200,
    200,
    201,
    202,
    204,
    302,
    400,
    401,
    403,
    404,
    404,
    408,
    408,
    409,
    410,
    412,
    413,
    416,
  ],
  ...[429, 500, 502, 503, 504, 507],
);
const fate: fc.Arbitrary<UploadFate> = fc
  .record({ status, carriedOut: fc.boolean(), body })
  .map(({ body: text, ...rest }) => (text === undefined ? rest : { ...rest, body: text }));
const isUnsure = (said = 500) => said < 300 || said === 408 || said >= 500;
const script = fc.record({
  // Most questions come up with two ranges; three take twice as long.
  size: fc.constantFrom(ONE, ONE, TWO, TWO, TWO, THREE),
  attempts: fc.integer({ min: 1, max: 4 }),
  puts: fc.array(fc.option(fate), { maxLength: 6 }),
  asks: fc.array(fc.option(fate), { maxLength: 4 }),
  opens: fc.array(fc.option(fate, { freq: 1 }), { maxLength: 2 }),
  isShown: fc.boolean(),
  spelling: fc.constantFrom(
    (next: number, _: number) => ({ nextExpectedRanges: [`${next}`] }),
    (next: number) => ({ NextExpectedRanges: [`${next}-`] }),
    (next: number, size: number) => ({ nextExpectedRanges: [`${next}-${size - 1}`], expirationDateTime: '' }),
    (next: number) => ({ nextExpectedRanges: [next] }),
  ),
});

test('an attachment is sent once and whole, or nothing is sent, whatever the host answers', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ size, attempts, puts, asks, opens, isShown, spelling }) => {
      host.reset();
      host.spelled = spelling;
      host.showsAttachments = isShown;
      const left = { put: [...puts], ask: [...asks], open: [...opens] };
      host.fate = (step, isLast) => {
        const next = left[step].shift() ?? undefined;
        if (!next || !isLast) return next;
        // The documented success of the last range is believed; a refusal is, unless the draft shows otherwise.
        if (next.status === 201) return undefined;
        return isShown || isUnsure(next.status) ? next : { ...next, carriedOut: false };
      };
      const error = await failureOf(send(size, { retry: { attempts, maxDelay: 1 } }));
      expect(host.requests.length).toBeLessThan(150);
      if (error) {
        expect(host.sent).toEqual([]);
        expect(error).toMatchObject({ name: 'GraphTransportError', ambiguous: false });
      } else {
        expect(host.sent).toHaveLength(1);
        const [attachments = []] = host.sent;
        expect(attachments.map(({ name }) => name)).toEqual(['plan.bin']);
        expect(attachments[0]?.content.equals(contents.get(size) ?? Buffer.alloc(0))).toBe(true);
      }
      expect([...host.drafts.keys()]).toEqual([]);
    }),
    { numRuns: Number(process.env.UPLOAD_RUNS ?? 60) },
  );
}, 120_000);

describe('the last range, carried out', () => {
  const fates = [200, 202, 404, 408, 410, 429, 500, 502, 503, 504, undefined];

  test.each(fates.flatMap((said) => [ONE, TWO].map((size) => [said, size] as const)))(
    'and answered with %s, attaches one copy of %s bytes',
    async (said, size) => {
      answer('put', { status: said, carriedOut: true }, { times: 1, last: true });
      await send(size);
      expect(arrived()).toEqual([[size]]);
      // The draft shows that it is there, so that nothing is uploaded a second time.
      expect(host.sessionsOpened).toBe(1);
      expect(calls('PUT')).toHaveLength(size === ONE ? 1 : 2);
    },
  );

  test.each([200, 202, 408, 500, 504, undefined])(
    'and answered with %s, attaches one copy though the draft does not show it: the draft is made again',
    async (said) => {
      host.showsAttachments = false;
      answer('put', { status: said, carriedOut: true }, { times: 1, last: true });
      await send(TWO);
      expect(arrived()).toEqual([[TWO]]);
      expect(host.requests.filter((request) => /^POST .*\/messages$/.test(request))).toHaveLength(2);
    },
  );

  test.each([
    [ONE, '["7"]'],
    [ONE, '[7]'],
    [ONE, '["3000000"]'],
    [TWO, '["3997697"]'],
    [TWO, '["3999999-"]'],
  ])('and answered with 200 as if %s bytes were there up to %s, attaches one copy', async (size, ranges) => {
    host.showsAttachments = false;
    const body = `{"nextExpectedRanges":${ranges}}`;
    answer('put', { status: 200, carriedOut: true, body }, { times: 1, last: true });
    await send(size);
    expect(arrived()).toEqual([[size]]);
  });

  test('and no answer, is looked for on the draft once the session has all', async () => {
    host.fate = (step) =>
      step === 'put'
        ? { status: undefined, carriedOut: true }
        : step === 'ask'
          ? { status: 200, carriedOut: false, body: '{"nextExpectedRanges":[]}' }
          : undefined;
    await send(ONE);
    expect(arrived()).toEqual([[ONE]]);
    expect(calls('PUT')).toHaveLength(1);
  });

  test('is not taken for there because another attachment has its name', async () => {
    let puts = 0;
    host.fate = (step) => {
      if (step === 'put' && ++puts === 2) return { status: 500, carriedOut: false };
      return step === 'ask' && puts === 2 ? { status: 404, carriedOut: false } : undefined;
    };
    const attachment = { filename: 'plan.bin', content: contents.get(ONE) };
    await send(ONE, {}, [attachment, attachment]);
    expect(arrived()).toEqual([[ONE, ONE]]);
  });

  test('and answered with 200 every time, as for anything that is created', async () => {
    answer('put', { status: 200, carriedOut: true, body: '{"nextExpectedRanges":[]}' }, { last: true });
    await send(TWO);
    expect(arrived()).toEqual([[TWO]]);
  });

  test('and not carried out, though answered with 200, is sent again', async () => {
    answer('put', { status: 200, carriedOut: false }, { times: 1, last: true });
    await send(TWO);
    expect(arrived()).toEqual([[TWO]]);
    expect(host.sessionsOpened).toBe(1);
  });
});

test('201 before the last range is no success: what is missing is sent', async () => {
  answer('put', { status: 201, carriedOut: true }, { times: 1 });
  await send(THREE);
  expect(arrived()).toEqual([[THREE]]);
});

test.each([201, 200])('%s for a file that ends early sends no part of it', async (said) => {
  const body = '{"nextExpectedRanges":[]}';
  answer('put', { status: said, carriedOut: true, endsEarly: true, body }, { times: 1 });
  await send(THREE);
  expect(arrived()).toEqual([[THREE]]);
});

describe('a session', () => {
  test.each([404, 410, 401])('that always answers %s is opened three times', async (said) => {
    answer('put', { status: said, carriedOut: false, body: saying('InvalidAudienceForResource') });
    await expect(send(TWO)).rejects.toMatchObject({
      retryable: true,
      responseCode: said,
      graphCode: 'InvalidAudienceForResource',
      message: expect.stringContaining('3 times'),
    });
    expect(host.sessionsOpened).toBe(3);
    expect(host.sent).toEqual([]);
  });

  test('that wants the same range for ever is given up after so many attempts', async () => {
    answer('put', { status: 200, carriedOut: false, body: '{"nextExpectedRanges":["0-"]}' });
    await expect(send(TWO)).rejects.toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
      responseCode: 200,
    });
    expect(calls('PUT')).toHaveLength(3);
  });

  test('that goes back and forth for ever is given up as well', async () => {
    let asked = 0;
    host.fate = (step) =>
      step === 'ask'
        ? { status: 200, carriedOut: false, body: '{"nextExpectedRanges":["0"]}' }
        : step === 'put' && ++asked % 2 === 1
          ? { status: 200, carriedOut: false, body: '{"nextExpectedRanges":["3997696"]}' }
          : step === 'put'
            ? { status: 500, carriedOut: false }
            : undefined;
    await expect(send(THREE)).rejects.toMatchObject({ retryable: true });
    expect(calls('PUT').length).toBeLessThan(12);
  });

  test.each(['["-5"]', '["abc"]', '["99999999"]', '["0-99","200-"]', '"0-"'])(
    'that expects the ranges %s is an error that says so',
    async (ranges) => {
      answer('put', { status: 200, carriedOut: false, body: `{"nextExpectedRanges":${ranges}}` });
      await expect(send(TWO)).rejects.toMatchObject({
        retryable: true,
        message: expect.stringContaining(`${ranges}, which cannot be`),
      });
      expect(host.sent).toEqual([]);
    },
  );

  test('that is throttled is asked again where it stands, later', async () => {
    let asked = 0;
    host.fate = (step) => {
      if (step === 'put' && calls('PUT').length === 1) return { status: 500, carriedOut: true };
      return step === 'ask' && ++asked === 1 ? { status: 429, carriedOut: false } : undefined;
    };
    await send(TWO);
    expect(arrived()).toEqual([[TWO]]);
    expect(calls('GET')).toHaveLength(2);
    expect(calls('PUT')).toHaveLength(2);
  });

  test('is asked where it stands when a range does not fit', async () => {
    answer('put', { status: 416, carriedOut: true, body: saying('fragmentOverlap') }, { times: 1 });
    await send(TWO);
    expect(arrived()).toEqual([[TWO]]);
    expect(calls('PUT')).toHaveLength(2);
  });
});

describe('what the upload host says is read', () => {
  const refuse = (said: number, code: string, headers = {}) =>
    answer('put', {
      status: said,
      carriedOut: false,
      body: saying(code, 'The host says why.'),
      headers: { 'request-id': 'request-id-of-the-host', ...headers },
    });

  test.each([
    [413, 'ErrorMessageSizeExceeded', 'EMESSAGE', /35 MB/],
    [400, 'ErrorMessageSizeExceeded', 'EMESSAGE', /35 MB/],
    [507, 'ErrorQuotaExceeded', 'EMESSAGE', /full/],
    [403, 'ErrorQuotaExceeded', 'EMESSAGE', /full/],
    [400, 'malwareDetected', 'EMESSAGE', /malware/],
    [403, 'ErrorAccessDenied', 'EAUTH', /permission/],
  ])('%s %s is final, with code, hint and request id', async (said, graphCode, code, hint) => {
    refuse(said, graphCode);
    await expect(send(TWO)).rejects.toMatchObject({
      code,
      graphCode,
      responseCode: said,
      retryable: false,
      ambiguous: false,
      requestId: 'request-id-of-the-host',
      response: `${said} ${graphCode} The host says why`,
      hint: expect.stringMatching(hint),
      link: expect.stringContaining('https://'),
      message: expect.stringContaining('Uploading the attachment "plan.bin" failed'),
    });
    expect(calls('PUT')).toHaveLength(1);
  });

  test('429 pauses the mailbox, is a matter of time, and tells for how long', async () => {
    const warn = jest.fn();
    const quiet = () => undefined;
    refuse(429, 'ApplicationThrottled', { 'retry-after': '7' });
    await expect(
      send(TWO, { logger: { trace: quiet, debug: quiet, info: quiet, warn, error: quiet, fatal: quiet } }),
    ).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      retryable: true,
      graphCode: 'ApplicationThrottled',
      retryAfter: 7000,
    });
    expect(warn.mock.calls[0]?.[0]).toMatchObject({ tnx: 'throttled' });
  });

  test('429 without a number tells of a wait of half a minute, and of the attempts', async () => {
    refuse(429, 'ApplicationThrottled');
    await expect(send(TWO, { retry: { attempts: 2, maxDelay: 1 } })).rejects.toMatchObject({
      retryAfter: 30_000,
      hint: expect.stringContaining('It was tried 2 times'),
    });
  });

  test('500 without end can be tried again later', async () => {
    refuse(500, 'ErrorInternalServerError');
    await expect(send(TWO)).rejects.toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
      graphCode: 'ErrorInternalServerError',
      requestId: 'request-id-of-the-host',
      hint: expect.not.stringContaining('Sent Items'),
    });
  });

  test.each([
    ['as it is', (url: string) => url],
    ['with the escapes of JSON', (url: string) => url.replaceAll('/', '\\/')],
    ['in capitals', (url: string) => url.toUpperCase()],
    ['decoded', (url: string) => decodeURIComponent(url)],
    ['decoded, with the escapes of JSON', (url: string) => decodeURIComponent(url).replaceAll('/', '\\/')],
    ['its token alone, encoded', (url: string) => url.replace(/.*authtoken=/, '')],
    ['its token alone', (url: string) => decodeURIComponent(url.replace(/.*authtoken=/, ''))],
  ])(
    'but the upload URL is kept out of errors and logs, though the host repeats it: %s',
    async (_, written) => {
      const key = () =>
        [...host.requests]
          .reverse()
          .find((request) => request.startsWith('PUT'))
          ?.slice(13) ?? '';
      host.fate = (step) => {
        if (step !== 'put') return undefined;
        const url = `${host.url}/session/${key()}?authtoken=token%2Fof%2F${key()}`;
        const text = `{"error":{"code":"ErrorInvalidRequest","message":"No ${written(url)} here.","innerError":{"code":"${key()}"}}}`;
        return { status: 400, carriedOut: false, body: text };
      };
      const lines: string[] = [];
      const log = (...line: unknown[]) => lines.push(inspect(line, { depth: 12, showHidden: true }));
      const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
      const error = await failureOf(send(TWO, { logger, debug: true }));
      expect(key()).toMatch(/^secret-/);
      expect(error?.message).toContain('plan.bin');
      const said = `${inspect(error, { depth: 12, showHidden: true })} ${lines.join()}`.toLowerCase();
      expect(said).not.toContain(key());
      expect(said).not.toMatch(/token(?:\/|%2f)of/);
    },
  );
});

test.each(['ftp://localhost/x', 'http://elsewhere.example/x', 'file:///etc/passwd', 'not a URL', ''])(
  'nothing goes to an upload URL such as %j',
  async (uploadUrl) => {
    answer('open', { status: 201, carriedOut: false, body: JSON.stringify({ uploadUrl }) });
    await expect(send(TWO)).rejects.toMatchObject({
      message: expect.stringContaining('no usable upload URL'),
      hint: expect.stringMatching(
        /^Does a proxy or gateway change Graph's answers\?.* times\. Nothing was sent\.$/,
      ),
    });
    expect(calls('PUT')).toEqual([]);
    expect(host.sent).toEqual([]);
  },
);
