import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransport, type GraphTransportOptions, graphTransport } from '../../src/index';
import { resolveOptions } from '../../src/options/resolve-options';
import { type GraphWire, startGraphWire, tokenUrl } from '../support/graph-wire';
import { IDENTITY } from '../support/options';

const MESSAGE = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

let wire: GraphWire;
let folder: string;
const transports: GraphTransport[] = [];
beforeAll(async () => {
  wire = await startGraphWire();
  folder = mkdtempSync(join(tmpdir(), 'secret-'));
});
afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close({ force: true })));
  wire.reset();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await wire.close();
});

/** An Entra that takes this secret alone, and says of others that they are wrong or have expired. */
function takeOnly(secret: string, aadsts = 7000222): void {
  wire.use(
    http.post(tokenUrl, async ({ request }) => {
      if (new URLSearchParams(await request.text()).get('client_secret') === secret) return undefined;
      const description = `AADSTS${aadsts}: As Entra put it.`;
      return HttpResponse.json(
        { error: 'invalid_client', error_description: description, error_codes: [aadsts] },
        { status: 401 },
      );
    }),
  );
}

function createTransport(options: object): GraphTransport {
  const { clientSecret, ...app } = IDENTITY;
  const transport = graphTransport({
    ...app,
    dispatcher: wire.dispatcher,
    retry: { attempts: 1 },
    ...options,
  });
  transports.push(transport);
  return transport;
}
const sendBy = (transport: GraphTransport) => nodemailer.createTransport(transport).sendMail(MESSAGE);
const secretsSent = () =>
  wire.requests
    .filter(({ url }) => url.includes('/oauth2/'))
    .map(({ body }) => new URLSearchParams(body).get('client_secret'));

/** Secrets in turn, the last one for ever. */
function inTurn(...secrets: (string | Error)[]): jest.Mock<Promise<string>, []> {
  return jest.fn(async () => {
    const [secret = ''] = secrets.length > 1 ? secrets.splice(0, 1) : secrets;
    if (secret instanceof Error) throw secret;
    return secret;
  });
}

test.each<[string, GraphTransportOptions['clientSecret']]>([
  ['a function', () => ' first-secret\n'],
  ['a function of a promise', async () => 'first-secret'],
  ['a promise', Promise.resolve('first-secret')],
])('clientSecret may be %s', async (_, clientSecret) => {
  takeOnly('first-secret');
  await sendBy(createTransport({ clientSecret }));
  expect(secretsSent()).toEqual(['first-secret']);
});

test('a function is asked when the first token is needed, and not for each message', async () => {
  const clientSecret = inTurn('first-secret');
  const transport = createTransport({ clientSecret });
  expect(clientSecret).not.toHaveBeenCalled();
  await Promise.all([sendBy(transport), sendBy(transport), sendBy(transport)]);
  await transport.verify().catch(() => undefined);
  expect(clientSecret).toHaveBeenCalledTimes(1);
});

test.each([7000215, 7000222])(
  'a secret that Entra refuses with AADSTS%i is asked for again, and the message goes',
  async (aadsts) => {
    takeOnly('new-secret', aadsts);
    const clientSecret = inTurn('old-secret', 'new-secret');
    const transport = createTransport({ clientSecret });
    await Promise.all([sendBy(transport), sendBy(transport)]);
    await sendBy(transport);
    expect(secretsSent()).toEqual(['old-secret', 'new-secret']);
    expect(clientSecret).toHaveBeenCalledTimes(2);
    expect(wire.sends()).toHaveLength(3);
  },
);

test('a secret that is still the same is not tried again, and the error is that of Entra', async () => {
  takeOnly('new-secret');
  const clientSecret = inTurn('old-secret');
  const transport = createTransport({ clientSecret });
  await expect(sendBy(transport)).rejects.toMatchObject({ code: 'EAUTH', graphCode: 'AADSTS7000222' });
  expect(secretsSent()).toEqual(['old-secret']);
  expect(clientSecret).toHaveBeenCalledTimes(2);
});

test('a new secret that is refused too is not asked for a third time', async () => {
  takeOnly('none');
  const clientSecret = inTurn('old-secret', 'new-secret', 'third-secret');
  await expect(sendBy(createTransport({ clientSecret }))).rejects.toMatchObject({
    graphCode: 'AADSTS7000222',
  });
  expect(secretsSent()).toEqual(['old-secret', 'new-secret']);
});

