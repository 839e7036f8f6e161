import { format, inspect } from 'node:util';
import { HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransportError, type GraphTransportOptions, graphTransport } from '../../src/index';
import {
  entraRefuses,
  graphRefuses,
  sendMailUrl,
  TOKEN,
  tokenUrl,
  useGraphWire,
} from '../support/graph-wire';
import { IDENTITY, MAILBOX, SECRET } from '../support/options';

const wire = useGraphWire();

const lines: string[] = [];
const log = (entry: object, message?: string, ...args: unknown[]) =>
  lines.push(inspect([entry, message, args], { depth: 12, showHidden: true }));
const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };

/** The error of a send that must fail. */
async function failureOf(options: GraphTransportOptions = {}): Promise<GraphTransportError> {
  const transport = graphTransport({
    ...IDENTITY,
    logger,
    dispatcher: wire.dispatcher,
    retry: { attempts: 1 },
    ...options,
  });
  const transporter = nodemailer.createTransport(transport);
  return transporter
    .sendMail({ from: 'ceo@contoso.example', to: 'ann@example.com', text: 'body-canary' })
    .then(
      () => {
        throw new Error('the send went through');
      },
      (error: GraphTransportError) => error,
    );
}

test('explains ErrorSendAsDenied in the error itself', async () => {
  wire.use(
    graphRefuses(
      403,
      'ErrorSendAsDenied',
      'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account., Cannot submit message.',
    ),
  );
  const error = await failureOf();
  expect(error).toMatchObject({
    name: 'GraphTransportError',
    code: 'EENVELOPE',
    responseCode: 403,
    graphCode: 'ErrorSendAsDenied',
    requestId: MAILBOX.requestId,
    clientRequestId: wire.sends()[0]?.headers.get('client-request-id'),
    hint: expect.stringMatching(/Set From to that mailbox.*Send As/),
    response: expect.stringMatching(/^403 ErrorSendAsDenied The user account/),
    retryable: false,
    ambiguous: false,
    link: 'https://learn.microsoft.com/graph/outlook-send-mail-from-other-user',
  });
  expect(String(error)).toContain('Set From to that mailbox');
  expect(String(error)).toContain(MAILBOX.requestId);
  expect(String(error)).toMatch(
    / See https:\/\/learn\.microsoft\.com\/graph\/outlook-send-mail-from-other-user$/,
  );
});

test.each([
  [403, 'ErrorAccessDenied', 'EAUTH', /application permission Mail\.Send.*admin consent/],
  [403, 'NoPermissionsInAccessToken', 'EAUTH', /application permission Mail\.Send/],
  [404, 'ErrorInvalidUser', 'EENVELOPE', /object id or the user principal name/],
  [404, 'ResourceNotFound', 'EENVELOPE', /object id or the user principal name/],
  [404, 'MailboxNotEnabledForRESTAPI', 'EENVELOPE', /licensed Exchange Online mailbox/],
  [404, 'ErrorMailboxNotEnabledForRESTAPI', 'EENVELOPE', /licensed Exchange Online mailbox/],
  [400, 'ErrorInvalidRecipients', 'EENVELOPE', /recipients/],
  [401, 'InvalidAuthenticationToken', 'EAUTH', /one cloud/],
  [400, 'ErrorMessageSizeExceeded', 'EMESSAGE', /MaxSendSize/],
])('answers %i %s with %s and what to do', async (status, graphCode, code, hint) => {
  wire.use(graphRefuses(status, graphCode, 'As the service put it.'));
  expect(await failureOf()).toMatchObject({
    code,
    graphCode,
    responseCode: status,
    hint: expect.stringMatching(hint),
    message: expect.stringContaining('As the service put it'),
  });
});

