import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { HttpResponse, http, type RequestHandler } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { ECHOES } from '../support/echoes';
import { fc } from '../support/fast-check';
import { type GraphWire, sendMailUrl, startGraphWire, tokenUrl } from '../support/graph-wire';
import { CONTROLLER } from '../support/in-process';
import { IDENTITY } from '../support/options';

let wire: GraphWire;
beforeAll(async () => {
  wire = await startGraphWire();
});
afterAll(() => wire.close());

const mailboxUrl = 'https://graph.microsoft.com/v1.0/users/:user';

/** All that a transport sends and that opens a door. */
interface Known {
  secret: string;
  token: string;
  uploadUrl: string;
  authToken: string;
}

const word = fc.stringMatching(/^[\w.~-]{20,40}$/);
const known: fc.Arbitrary<Known> = fc
  .record({ secret: word, token: word, authToken: word, path: fc.uuid() })
  .map(({ path, ...words }) => ({
    ...words,
    uploadUrl: `https://uploads.example.com/${path}?authtoken=${words.authToken}&n=1`,
  }));

/** An Entra, a Graph and an upload session that are well, for these secrets. */
function wellHandlers({ token, uploadUrl }: Known): RequestHandler[] {
  return [
    http.post(tokenUrl, () =>
      HttpResponse.json({ token_type: 'Bearer', expires_in: 3599, access_token: token }),
    ),
    http.post(`${mailboxUrl}/messages`, () => HttpResponse.json({ id: 'draft' }, { status: 201 })),
    http.post(`${mailboxUrl}/messages/:id/attachments/createUploadSession`, () =>
      HttpResponse.json({ uploadUrl }, { status: 201 }),
    ),
    http.put(uploadUrl.replace(/\?.*/, ''), () => new HttpResponse(null, { status: 201 })),
    http.get(uploadUrl.replace(/\?.*/, ''), () => new HttpResponse(null, { status: 404 })),
    http.delete(uploadUrl.replace(/\?.*/, ''), () => new HttpResponse(null, { status: 204 })),
    http.post(`${mailboxUrl}/messages/:id/send`, () => new HttpResponse(null, { status: 202 })),
    http.delete(`${mailboxUrl}/messages/:id`, () => new HttpResponse(null, { status: 204 })),
  ];
}

/** A text for a header: one line of ASCII. */
const inHeader = (text: string) => text.replace(/[^ -~]/g, '?').trim();

/** Answers that echo something, of everybody that is asked for something. */
const ANSWERS: Record<string, (echo: string, known: Known) => RequestHandler> = {
  'Entra in a refusal': (echo) =>
    http.post(tokenUrl, () =>
      HttpResponse.json(
        {
          error: 'invalid_client',
          error_description: `AADSTS7000215: Wrong: ${echo}. Trace ID: 0c1d`,
          error_codes: [7000215],
        },
        { status: 401 },
      ),
    ),
  'Entra in a refusal that is not known': (echo) =>
    http.post(tokenUrl, () =>
      HttpResponse.json(
        { error: echo, error_description: echo, suberror: echo, claims: echo },
        { status: 400 },
      ),
    ),
  'Entra in an id': (echo) =>
    http.post(tokenUrl, () =>
      HttpResponse.json(
        {
          error: 'invalid_client',
          error_description: 'AADSTS7000222: No.',
          error_codes: [7000222],
          trace_id: echo,
        },
        { status: 401, headers: { 'x-ms-request-id': inHeader(echo), 'retry-after': inHeader(echo) } },
      ),
    ),
  'a gateway before Entra, on its page': (echo) =>
    http.post(tokenUrl, () =>
      HttpResponse.html(`<html><body>You asked: ${echo}</body></html>`, { status: 403 }),
    ),
  'a gateway before Entra, that is well': (echo) =>
    http.post(tokenUrl, () => HttpResponse.text(`You asked: ${echo}`, { status: 200 })),
  'a gateway before Entra, out of order': (echo) =>
    http.post(tokenUrl, () =>
      HttpResponse.text(echo, { status: 502, headers: { 'x-ms-request-id': inHeader(echo) } }),
    ),
  'Graph in a message': (echo) =>
    http.post(sendMailUrl, () =>
      HttpResponse.json({ error: { code: 'ErrorSendAsDenied', message: `Wrong: ${echo}` } }, { status: 403 }),
    ),
  'Graph in a long message': (echo) =>
    http.post(sendMailUrl, () =>
      HttpResponse.json({ error: { code: 'X', message: `${'x'.repeat(470)} ${echo}` } }, { status: 400 }),
    ),
  'Graph in a code': (echo) =>
    http.post(sendMailUrl, () =>
      HttpResponse.json(
        { error: { code: 'X', message: 'No.', innerError: { code: echo } } },
        { status: 400 },
      ),
    ),
  'Graph in headers': (echo) =>
    http.post(
      sendMailUrl,
      () =>
        new HttpResponse(null, {
          status: 400,
          headers: {
            'request-id': inHeader(echo),
            'client-request-id': inHeader(echo),
            'retry-after': inHeader(echo),
          },
        }),
    ),
  'Graph in the headers of a success': (echo) =>
    http.post(
      sendMailUrl,
      () => new HttpResponse(null, { status: 202, headers: { 'request-id': inHeader(echo) } }),
    ),
  'Graph in a challenge': (echo) =>
    http.post(sendMailUrl, () =>
      HttpResponse.json(
        { error: { code: 'InvalidAuthenticationToken', message: echo } },
        {
          status: 401,
          headers: { 'www-authenticate': `Bearer realm="${inHeader(echo)}", error="${inHeader(echo)}"` },
        },
      ),
    ),
  'a gateway before Graph, on its page': (echo) =>
    http.post(sendMailUrl, () => HttpResponse.html(`<html>Your headers: ${echo}</html>`, { status: 403 })),
  'Graph with a page in its message': (echo) =>
    http.post(sendMailUrl, () =>
      HttpResponse.json(
        { error: { code: 'UnknownError', message: `<html>Your headers: ${echo}</html>` } },
        { status: 404 },
      ),
    ),
  'Graph that throttles': (echo) =>
    http.post(sendMailUrl, () =>
      HttpResponse.json(
        { error: { code: 'ApplicationThrottled', message: echo } },
        { status: 429, headers: { 'retry-after': '0' } },
      ),
    ),
  'Graph in an id, and then the upload fails': (echo, { uploadUrl }) =>
    http.put(uploadUrl.replace(/\?.*/, ''), () =>
      HttpResponse.text(echo, { status: 400, headers: { 'request-id': inHeader(echo) } }),
    ),
  'Graph when the draft is sent': (echo) =>
    http.post(`${mailboxUrl}/messages/:id/send`, () =>
      HttpResponse.json(
        { error: { code: 'ErrorAccessDenied', message: echo } },
        { status: 403, headers: { 'request-id': inHeader(echo) } },
      ),
    ),
};

