import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delay, HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransportError, type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import {
  entraRefuses,
  type GraphWire,
  graphRefuses,
  sendMailUrl,
  startGraphWire,
  tokenUrl,
} from '../support/graph-wire';
import { IDENTITY, MAILBOX } from '../support/options';

const lines: string[] = [];
const log = (_entry: object, message = '', ...args: unknown[]) =>
  lines.push(args.reduce<string>((line, value) => line.replace('%s', String(value)), message));
const ignore = () => undefined;
/** Keeps the warnings. */
const logger = { trace: ignore, debug: ignore, info: ignore, warn: log, error: ignore, fatal: ignore };
afterEach(() => {
  lines.length = 0;
});

/** What is found wrong with a transport. */
async function failureOf(options: GraphTransportOptions): Promise<GraphTransportError> {
  const transport = graphTransport({ logger, ...options });
  const error = await transport.verify().then(
    () => undefined,
    (reason: GraphTransportError) => reason,
  );
  transport.close();
  if (!error) throw new Error('nothing was found wrong');
  return error;
}

describe('verify() on the sandbox', () => {
  const running: RunningSandbox[] = [];
  const start = async (options: StartSandboxOptions = {}) => {
    const sandbox = await startSandbox(options);
    running.push(sandbox);
    return sandbox;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
  });
  const mailbox = (state: 'unlicensed' | 'on-premises' | 'disabled' | 'access-denied') => ({
    id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
    userPrincipalName: 'app@contoso.example',
    displayName: 'Contoso App',
    state,
  });

  test('resolves with true when all is well, and sends nothing', async () => {
    const sandbox = await start();
    const transporter = nodemailer.createTransport(graphTransport({ ...sandbox.options, logger }));
    await expect(transporter.verify()).resolves.toBe(true);
    transporter.close();
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.drafts).toEqual([]);
    expect(sandbox.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      expect.stringMatching(/^GET .*openid-configuration 200$/),
      expect.stringMatching(/^POST .*\/token 200$/),
      'POST /v1.0/users/app%40contoso.example/sendMail 400',
    ]);
    expect(lines).toEqual([]);
  });

  test('leaves a message that is sent afterwards nothing to wait for', async () => {
    const sandbox = await start();
    const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
    await transporter.verify();
    await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello', text: 'Hello' });
    transporter.close();
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
  });

  test('asks for a new token each time, so that it sees what has changed', async () => {
    const sandbox = await start();
    const transport = graphTransport(sandbox.options);
    await transport.verify();
    sandbox.failNext('token', { kind: 'answer', status: 401, code: 'invalid_client', aadsts: 7000222 });
    await expect(transport.verify()).rejects.toMatchObject({ graphCode: 'AADSTS7000222' });
    transport.close();
  });

  test.each<[string, StartSandboxOptions, GraphTransportOptions, object]>([
    [
      'an unknown tenant',
      {},
      { tenantId: 'fabrikam.example' },
      { code: 'EAUTH', graphCode: 'AADSTS90002', hint: expect.stringMatching(/no such tenant/) },
    ],
    [
      'an unknown app',
      {},
      { clientId: '66666666-7777-4888-8999-aaaaaaaaaaaa' },
      { code: 'EAUTH', graphCode: 'AADSTS700016', hint: expect.stringMatching(/check clientId/) },
    ],
    [
      'a wrong secret',
      {},
      { clientSecret: 'wrong' },
      { code: 'EAUTH', graphCode: 'AADSTS7000215', hint: expect.stringMatching(/not its "Secret ID"/) },
    ],
    [
      'an expired secret',
      { secretState: 'expired' },
      {},
      { code: 'EAUTH', graphCode: 'AADSTS7000222', hint: expect.stringMatching(/has expired/) },
    ],
    [
      'an app without any permission',
      { roles: [] },
      {},
      {
        code: 'EAUTH',
        graphCode: 'NoPermissionsInAccessToken',
        hint: expect.stringMatching(/has no Mail\.Send/),
      },
    ],
    [
      'an app without Mail.Send',
      { roles: ['User.Read.All'] },
      {},
      { code: 'EAUTH', graphCode: 'ErrorAccessDenied', hint: expect.stringMatching(/has no Mail\.Send/) },
    ],
    [
      'a mailbox that an application access policy keeps from the app',
      { mailboxes: [mailbox('access-denied')] },
      {},
      {
        code: 'EAUTH',
        graphCode: 'ErrorAccessDenied',
        hint: expect.stringMatching(/access policy keeps the app/),
      },
    ],
    [
      'an unknown mailbox',
      {},
      { userId: 'nobody@contoso.example' },
      {
        code: 'EENVELOPE',
        graphCode: 'ErrorInvalidUser',
        hint: expect.stringMatching(/an alias does not do/),
      },
    ],
    [
      'a mailbox without a licence',
      { mailboxes: [mailbox('unlicensed')] },
      {},
      { graphCode: 'MailboxNotEnabledForRESTAPI', hint: expect.stringMatching(/licensed/) },
    ],
    [
      'a mailbox on premises',
      { mailboxes: [mailbox('on-premises')] },
      {},
      { graphCode: 'MailboxNotSupportedForRESTAPI', hint: expect.stringMatching(/Exchange Online mailbox/) },
    ],
    [
      'a mailbox whose account is disabled',
      { mailboxes: [mailbox('disabled')] },
      {},
      { graphCode: 'ErrorAccountDisabled', hint: expect.stringMatching(/is disabled/) },
    ],
    [
      'a token of somebody who has signed in, for a mailbox that is not theirs',
      { scp: ['Mail.Send'] },
      { userId: 'sales@contoso.example' },
      {
        code: 'EAUTH',
        message: expect.stringMatching(/a delegated one/),
        hint: expect.stringMatching(/application permission/),
      },
    ],
    [
      'a token of somebody who has signed in, without Mail.Send',
      { scp: ['User.Read'] },
      {},
      { code: 'EAUTH', message: expect.stringMatching(/a delegated one/) },
    ],
  ])('tells of %s', async (_what, settings, options, expected) => {
    const sandbox = await start(settings);
    const error = await failureOf({ ...sandbox.options, ...options });
    expect(error).toMatchObject({ name: 'GraphTransportError', ...expected });
    expect(error.message).toContain(error.hint);
    expect(sandbox.messages).toEqual([]);
  });

  test.each<[string, StartSandboxOptions, GraphTransportOptions, RegExp]>([
    [
      'whose rights are in Exchange only',
      { roles: [], rbac: ['Mail.Send'] },
      { maxMessageSize: 3_000_000 },
      /not show .* Mail\.Send.*RBAC/,
    ],
    [
      'that wants to send exactly once',
      { roles: ['Mail.Send'] },
      { delivery: 'exactly-once' },
      /Mail\.ReadWrite, which delivery 'exactly-once' needs/,
    ],
    [
      'that may have to send large messages',
      { roles: ['Mail.Send'] },
      {},
      /Mail\.ReadWrite, which messages over about 3 MB need.*maxMessageSize 3000000/,
    ],
    [
      'that stands for somebody who has signed in and sends from their own mailbox',
      { scp: ['Mail.Send'] },
      {},
      /a signed-in user.*this mailbox only/,
    ],
  ])('lets an app pass %s, with a warning', async (_what, settings, options, warning) => {
    const sandbox = await start(settings);
    const transport = graphTransport({ ...sandbox.options, logger, ...options });
    await expect(transport.verify()).resolves.toBe(true);
    transport.close();
    expect(lines).toEqual([expect.stringMatching(warning)]);
  });

  test('warns nobody of Mail.ReadWrite who sends only small messages', async () => {
    const sandbox = await start({ roles: ['Mail.Send'] });
    const transport = graphTransport({ ...sandbox.options, logger, maxMessageSize: 3_000_000 });
    await transport.verify();
    transport.close();
    expect(lines).toEqual([]);
  });

  test('checks no mailbox where only a message can tell which it is, and says so', async () => {
    const sandbox = await start();
    const userId = jest.fn(() => 'app@contoso.example');
    const transport = graphTransport({ ...sandbox.options, logger, userId });
    await expect(transport.verify()).resolves.toBe(true);
    transport.close();
    expect(lines).toEqual([expect.stringMatching(/No mailbox was checked/)]);
    expect(userId).not.toHaveBeenCalled();
    expect(sandbox.requests.at(-1)).toMatchObject({ path: '/v1.0/me' });
  });

  test('lists what was looked at, up to what is wrong', async () => {
    const sandbox = await start();
    const namesOf = async (options: GraphTransportOptions) => {
      const transport = graphTransport({ ...sandbox.options, ...options });
      const checks = await transport.check();
      transport.close();
      return checks.map(({ name, ok }) => (ok ? name : `${name}!`)).join(' ');
    };
    expect(await namesOf({})).toBe(
      'entra tenant app secret token mail-send mail-readwrite graph mailbox access',
    );
    expect(await namesOf({ tenantId: 'fabrikam.example' })).toBe('entra tenant!');
    expect(await namesOf({ clientId: IDENTITY.clientId })).toBe('entra tenant app!');
    expect(await namesOf({ clientSecret: 'wrong' })).toBe('entra tenant app secret!');
    expect(await namesOf({ userId: 'nobody@contoso.example' })).toBe(
      'entra tenant app secret token mail-send mail-readwrite graph mailbox!',
    );
  });
});