test('another refusal of Entra is no reason to ask for another secret', async () => {
  takeOnly('none', 700016);
  const clientSecret = inTurn('old-secret', 'new-secret');
  await expect(sendBy(createTransport({ clientSecret }))).rejects.toMatchObject({
    graphCode: 'AADSTS700016',
  });
  expect(clientSecret).toHaveBeenCalledTimes(1);
});

test('verify() asks for the new secret too', async () => {
  takeOnly('new-secret');
  const clientSecret = inTurn('old-secret', 'new-secret');
  const checks = await createTransport({ clientSecret }).check();
  expect(checks.slice(0, 5)).toMatchObject(
    ['entra', 'tenant', 'app', 'secret', 'token'].map((name) => ({ name, ok: true })),
  );
});

test.each<[string, () => unknown, object]>([
  [
    'throws',
    () => {
      throw new Error('vault is sealed');
    },
    { code: 'EAUTH', retryable: true, message: expect.stringContaining('vault is sealed') },
  ],
  [
    'rejects',
    async () => {
      throw new Error('vault is sealed');
    },
    { code: 'EAUTH', retryable: true },
  ],
  [
    'gives nothing',
    () => undefined,
    { code: 'ECONFIG', retryable: false, message: expect.stringContaining('got undefined') },
  ],
  ['gives an empty text', () => ' ', { code: 'ECONFIG', retryable: false }],
  [
    'gives a number',
    () => 42,
    { code: 'ECONFIG', retryable: false, message: expect.not.stringContaining('42') },
  ],
])('a function that %s fails the message and the check of the secret', async (_, clientSecret, error) => {
  const failing = createTransport({ clientSecret });
  await expect(sendBy(failing)).rejects.toMatchObject(error);
  await expect(failing.check()).resolves.toMatchObject([{ name: 'secret', ok: false, error }]);
  expect(wire.requests).toEqual([]);
});

test('after a failure a function is asked again for the next message', async () => {
  const transport = createTransport({ clientSecret: inTurn(new Error('vault is sealed'), 'first-secret') });
  await expect(sendBy(transport)).rejects.toMatchObject({ code: 'EAUTH' });
  await sendBy(transport);
  expect(secretsSent()).toEqual(['first-secret']);
});