const CHANNELS = ['send:start', 'send:end', 'send:error', 'send:asyncEnd', 'retry', 'throttled', 'queue'].map(
  (name) =>
    /^send/.test(name) ? `tracing:nodemailer-graph-transport:${name}` : `nodemailer-graph-transport:${name}`,
);

/** Just large enough to be uploaded. */
const plan = { filename: 'plan.bin', content: Buffer.alloc(3_000_001) };

/**
 * All that comes out of the transport: errors, log lines and events, of a small and a large message and of a check.
 *
 * @param isLarge whether a large one is sent, too: that costs more than all the rest
 */
async function outcomesOf(options: GraphTransportOptions, isLarge = true): Promise<string[]> {
  const said: unknown[] = [];
  const log = (...entry: unknown[]) => said.push(entry);
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  const transport = graphTransport({
    ...IDENTITY,
    logger,
    debug: true,
    retry: { attempts: 2, maxDelay: 1 },
    ...options,
  });
  const transporter = nodemailer.createTransport(transport);
  const message = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };
  const listen = (event: unknown) => said.push(event);
  for (const name of CHANNELS) subscribe(name, listen);
  for (const work of [
    () => transporter.sendMail(message),
    ...(isLarge ? [() => transporter.sendMail({ ...message, attachments: [plan] })] : []),
    () => transport.check(),
    () => transport.verify(),
  ]) {
    said.push(await work().catch((error: unknown) => error));
  }
  await transport.close();
  for (const name of CHANNELS) unsubscribe(name, listen);
  return said.flatMap((one) => [
    inspect(one, { depth: Infinity, showHidden: true, maxStringLength: Infinity }),
    JSON.stringify(one) ?? '',
    one instanceof Error ? `${one}\n${one.stack}\n${one.message}` : '',
  ]);
}

/** The letters alone: where lines are broken, and what stands between, is no matter. */
function expectNothingOf(
  said: string[],
  { secret, token, uploadUrl, authToken }: Known,
  echo?: string,
): void {
  const secrets = [secret, token, uploadUrl, authToken, echo].flatMap((one) => one || []);
  expect(said.filter((text) => secrets.some((one) => text.includes(one)))).toEqual([]);
}

const echoes = fc.constantFrom(...Object.values(ECHOES));
const filler = fc.stringMatching(/^[a-z ]{0,20}$/);

/** Whether it is asked only when a large message is sent. */
const isOfDraft = (who: string) => who.includes('upload') || who.includes('draft');

