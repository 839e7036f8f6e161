import { ProxyError, toConnectionError } from '../../src/errors/connection-error';

const HOST = 'https://graph.example';
const failure = (code: string, message = 'it failed') => Object.assign(new Error(message), { code });

test.each([
  ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'],
  ['UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'],
  ['UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'],
  ['ETIMEDOUT', 'ETIMEDOUT'],
  ['ECONNREFUSED', 'ECONNECTION'],
  ['ENOTFOUND', 'ECONNECTION'],
  ['CERT_HAS_EXPIRED', 'ECONNECTION'],
])('tells a timeout from other failures: %s is %s', (reason, code) => {
  const error = failure(reason);
  expect(toConnectionError(error, HOST)).toMatchObject({
    code,
    message: expect.stringMatching(new RegExp(`https://graph\\.example.*it failed.*${reason}`)),
    hint: expect.stringContaining('Check DNS'),
    cause: error,
  });
});

test('finds the reason when Node has tried several addresses', () => {
  const tries = ['::1', '127.0.0.1'].map((address) =>
    Object.assign(new Error(`connect ETIMEDOUT ${address}`), { code: 'ETIMEDOUT' }),
  );
  expect(toConnectionError(new AggregateError(tries), HOST)).toMatchObject({ code: 'ETIMEDOUT' });
});

test.each([
  ['an error without a code', new Error('other side closed'), 'other side closed'],
  ['an error without a message', new Error(''), 'the connection failed'],
  ['what is not an error', 'out of sockets', 'out of sockets'],
  ['an error that has a field "errors"', Object.assign(new Error('it failed'), { errors: 3 }), 'it failed'],
])('says no more than is known: %s', (_what, error, said) => {
  expect(toConnectionError(error, HOST)).toMatchObject({
    code: 'ECONNECTION',
    message: expect.stringContaining(`No answer from ${HOST}: ${said}. Check DNS`),
  });
});

test('quotes the start of a long message only', () => {
  const whole = 'x'.repeat(500);
  expect(toConnectionError(new Error(whole), HOST).message).toContain(`: ${whole}. `);
  expect(toConnectionError(new Error(`${whole}y`), HOST).message).toContain(`: ${whole}…. `);
});

describe.each([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])('a certificate that no known authority has signed: %s', (reason) => {
  test.each([
    ['of the service', failure(reason)],
    ['of the proxy', new ProxyError({ proxy: 'proxy.example:443', cause: failure(reason) })],
  ])('asks for the authority of the certificate %s', (_whose, error) => {
    expect(toConnectionError(error, HOST).hint).toMatch(/add the certificate of its authority to tls\.ca/);
  });
});

describe('a proxy', () => {
  const through = (known: Partial<ConstructorParameters<typeof ProxyError>[0]>) =>
    toConnectionError(new ProxyError({ proxy: 'proxy.example:8080', ...known }), HOST, { requestId: 'r-1' });

  test.each([
    ['Basic, Negotiate', '(407, Basic, Negotiate)'],
    [undefined, '(407)'],
  ])('that wants a password is a matter for the administrator: it offers %s', (logins, said) => {
    expect(through({ status: 407, logins })).toMatchObject({
      code: 'EAUTH',
      message: expect.stringContaining(
        `Cannot reach ${HOST}: the proxy proxy.example:8080 wants a user name and password, or rejected the ones it got ${said}.`,
      ),
      hint: expect.stringMatching(/option proxy.*HTTPS_PROXY.*Only Basic/),
      responseCode: 407,
      permanent: true,
      requestId: 'r-1',
    });
  });

  test('that refuses the host has seen nothing of the message, which may be sent again', () => {
    expect(through({ status: 403 })).toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringContaining(
        `No way to ${HOST} through the proxy proxy.example:8080: it answered 403.`,
      ),
      hint: "Allow this host in the proxy's rules.",
      responseCode: 403,
      retryable: true,
      requestId: 'r-1',
      cause: expect.objectContaining({
        code: 'EPROXY',
        message: 'The proxy proxy.example:8080 answered 403',
      }),
    });
  });

  test.each([
    ['ECONNREFUSED', 'ECONNECTION'],
    ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'],
  ])('that cannot be reached is named, with the reason: %s is %s', (reason, code) => {
    const error = through({ cause: failure(reason) });
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(`proxy.example:8080: it failed (${reason}).`),
      hint: expect.stringMatching(/Check the option proxy.*can reach the proxy/),
      retryable: true,
      cause: expect.objectContaining({
        message: 'The proxy proxy.example:8080 did not answer',
        cause: expect.objectContaining({ code: reason }),
      }),
    });
    expect(error).toHaveProperty('responseCode', undefined);
  });

  test('that fails without a word is said to give no answer', () => {
    expect(through({ cause: new Error('') }).message).toContain('proxy.example:8080: no answer. Check');
  });
});
