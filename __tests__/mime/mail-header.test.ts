import { readHeaderBlock } from '../../src/mime/header-block';
import { toHeaders } from '../../src/mime/mail-content';

const header = (text: string) =>
  toHeaders(readHeaderBlock(Buffer.from(`${text}\r\n\r\n`).toString('latin1')))[0];
const NOT_ADDRESSES = 'text that is not a list of addresses';

test('a tab in a value is a space, as a fold is', () => {
  expect(header('X-Note: a\tb\r\n\tc')).toMatchObject({ key: 'x-note', name: 'X-Note', value: 'a b c' });
});

test('only address headers have addresses', () => {
  expect(header('From: Ann <ann@example.com>')?.addresses).toEqual([
    { name: 'Ann', address: 'ann@example.com' },
  ]);
  expect(header('X-From: Ann <ann@example.com>')?.addresses).toEqual([]);
});

test('addresses are separated before their names are decoded', () => {
  expect(header('From: =?utf-8?Q?a,_b=40c=2Ed?= <ann@example.com>')?.addresses).toEqual([
    { name: 'a, b@c.d', address: 'ann@example.com' },
  ]);
});

test.each([
  ['From: Jörg <jörg@example.com>', 'jörg@example.com', undefined],
  ['From: ann@example.com>', 'ann@example.com>', NOT_ADDRESSES],
  ['To: ann@example.com>', 'ann@example.com>', undefined],
  ['Cc: ann@example.com>', 'ann@example.com>', undefined],
  ['Bcc: ann@example.com>', 'ann@example.com>', undefined],
  ['Resent-To: ann@example.com>', 'ann@example.com>', undefined],
  ['Resent-Cc: ann@example.com>', 'ann@example.com>', undefined],
  ['Reply-To:', undefined, undefined],
])('says so where something had to be guessed, but not of recipients: %s', (text, address, fault) => {
  const read = header(text);
  expect(read?.addresses[0]?.address).toBe(address);
  expect(read?.fault).toBe(fault);
});

test('an address in bytes that are not UTF-8 is none that can be written to', () => {
  const [read] = toHeaders(readHeaderBlock('From: <j\xf6rg@example.com>\r\n\r\n'));
  expect(read).toMatchObject({
    addresses: [{ address: 'j\ufffdrg@example.com' }],
    fault: expect.stringContaining('not UTF-8'),
  });
});

test('a word that cannot be decoded is the first thing that is said of a header', () => {
  expect(header('From: =?utf-8?B?hJ?= ann@example.com>')?.fault).toContain('encoded word');
});