test.each([
  [401, 7000215, 'EAUTH', /value of the secret.*"Secret ID"/],
  [401, 7000222, 'EAUTH', /expired: make a new one/],
  [400, 700016, 'EAUTH', /No app with this clientId/],
  [400, 90002, 'EAUTH', /no such tenant/],
  [400, 90033, 'ECONNECTION', /send again later/],
])('answers %i AADSTS%i with %s and what to do', async (status, aadsts, code, hint) => {
  wire.use(entraRefuses(status, aadsts, 'As Entra put it.'));
  expect(await failureOf()).toMatchObject({
    name: 'GraphTransportError',
    code,
    graphCode: `AADSTS${aadsts}`,
    responseCode: status,
    requestId: MAILBOX.requestId,
    hint: expect.stringMatching(hint),
    link: expect.stringMatching(/^https:\/\/learn\.microsoft\.com\/entra\//),
    message: expect.stringContaining('As Entra put it.'),
    cause: expect.any(Error),
  });
  expect(wire.sends()).toEqual([]);
});

test.each([
  [401, 'EAUTH'],
  [404, 'EENVELOPE'],
  [408, 'ETIMEDOUT'],
  [418, 'EMESSAGE'],
  [429, 'ETIMEDOUT'],
  [500, 'ECONNECTION'],
  [503, 'ECONNECTION'],
  [504, 'ETIMEDOUT'],
])('goes by the status for an unknown code: %i is %s', async (status, code) => {
  wire.use(graphRefuses(status, 'SomethingNew', 'Never seen before.'));
  expect(await failureOf()).toMatchObject({ code, graphCode: 'SomethingNew', responseCode: status });
});

test('takes the most specific code that it knows, however Graph nests and spells it', async () => {
  const innererror = { code: 'sendAsDenied', message: 'inner' };
  wire.use(
    http.post(sendMailUrl, () =>
      HttpResponse.json(
        { error: { code: 'generalException', message: 'Outer.', innererror } },
        { status: 403 },
      ),
    ),
  );
  expect(await failureOf()).toMatchObject({ code: 'EENVELOPE', graphCode: 'sendAsDenied' });
});

test('passes on no token and no novel of an answer that echoes the request', async () => {
  wire.use(
    graphRefuses(400, 'BadRequest', `Sent: Authorization: Bearer ${TOKEN} ${'body-canary '.repeat(1000)}`),
  );
  const error = await failureOf();
  expect(String(error)).not.toContain(TOKEN);
  expect(error.message.length).toBeLessThan(1000);
});

test('survives an answer that is a web page', async () => {
  wire.use(http.post(sendMailUrl, () => HttpResponse.html('<h1>Blocked</h1>', { status: 403 })));
  expect(await failureOf()).toMatchObject({
    code: 'EAUTH',
    responseCode: 403,
    graphCode: undefined,
    hint: expect.stringContaining('proxy or gateway'),
  });
});

test('says that Graph did not answer when the connection breaks', async () => {
  wire.use(http.post(sendMailUrl, () => HttpResponse.error()));
  expect(await failureOf()).toMatchObject({
    code: 'ECONNECTION',
    message: expect.stringContaining('https://graph.microsoft.com'),
    cause: expect.objectContaining({ code: 'UND_ERR_SOCKET' }),
  });
});

test('says that Entra did not answer, though the credential hides why', async () => {
  wire.use(http.post(tokenUrl, () => HttpResponse.error()));
  expect(await failureOf()).toMatchObject({
    code: 'ECONNECTION',
    message: expect.stringMatching(/No answer from https:\/\/login\.microsoftonline\.com/),
  });
});

test('says that a connection was refused', async () => {
  const transport = { graphEndpoint: 'http://127.0.0.1:9', dispatcher: undefined };
  const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const { userId } = IDENTITY;
  const refused = nodemailer
    .createTransport(graphTransport({ userId, credential, retry: { attempts: 1 }, ...transport }))
    .sendMail({ to: 'ann@example.com' });
  await expect(refused).rejects.toMatchObject({
    code: 'ECONNECTION',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test("passes on what a caller's credential says", async () => {
  const credential = {
    getToken: async () => {
      throw new Error('ManagedIdentityCredential is unavailable');
    },
  };
  const error = await failureOf({
    credential,
    tenantId: undefined,
    clientId: undefined,
    clientSecret: undefined,
  });
  expect(error).toMatchObject({
    code: 'EAUTH',
    message: expect.stringContaining('ManagedIdentityCredential is unavailable'),
  });
});

test('hands callbacks the same error', (done) => {
  wire.use(graphRefuses(403, 'ErrorSendAsDenied', 'No.'));
  nodemailer
    .createTransport(graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher }))
    .sendMail({ to: 'ann@example.com' }, (error) => {
      expect(error).toMatchObject({ code: 'EENVELOPE', graphCode: 'ErrorSendAsDenied' });
      done();
    });
});

test('keeps secret, token and body out of every error and log line', async () => {
  lines.length = 0;
  const failures: Error[] = [];
  for (const handler of [
    graphRefuses(403, 'ErrorAccessDenied', 'No.'),
    graphRefuses(500, 'ErrorInternalServerError', 'No.'),
    http.post(sendMailUrl, () => HttpResponse.error()),
    entraRefuses(401, 7000215, 'No.'),
    http.post(tokenUrl, () => HttpResponse.error()),
    http.post(tokenUrl, () => HttpResponse.html('<html>', { status: 200 })),
  ]) {
    wire.reset();
    wire.use(handler);
    failures.push(await failureOf());
  }
  const said = [
    ...lines,
    ...failures.map((error) => inspect(error, { depth: 12, showHidden: true }) + JSON.stringify(error)),
  ].join('\n');
  expect(said).toContain('ErrorAccessDenied');
  for (const secret of [SECRET, encodeURIComponent(SECRET), TOKEN, 'body-canary', btoa('body-canary')]) {
    expect(said).not.toContain(secret);
  }
});

test('logs one line of information for a message that is accepted, and one error for one that is not', async () => {
  const entries: [level: string, entry: object, said: string][] = [];
  const at =
    (level: string) =>
    (entry: object, message?: string, ...args: unknown[]) =>
      entries.push([level, entry, format(message, ...args)]);
  const options = {
    logger: {
      trace: at('trace'),
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      fatal: at('fatal'),
    },
    component: 'billing',
  };
  await nodemailer
    .createTransport(graphTransport({ ...IDENTITY, ...options, dispatcher: wire.dispatcher }))
    .sendMail({ to: ['ann@example.com', 'bob@example.com'], subject: 'subject-canary' });
  wire.use(graphRefuses(403, 'ErrorAccessDenied', 'No.'));
  await failureOf(options);
  expect(entries.filter(([level]) => level !== 'debug')).toEqual([
    [
      'info',
      {
        component: 'billing',
        tnx: 'send',
        messageId: expect.stringMatching(/^<.+>$/),
        recipients: 2,
        route: 'json',
        bytes: expect.any(Number),
        attempts: 1,
        status: '202 Accepted',
        deduplicated: false,
        requestId: '6ed2ae40-0000-4000-8000-000000000001',
        ms: expect.any(Number),
      },
      expect.stringMatching(
        /^Message <.+> for 2 recipients, \d+ bytes: 202 Accepted as json \(JSON carries it whole\), attempts 1, \d+ ms, request-id 6ed2/,
      ),
    ],
    [
      'error',
      expect.objectContaining({ component: 'billing', tnx: 'send', err: expect.any(Error) }),
      expect.stringMatching(/^Sending message <.+> failed: .*ErrorAccessDenied/),
    ],
  ]);
  expect(entries.filter(([level]) => level === 'debug').map(([, , said]) => said)).toEqual([
    expect.stringMatching(/^Sending message <.+> to <ann@example.com, bob@example.com>$/),
    expect.stringMatching(/^Sending message <.+> to <ann@example.com>$/),
  ]);
  expect(inspect(entries, { depth: 12 })).not.toContain('subject-canary');
});

test('logs each request, and none of its body, with debug', async () => {
  lines.length = 0;
  await nodemailer
    .createTransport(graphTransport({ ...IDENTITY, logger, debug: true, dispatcher: wire.dispatcher }))
    .sendMail({ to: 'ann@example.com', subject: 'subject-canary', text: 'body-canary' });
  const requests = lines.filter((line) => line.includes("tnx: 'http'"));
  expect(requests).toEqual([expect.stringMatching(/POST.*sendMail.*status: 202/s)]);
  expect(lines.join()).not.toMatch(/subject-canary|body-canary/);
});

const NEAR_HTML = '<!DOCTYPE html><html><head><title>404</title></head><body>File not found</body></html>';

test.each<[number, object, string, string]>([
  [403, { code: 'UnknownError', message: '' }, 'EAUTH', '403 UnknownError'],
  [404, { code: 'UnknownError', message: NEAR_HTML }, 'EENVELOPE', '404 UnknownError 404 File not found'],
  [401, { code: 'generalException', message: 'No.' }, 'EAUTH', '401 generalException No'],
  [400, { code: '', message: 'The mailbox is odd.' }, 'EMESSAGE', '400 The mailbox is odd'],
  [404, { code: '', message: 'Nothing here.' }, 'EENVELOPE', '404 Nothing here'],
  [403, { message: 'No entry.' }, 'EAUTH', '403 No entry'],
  [409, { code: 'ErrorCannotSendMessage', message: 'No.' }, 'EMESSAGE', '409 ErrorCannotSendMessage No'],
])('takes %i %j for a refusal that its status explains', async (status, error, code, response) => {
  wire.use(http.post(sendMailUrl, () => HttpResponse.json({ error }, { status })));
  const failure = await failureOf();
  expect(failure).toMatchObject({ code, response, responseCode: status, ambiguous: false, retryable: false });
  expect(failure.message).toContain(response);
  expect(failure.message).not.toMatch(/not one of Graph|</);
});

test('leaves in doubt what a 408 may have been', async () => {
  wire.use(graphRefuses(408, 'UnknownError', 'Too slow.'));
  expect(await failureOf()).toMatchObject({ ambiguous: true });
});

test('sends again what a passing 403 did not send', async () => {
  wire.use(graphRefuses(403, 'ErrorMessageTransientError', 'Please try again later.'));
  expect(await failureOf({ retry: { attempts: 2, maxDelay: 1 } })).toMatchObject({
    code: 'ECONNECTION',
    retryable: true,
    hint: expect.stringMatching(/send it again later.*tried 2 times/),
  });
  expect(wire.sends()).toHaveLength(2);
});

test('keeps the spelling of a code that it knows by another', async () => {
  wire.use(graphRefuses(403, 'send As  denied', 'No.'));
  expect(await failureOf()).toMatchObject({ code: 'EENVELOPE', graphCode: 'send As  denied' });
});

test('says what to do before what Entra says, and each of its ids once', async () => {
  wire.use(entraRefuses(401, 7000215, 'As Entra put it.\r\n'));
  const { message, response = '' } = await failureOf();
  expect(message).toMatch(
    /^No token from https:\/\/login\.microsoftonline\.com: AADSTS7000215\. clientSecret is wrong: .* See https.* Entra says: As Entra put it\. Trace ID: 0c1d Correlation ID: 2e3f Timestamp: 2026-11-23 10:00:00Z\.$/,
  );
  expect(message.match(/Trace ID|Correlation ID|Timestamp/g)).toHaveLength(3);
  expect(response).toBe(
    'AADSTS7000215: As Entra put it. Trace ID: 0c1d Correlation ID: 2e3f Timestamp: 2026-11-23 10:00:00Z',
  );
});

test('says of a code of Entra that it does not know what Entra says', async () => {
  wire.use(entraRefuses(400, 999_999, 'Never seen before.'));
  expect((await failureOf()).message).toMatch(
    /: AADSTS999999: Never seen before\. Trace ID: 0c1d Correlation ID: 2e3f Timestamp: 2026-11-23 10:00:00Z\.$/,
  );
});

test.each<[string, GraphTransportOptions, boolean]>([
  ['JSON with a copy', {}, true],
  ['JSON without one', { saveToSentItems: false }, false],
  ['MIME, which always leaves one', { format: 'mime' }, false],
])('advises to save no copy in a full mailbox only where that helps: %s', async (_, options, helps) => {
  wire.use(graphRefuses(507, 'ErrorQuotaExceeded', 'The mailbox is full.'));
  const { hint = '' } = await failureOf(options);
  expect(hint).toMatch(/free space/);
  expect(hint.includes('saveToSentItems')).toBe(helps);
});

test.each([408, 429, 500, 502, 503, 599])(
  'takes an Entra that answers %i for out of order',
  async (status) => {
    wire.use(http.post(tokenUrl, () => HttpResponse.text('', { status })));
    expect(await failureOf()).toMatchObject({
      code: 'ECONNECTION',
      responseCode: status,
      retryable: true,
      hint: expect.stringMatching(/Nothing was sent/),
    });
  },
);

test.each([
  [200, true, /not one of Entra/],
  [400, false, undefined],
  [404, false, undefined],
])('takes a %i without a token for what it is', async (status, retryable, hint) => {
  wire.use(http.post(tokenUrl, () => HttpResponse.text('<html></html>', { status })));
  const failure = await failureOf();
  expect(failure).toMatchObject({ code: 'EAUTH', responseCode: status, retryable, ambiguous: false });
  expect(failure.hint).toEqual(hint === undefined ? undefined : expect.stringMatching(hint));
});

test.each([
  [401, /application permission Mail\.Send/],
  [403, /application permission Mail\.Send/],
  [404, /Set userId/],
])('advises on a %i that says nothing as on one that does', async (status, hint) => {
  wire.use(graphRefuses(status, 'UnknownError', ''));
  expect(await failureOf()).toMatchObject({
    hint: expect.stringMatching(hint),
    link: expect.stringMatching(/^https:\/\/learn\.microsoft\.com\/graph\//),
  });
});
