import { nearest, shownAddress, unknownOption } from '../../src/options/given-options';
import { unknownNames } from '../../src/options/option-names';

test.each([
  ...[
    'host',
    'port',
    'service',
    'secure',
    'requireTLS',
    'ignoreTLS',
    'opportunisticTLS',
    'auth',
    'authMethod',
  ],
  ...['customAuth', 'pool', 'maxMessages', 'greetingTimeout', 'dnsTimeout', 'transactionLog', 'name'],
  ...['localAddress', 'socket', 'connection', 'getSocket', 'lmtp', 'dkim'],
])('%s is known for a setting of SMTP', (name) => {
  const options: object = { [name]: 1, tenantId: 'x' };
  expect(unknownNames(options)).toEqual([
    `these are SMTP settings: ${name}; Graph needs tenantId, clientId, clientSecret and userId instead`,
  ]);
});

test.each(
  Object.entries({
    tenantId: ['tenant', 'tenantID', 'tenant_id'],
    clientId: ['clientID', 'client_id', 'appId'],
    clientSecret: ['client_secret', 'secret'],
    userId: ['user', 'userID', 'user_id', 'userPrincipalName', 'mailbox'],
    authorityHost: ['authority', 'azureAdEndpoint', 'azure_ad_endpoint'],
    graphEndpoint: ['graph_endpoint', 'baseUrl'],
    replyTo: ['reply_to'],
  }),
)('%s is meant by %j, as other tools call it', (meant, names) => {
  for (const name of names) {
    const options: object = { [name]: 'x' };
    expect(unknownNames(options)).toEqual([`${name} is called ${meant} here`]);
  }
});

test.each([
  ['abde', 'abcde', 'a letter left out'],
  ['bcde', 'abcde', 'the first letter left out'],
  ['abcdee', 'abcde', 'a letter too many'],
  ['xabcde', 'abcde', 'a letter too many at the start'],
  ['abdc', 'abcd', 'two letters swapped'],
  ['bacd', 'abcd', 'the first two letters swapped'],
  ['badcef', 'abcdef', 'two pairs swapped'],
  ['abcxy', 'abcde', 'two letters of five misspelt'],
  ['abc', 'abcde', 'two letters of five left out'],
  ['ABCDE', 'abcde', 'capitals'],
])('%s is taken for %s: %s', (name, option) => {
  expect(nearest(name, ['zzzzz', option])).toBe(option);
});

test.each([
  ['abxyz', 'abcde'],
  ['ab', 'abcde'],
  ['abxc', 'abcd'],
  ['abdx', 'abcd'],
  ['dabc', 'abcd'],
  ['xyz', 'abc'],
  ['', 'abc'],
])('%j is not taken for %s', (name, option) => {
  expect(nearest(name, [option])).toBeUndefined();
});

test('of several options that are near the nearest is meant', () => {
  expect(nearest('colour', ['colon', 'color', 'colonel'])).toBe('color');
});

test('an option inside another is told with the other', () => {
  expect(unknownOption('atempts', ['attempts', 'maxDelay'], 'retry.')).toBe(
    'Unknown option "retry.atempts". Did you mean "retry.attempts"?',
  );
  expect(unknownOption('zzz', ['attempts', 'maxDelay'], 'retry.')).toBe(
    'Unknown option "retry.zzz". The options are retry.attempts, retry.maxDelay.',
  );
  expect(unknownOption('my-secret-1', ['attempts'], 'retry.')).toBe(
    'Unknown option retry.(a name of 11 characters). The options are retry.attempts.',
  );
});

test('an address is quoted if it has the length of one', () => {
  const address = `${'a'.repeat(242)}@example.com`;
  expect(shownAddress(address)).toBe(`"${address}"`);
  expect(shownAddress(`a${address}`)).toBe('a text');
  expect(shownAddress('a secret')).toBe('a text');
});