/** What the one who answers may have seen by then. */
function seenBy(who: string): (keyof Known)[] {
  if (who.includes('Entra')) return ['secret'];
  return isOfDraft(who) ? ['secret', 'token', 'uploadUrl', 'authToken'] : ['secret', 'token'];
}

test.each(Object.entries(ANSWERS))(
  '%s may echo what it likes: no error and no log line tells of it',
  async (who, answer) => {
    const which = fc.constantFrom(...seenBy(who));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(known, which, echoes, filler, filler, async (all, name, echoOf, before, after) => {
        wire.reset();
        const echo = echoOf(all[name], before, after);
        wire.use(answer(echo, all), ...wellHandlers(all));
        const options = { dispatcher: wire.dispatcher, clientSecret: all.secret };
        expectNothingOf(await outcomesOf(options, isOfDraft(who) || run++ % 4 === 0), all, echo);
      }),
      { numRuns: 8 },
    );
  },
);

test('an error of the connection may tell whatever was sent, however deep in it', async () => {
  await fc.assert(
    fc.asyncProperty(
      known,
      echoes,
      filler,
      fc.integer({ min: 0, max: 3 }),
      async (all, echoOf, before, depth) => {
        wire.reset();
        wire.use(...wellHandlers(all));
        /** Fails each request as a client does that puts the request into its errors. */
        const telling = (fails: (path: string) => boolean) =>
          wire.dispatcher.compose((dispatch) => (request, handler) => {
            if (!fails(request.path)) return dispatch(request, handler);
            const told = `${request.origin}${request.path} ${JSON.stringify(request.headers)} ${request.body}`;
            const echo = Object.values(all)
              .map((one) => echoOf(one, before, ''))
              .join(' ');
            let error: Error = Object.assign(new Error(`${told} ${echo}`), {
              request: { url: told, headers: [echo] },
            });
            for (let n = 0; n < depth; n++) error = new Error(`level ${n}`, { cause: error });
            handler.onResponseError?.(CONTROLLER, error);
            return true;
          });
        const { pathname } = new URL(all.uploadUrl);
        for (const fails of [
          (path: string) => path.includes('/oauth2/'),
          (path: string) => path.endsWith('/sendMail'),
          (path: string) => path.startsWith(pathname),
        ]) {
          const options = { dispatcher: telling(fails), clientSecret: all.secret };
          const said = await outcomesOf(options, fails(pathname));
          const sent = fails(pathname) ? all : { ...all, uploadUrl: '', authToken: '' };
          expectNothingOf(said, fails('/oauth2/') ? { ...sent, token: '' } : sent);
        }
      },
    ),
    { numRuns: 8 },
  );
});

test("a caller's own functions may fail with what they know", async () => {
  await fc.assert(
    fc.asyncProperty(known, async (all) => {
      wire.reset();
      wire.use(...wellHandlers(all));
      const fail = () => {
        throw Object.assign(new Error(`vault said ${all.secret}`), { config: { secret: all.secret } });
      };
      const { secret } = all;
      const options = { dispatcher: wire.dispatcher, clientSecret: secret };
      const byNobody = await outcomesOf({ ...options, userId: fail }, false);
      expectNothingOf(byNobody, { ...all, token: secret });
      let asked = 0;
      wire.use(ANSWERS['Entra in a refusal']?.(secret, all) ?? http.all('*', () => undefined));
      const once = () => (asked++ === 0 ? secret : fail());
      expectNothingOf(await outcomesOf({ ...options, clientSecret: once }, false), all);
    }),
    { numRuns: 8 },
  );
});

test('what stands for a secret is told, and the rest of what was said', async () => {
  const { secret } = { secret: 'Abc8Q~canary-canary-canary-canary-canary' };
  wire.reset();
  wire.use(
    http.post(tokenUrl, () =>
      HttpResponse.json(
        {
          error: 'invalid_client',
          error_description: `AADSTS7000215: Wrong secret ${secret} given.`,
          error_codes: [7000215],
        },
        { status: 401 },
      ),
    ),
  );
  const transport = graphTransport({ ...IDENTITY, clientSecret: secret, dispatcher: wire.dispatcher });
  await expect(transport.verify()).rejects.toMatchObject({
    code: 'EAUTH',
    graphCode: 'AADSTS7000215',
    response: expect.stringContaining('Wrong secret [secret] given'),
    message: expect.stringContaining('Wrong secret [secret] given'),
  });
});

test('what a service says is cut in length', async () => {
  wire.reset();
  const long = 'abc '.repeat(200_000);
  wire.use(
    http.post(sendMailUrl, () =>
      HttpResponse.json({ error: { code: long, message: long } }, { status: 400 }),
    ),
  );
  const said = await outcomesOf({ dispatcher: wire.dispatcher });
  wire.use(
    http.post(tokenUrl, () =>
      HttpResponse.json({ error: 'x', error_description: long.slice(0, 400_000) }, { status: 400 }),
    ),
  );
  said.push(...(await outcomesOf({ dispatcher: wire.dispatcher })));
  for (const text of said) expect(text.length).toBeLessThan(40_000);
});