describe('a function that never answers', () => {
  const never = () => new Promise<string>(() => undefined);

  test("is bounded by the message's timeout, and by that of a check", async () => {
    const transport = createTransport({ clientSecret: never, timeout: 50 });
    await expect(sendBy(transport)).rejects.toMatchObject({ code: 'ETIMEDOUT', retryable: true });
    await expect(transport.verify()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  test("is bounded by the message's signal", async () => {
    const abort = new AbortController();
    const sending = nodemailer
      .createTransport(createTransport({ clientSecret: never }))
      .sendMail({ ...MESSAGE, signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(sending).rejects.toMatchObject({ code: 'EABORT' });
  });

  test('is bounded by what Entra may take, and asked anew for the next message', async () => {
    const clientSecret = jest
      .fn<Promise<string>, []>()
      .mockReturnValueOnce(never())
      .mockResolvedValue('first-secret');
    const transport = createTransport({ clientSecret, connectionTimeout: 500, socketTimeout: 500 });
    await expect(sendBy(transport)).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      retryable: true,
      message: expect.stringContaining('no secret within 1000 ms'),
    });
    await sendBy(transport);
    expect(clientSecret).toHaveBeenCalledTimes(2);
  });
});

describe('clientSecretFile', () => {
  const fileOf = (content: string) => {
    const path = join(folder, `secret-${Math.random()}`);
    writeFileSync(path, content);
    return path;
  };

  test('holds the secret, without the end of its line', async () => {
    for (const content of ['first-secret', 'first-secret\n', 'first-secret\r\n', '\ufefffirst-secret\n']) {
      await sendBy(createTransport({ clientSecretFile: fileOf(content) }));
    }
    expect(new Set(secretsSent())).toEqual(new Set(['first-secret']));
  });

  test('is read again when Entra refuses the secret', async () => {
    const clientSecretFile = fileOf('old-secret\n');
    const transport = createTransport({ clientSecretFile });
    takeOnly('old-secret');
    await sendBy(transport);
    writeFileSync(clientSecretFile, 'new-secret\n');
    wire.reset();
    takeOnly('new-secret');
    await transport.check();
    await sendBy(transport);
    expect(secretsSent()).toEqual(['old-secret', 'new-secret']);
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['is gone', (path) => rmSync(path), /cannot be read from its file: ENOENT/],
    ['is empty', (path) => writeFileSync(path, '\n'), /it is empty/],
    ['is far too long', (path) => writeFileSync(path, 'x'.repeat(1_000_000)), /too long/],
  ])('that %s by then fails the message, which may be sent later', async (_, change, said) => {
    const clientSecretFile = fileOf('old-secret');
    const transport = createTransport({ clientSecretFile });
    change(clientSecretFile);
    await expect(sendBy(transport)).rejects.toMatchObject({
      code: 'EAUTH',
      retryable: true,
      message: expect.stringMatching(said),
    });
    await expect(transport.check()).resolves.toMatchObject([{ name: 'secret', ok: false }]);
    writeFileSync(clientSecretFile, 'old-secret');
    await sendBy(transport);
  });

  const problemOf = (options: object, env: NodeJS.ProcessEnv = {}) => {
    const { clientSecret, ...app } = IDENTITY;
    try {
      resolveOptions({ ...app, ...options }, env);
    } catch (error) {
      return String(error);
    }
    return '';
  };

  test.each<[string, () => object, RegExp]>([
    [
      'is not there',
      () => ({ clientSecretFile: join(folder, 'canary') }),
      /clientSecretFile cannot be read \(ENOENT\)/,
    ],
    ['is a folder', () => ({ clientSecretFile: folder }), /clientSecretFile is a directory/],
    ['is empty', () => ({ clientSecretFile: fileOf('') }), /clientSecretFile is empty/],
    ['is no path', () => ({ clientSecretFile: 5 }), /clientSecretFile must be the path/],
    [
      'has a secret beside it',
      () => ({ clientSecretFile: fileOf('x'), clientSecret: 'canary' }),
      /either clientSecret or clientSecretFile/,
    ],
    [
      'has a credential beside it',
      () => ({ clientSecretFile: fileOf('x'), credential: { getToken() {} } }),
      /either credential or clientSecretFile/,
    ],
  ])('that %s is refused at the start, and not quoted', (_, options, said) => {
    expect(problemOf(options())).toMatch(said);
    expect(problemOf(options())).not.toContain('canary');
  });

  test('may be named by AZURE_CLIENT_SECRET_FILE, if there is no AZURE_CLIENT_SECRET', async () => {
    const file = fileOf('first-secret\n');
    expect(problemOf({}, { AZURE_CLIENT_SECRET_FILE: file })).toBe('');
    expect(problemOf({}, { AZURE_CLIENT_SECRET_FILE: '', AZURE_CLIENT_SECRET: 'canary' })).toBe('');
    expect(problemOf({}, { AZURE_CLIENT_SECRET_FILE: file, AZURE_CLIENT_SECRET: 'canary' })).toMatch(
      /not both/,
    );
    expect(problemOf({ clientSecret: 'x' }, { AZURE_CLIENT_SECRET_FILE: 'missing' })).toBe('');
    expect(problemOf({ clientSecretFile: file }, { AZURE_CLIENT_SECRET: 'x' })).toBe('');
    const { identity } = resolveOptions(
      { ...IDENTITY, clientSecret: undefined },
      { AZURE_CLIENT_SECRET_FILE: file },
    );
    const { clientSecret = '' } = identity.kind === 'secret' ? identity : {};
    expect(typeof clientSecret === 'function' && (await clientSecret())).toBe('first-secret');
  });
});

test('a promise that is rejected harms nothing until the secret is needed', async () => {
  const transport = createTransport({ clientSecret: Promise.reject(new Error('vault is sealed')) });
  await new Promise(setImmediate);
  await expect(sendBy(transport)).rejects.toMatchObject({
    message: expect.stringContaining('vault is sealed'),
  });
});

test.each([42, {}, [], true])('clientSecret %j is refused, and not quoted', (clientSecret) => {
  const wrong: object = { clientSecret };
  const refuse = () => resolveOptions({ ...IDENTITY, ...wrong }, {});
  expect(refuse).toThrow(/clientSecret must be a string or a function/);
});
