import {
  addressFault,
  parseAddresses,
  readMailboxes,
  sameAddress,
  toWireAddress,
} from '../../src/mime/address';

test.each([
  ['a bare address', 'ann@example.com', [{ name: '', address: 'ann@example.com' }]],
  ['a quoted name', '"Smith, Ann" <ann@example.com>', [{ name: 'Smith, Ann', address: 'ann@example.com' }]],
  ['an encoded name', '=?utf-8?Q?J=C3=B6rg?= <j@example.com>', [{ name: 'Jörg', address: 'j@example.com' }]],
  [
    'an encoded name that poses as an address',
    '=?utf-8?Q?=22CEO=22_=3Cceo=40bank.example=3E=2C?= <mallory@example.com>',
    [{ name: '"CEO" <ceo@bank.example>,', address: 'mallory@example.com' }],
  ],
  [
    'a name that cannot be decoded',
    'to:ann@example.com =?utf-8?B?hJ?=',
    [{ name: '', address: 'ann@example.com' }],
  ],
  ['a name that is no phrase', 'ann@example.com Ann', [{ name: 'Ann', address: 'ann@example.com' }]],
  ['a comment', 'Ann (at home) <ann@example.com>', [{ name: 'Ann', address: 'ann@example.com' }]],
  ['an empty group', 'undisclosed-recipients:;', []],
  [
    'a group',
    'Team: ann@example.com, "Bob" <bob@example.com>;, eve@example.com',
    [
      { name: '', address: 'ann@example.com' },
      { name: 'Bob', address: 'bob@example.com' },
      { name: '', address: 'eve@example.com' },
    ],
  ],
  ['an international domain', 'ann@bücher.example', [{ name: '', address: 'ann@xn--bcher-kva.example' }]],
  [
    'a domain that is in ASCII already',
    'a@xn--bcher-kva.example',
    [{ name: '', address: 'a@xn--bcher-kva.example' }],
  ],
  ['a quoted local part', '"ann smith"@example.com', [{ name: '', address: '"ann smith"@example.com' }]],
  [
    'dots in odd places',
    'ann..smith.@docomo.example',
    [{ name: '', address: '"ann..smith."@docomo.example' }],
  ],
])('reads %s', (_what, value, expected) => {
  expect(parseAddresses(value)).toEqual(expected);
});

test.each([
  'ann@example.com',
  'ann+tag@example.com',
  "o'neil@example.com",
  'first.last@sub.example.co.uk',
  '"ann smith"@example.com',
  '"a\\"b"@example.com',
  '!#$%&*=?^_`{|}~-/@example.com',
  'a@localhost',
  'ann@xn--bcher-kva.example',
  'ann@my_host.example',
  'ann@my_host',
  'ann@my_host.b',
  'ann@_.example',
  'jörg@example.com',
  'a@b',
  'a@b.c.d-e',
  '=?a?x?b?=@example.com',
])('finds no fault with %s', (address) => {
  expect(addressFault(address)).toBeUndefined();
});

test.each([
  '',
  'ann',
  '@example.com',
  'ann@',
  'ann smith@example.com',
  'ann@bob@example.com',
  '"ann@example.com',
  'ann@example..com',
  'ann@-example.com',
  'ann@exam ple.com',
  'ann@[127.0.0.1]',
  'ann@example.com>',
  'ann\u0000@example.com',
  '"a\u0007b"@example.com',
  'j\u00a0rg@example.com',
])('finds fault with %j', (address) => {
  expect(addressFault(address)).toEqual(expect.any(String));
});

test.each([
  ['Ann@Example.COM', 'ann@example.com', true],
  ['ann@bücher.example', 'ann@XN--BCHER-KVA.example', true],
  ['"ann..smith"@example.com', 'ann..smith@example.com', true],
  ['ann@example.com', 'ann@example.org', false],
])('compares %s and %s as mailboxes', (a, b, same) => {
  expect(sameAddress(a, b)).toBe(same);
});

test.each([
  ['ann', 'it has no local part and domain'],
  ['@example.com', 'it has no local part and domain'],
  ['ann@', 'it has no local part and domain'],
  ['an\u0000n@example.com', 'it has a control character'],
  ['j\ufffdrg@example.com', 'it has a byte that is not UTF-8'],
  ['=?utf-8?Q?ann?=@example.com', 'it has an encoded word, which is not allowed there'],
  ['=?utf-8?b?YW5u?=@example.com', 'it has an encoded word, which is not allowed there'],
  ['ann smith@example.com', 'its local part has a character that must be quoted'],
  ['x"ann smith"@example.com', 'its local part has a character that must be quoted'],
  ['"ann smith"x@example.com', 'its local part has a character that must be quoted'],
  ['ann@example-.com', 'its domain is not a host name'],
])('says what is wrong with %j: %s', (address, fault) => {
  expect(addressFault(address)).toBe(fault);
});

test.each([
  ['ann@example.com, Bob <bob@example.com>', true, true],
  ['Ann (at home) <ann@example.com>', true, false],
  ['Team: ann@example.com;', true, true],
  ['Jörg <joerg@example.com>', true, false],
  ['ann@bücher.example', true, false],
  ['ann@example.com>', false, false],
  ['<ann@example.com> <eve@example.com>', false, false],
])('knows whether others read the same: %s', (value, isCertain, isPlain) => {
  expect(readMailboxes(value)).toMatchObject({ isCertain, isPlain });
});

test('can only be refused if its letters were guessed', () => {
  const [mailbox] = readMailboxes('Jörg <jörg@bücher.example>', true).mailboxes;
  expect(mailbox?.address).toBe('j\ufffdrg@b\ufffdcher.example');
  expect(addressFault(mailbox?.address ?? '')).toBeDefined();
});

test('has no name if that is only the address again', () => {
  expect(parseAddresses('"ann@example.com" <ann@example.com>')).toEqual([
    { name: '', address: 'ann@example.com' },
  ]);
});

test('is not guessed at in a text that is far too long', () => {
  const careless = `Ann Smith ann@example.com${' '.repeat(32 * 1024)}`;
  const longest = careless.slice(0, 32 * 1024);
  expect(parseAddresses(longest).map(({ address }) => address)).toEqual(['ann@example.com']);
  const tooLong = careless.slice(0, 32 * 1024 + 1);
  expect(parseAddresses(tooLong)).toEqual([{ name: '', address: tooLong }]);
});

test.each([
  ['Ann..Smith@Example.COM', '"Ann..Smith"@Example.COM'],
  ['ann@Bücher.Example', 'ann@xn--bcher-kva.example'],
  ["o'neil@Example.com", "o'neil@Example.com"],
  ['ann@b\u00fc cher', 'ann@b\u00fc cher'],
  ['@bücher.example', '@bücher.example'],
  ['ann..@', 'ann..@'],
  ['ann', 'ann'],
])('%s is sent as %s', (written, sent) => {
  expect(toWireAddress(written)).toBe(sent);
});

test('a very long value that does not follow the grammar counts as one bad address', () => {
  const long = `to:${'ann@example.com '.repeat(3000)}`;
  expect(parseAddresses(long)).toEqual([{ name: '', address: long }]);
});

test('a local part of dots alone is quoted', () => {
  expect(toWireAddress('..@docomo.example')).toBe('".."@docomo.example');
});