test('a secret is struck out before white space, tags and what is too long are taken out of a text', async () => {
  const secret = 'canary  secret<b>of</b> somebody';
  wire.reset();
  const html = `<html>${secret}</html>`;
  for (const message of [html, secret, `${'x'.repeat(490)} ${secret}`]) {
    wire.use(
      http.post(sendMailUrl, () => HttpResponse.json({ error: { code: secret, message } }, { status: 400 })),
    );
    const said = await outcomesOf({ dispatcher: wire.dispatcher, clientSecret: secret });
    expect(said.filter((text) => /canary|of somebody/.test(text))).toEqual([]);
  }
  for (const words of [secret, `${'x'.repeat(1970)} ${secret}`]) {
    wire.use(
      http.post(tokenUrl, () =>
        HttpResponse.json({ error: 'x', error_description: `AADSTS7000215: ${words}` }, { status: 401 }),
      ),
    );
    const said = await outcomesOf({ dispatcher: wire.dispatcher, clientSecret: secret });
    expect(said.filter((text) => /canary|of somebody/.test(text))).toEqual([]);
  }
});

test('a listener that throws a secret does not bring it into the log', async () => {
  wire.reset();
  const all = {
    secret: 'canary~secret~1',
    token: 'canary~token~1',
    uploadUrl: 'https://uploads.example.com/canary-of-url',
  };
  wire.use(...wellHandlers({ ...all, authToken: '' }));
  const lines: string[] = [];
  const log = (...entry: unknown[]) => lines.push(inspect(entry, { depth: Infinity, showHidden: true }));
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  const transport = graphTransport({
    ...IDENTITY,
    clientSecret: all.secret,
    dispatcher: wire.dispatcher,
    logger,
  });
  transport.on('progress', () => {
    throw new Error(`No: ${all.secret} ${all.token} ${all.uploadUrl}`);
  });
  await nodemailer.createTransport(transport).sendMail({ to: 'ann@example.com', attachments: [plan] });
  expect(lines.join()).toContain('A listener of the transport threw');
  expect(lines.join()).not.toContain('canary');
});

describe('options that are wrong', () => {
  const OPTIONS = [
    ...[
      'tenantId',
      'userId',
      'authorityHost',
      'graphEndpoint',
      'from',
      'replyTo',
      'format',
      'delivery',
      'lossy',
    ],
    ...[
      'cloud',
      'proxy',
      'component',
      'maxConnections',
      'timeout',
      'rateLimit',
      'clientSecretFile',
      'debug',
      'tls',
    ],
    ...['retry', 'logger', 'dispatcher', 'credential', 'saveToSentItems'],
  ];
  function failureOf(given: object): unknown {
    try {
      graphTransport({ ...IDENTITY, userId: undefined, ...given });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  test.each(OPTIONS)('quote no secret, given as %s', (name) => {
    fc.assert(
      fc.property(word, (secret) => {
        fc.pre(/[^a-z_]/i.test(secret));
        for (const value of [secret, { attempts: secret }, { ca: secret }, [secret], { [secret]: 1 }]) {
          for (const own of [{}, { clientSecret: secret }]) {
            const given: object = { ...own, [name]: value };
            expect(inspect(failureOf(given), { depth: Infinity, showHidden: true })).not.toContain(secret);
          }
        }
      }),
      { numRuns: 4 },
    );
  });

  test.each([{ format: 'canary-10c' }, { timeout: 'canary-10c' }, { from: 'canary-10c@example.com, x' }])(
    'quote no short secret either, where it is known: %j',
    (wrong: object) => {
      expect(() => graphTransport({ ...IDENTITY, ...wrong, clientSecret: 'canary-10c' })).toThrow(
        expect.objectContaining({ code: 'ECONFIG', message: expect.not.stringContaining('canary') }),
      );
    },
  );

  test('quote no secret in the options of a message', async () => {
    const names = fc.constantFrom(
      'format',
      'delivery',
      'importance',
      'categories',
      'userId',
      'lossy',
      'other',
    );
    await fc.assert(
      fc.asyncProperty(word, names, async (secret, name) => {
        fc.pre(/[^a-z_]/i.test(secret));
        const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher, clientSecret: secret });
        const graph: object = name === 'other' ? { [secret]: 1 } : { [name]: `${secret}\n,` };
        const error: unknown = await nodemailer
          .createTransport(transport)
          .sendMail({ to: 'ann@example.com', text: 'Hello', graph })
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'ECONFIG' });
        expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(secret);
      }),
    );
  });
});
