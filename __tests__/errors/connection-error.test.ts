import { toConnectionError } from '../../src/errors/connection-error';

test.each([
  ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'],
  ['UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'],
  ['ETIMEDOUT', 'ETIMEDOUT'],
  ['ECONNREFUSED', 'ECONNECTION'],
  ['ENOTFOUND', 'ECONNECTION'],
  ['CERT_HAS_EXPIRED', 'ECONNECTION'],
])('tells a timeout from other failures: %s is %s', (reason, code) => {
  const error = Object.assign(new Error('it failed'), { code: reason });
  expect(toConnectionError(error, 'https://graph.example')).toMatchObject({
    code,
    message: expect.stringMatching(new RegExp(`https://graph\\.example.*it failed.*${reason}`)),
    cause: error,
  });
});

test('finds the reason when Node has tried several addresses', () => {
  const tries = ['::1', '127.0.0.1'].map((address) =>
    Object.assign(new Error(`connect ETIMEDOUT ${address}`), { code: 'ETIMEDOUT' }),
  );
  expect(toConnectionError(new AggregateError(tries), 'https://graph.example')).toMatchObject({
    code: 'ETIMEDOUT',
  });
});