describe('verify() on the wire', () => {
  let wire: GraphWire;
  beforeAll(async () => {
    wire = await startGraphWire();
  });
  beforeEach(() => wire.use(graphRefuses(400, 'ErrorInvalidRecipients', 'No recipients.')));
  afterEach(() => wire.reset());
  afterAll(() => wire.close());
  const overWire = (options: GraphTransportOptions = {}) => ({
    ...IDENTITY,
    dispatcher: wire.dispatcher,
    ...options,
  });

  test('asks Graph for a message to nobody, of which no copy is to be kept', async () => {
    const transport = graphTransport(overWire());
    await transport.verify();
    expect(wire.sends()).toHaveLength(1);
    expect(JSON.parse(wire.sends()[0]?.body ?? '')).toMatchObject({
      message: { toRecipients: [] },
      saveToSentItems: false,
    });
  });

  test('tells of an Entra that cannot be reached', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, 'close');
    expect(await failureOf({ ...IDENTITY, authorityHost: `http://127.0.0.1:${port}` })).toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringContaining(`No answer from http://127.0.0.1:${port}`),
      hint: expect.stringMatching(/DNS, firewall and proxy/),
      retryable: true,
    });
  });

  test('tells of a Graph that cannot be reached, which leaves nothing in doubt', async () => {
    wire.use(http.post(sendMailUrl, () => HttpResponse.error()));
    expect(await failureOf(overWire())).toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringContaining('No answer from https://graph.microsoft.com'),
      hint: expect.stringMatching(/DNS, firewall and proxy/),
      ambiguous: false,
      retryable: true,
    });
  });

  test.each([
    ['a gateway that answers in the place of Graph', 404, /not one of Graph/],
    ['a Graph that is out of order', 500, /Nothing was sent/],
    ['a Graph that throttles', 429, /send more slowly/],
  ])('tells of %s, and asks no second time', async (_what, status, hint) => {
    wire.use(http.post(sendMailUrl, () => HttpResponse.text('<html>', { status })));
    expect(await failureOf(overWire())).toMatchObject({
      responseCode: status,
      hint: expect.stringMatching(hint),
      ambiguous: false,
    });
    expect(wire.sends()).toHaveLength(1);
  });

  test('tells of a token that Graph does not take', async () => {
    wire.use(graphRefuses(401, 'InvalidAuthenticationToken', 'Invalid audience.'));
    const error = await failureOf(overWire());
    expect(error).toMatchObject({ code: 'EAUTH', hint: expect.stringMatching(/one cloud/) });
  });

  test('tells of an Entra that is out of order, and asks no second time', async () => {
    wire.use(http.post(tokenUrl, () => HttpResponse.text('', { status: 503 })));
    const error = await failureOf(overWire());
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringMatching(/Entra is out of order/),
    });
    expect(wire.requests).toHaveLength(1);
  });

  test('says of a refusal that it does not know only what the refusal says', async () => {
    wire.use(entraRefuses(400, 53003, 'Blocked.'));
    const transport = graphTransport(overWire());
    expect((await transport.check()).map(({ name, ok }) => [name, ok])).toEqual([
      ['entra', true],
      ['token', false],
    ]);
  });

  test.each([
    ['extensionError', 'mailbox'],
    ['ErrorAccessDenied', 'access'],
  ])('tells by the code what a 403 is about: %s', async (code, name) => {
    wire.use(graphRefuses(403, code, 'No.'));
    const checks = await graphTransport(overWire()).check();
    expect(checks.at(-1)).toMatchObject({ name, ok: false, hint: expect.any(String) });
  });

  test.each([202, 200])('takes no %i for a good answer', async (status) => {
    wire.use(http.post(sendMailUrl, () => new HttpResponse(null, { status })));
    expect(await failureOf(overWire())).toMatchObject({
      code: 'ECONNECTION',
      responseCode: status,
      message: expect.stringMatching(/did not refuse a message to nobody/),
      hint: expect.stringMatching(/Sent Items/),
    });
  });

  test.each(['ErrorNeverHeardOf', 'RequestBodyRead'])(
    'warns of a refusal that says nothing of the mailbox: %s',
    async (code) => {
      wire.use(graphRefuses(400, code, 'No.'));
      const transport = graphTransport(overWire({ logger }));
      await expect(transport.verify()).resolves.toBe(true);
      expect(lines.join('\n')).toContain(`${code}, where ErrorInvalidRecipients was expected`);
    },
  );

  test.each([
    ['a token that is not a JWT', 'opaque-token'],
    ['a token that looks like one', 'a.b.c'],
    ['a token with a text for its claims', `a.${Buffer.from('"x"').toString('base64url')}.c`],
  ])('lets %s pass, whose permissions it cannot read', async (_what, token) => {
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const transport = graphTransport({
      userId: MAILBOX.userId,
      credential,
      logger,
      dispatcher: wire.dispatcher,
    });
    await expect(transport.verify()).resolves.toBe(true);
    expect(lines).toEqual([expect.stringMatching(/permissions are not known/)]);
  });

  test('gives up after the timeout of the options', async () => {
    const credential = { getToken: () => new Promise<never>(() => undefined) };
    const error = await failureOf({ userId: MAILBOX.userId, credential, timeout: 20 });
    expect(error).toMatchObject({
      code: 'ETIMEDOUT',
      message: 'The check took longer than the timeout, 20 ms.',
    });
  });

  test('is aborted by a close() with force, and refused after it', async () => {
    const transport = graphTransport(overWire());
    wire.use(
      http.post(sendMailUrl, async () => {
        transport.close({ force: true });
        await delay('infinite');
      }),
    );
    await expect(transport.verify()).rejects.toMatchObject({
      code: 'EABORT',
      message: 'The check was aborted.',
    });
    await expect(transport.verify()).rejects.toMatchObject({ code: 'ECONNECTION' });
  });
});
