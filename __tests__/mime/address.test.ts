import { addressFault, parseAddresses, sameAddress } from '../../src/mime/address';

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
  'jörg@example.com',
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
