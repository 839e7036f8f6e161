import { readAddressList } from '../../src/mime/address-list';
import { fc } from '../support/fast-check';

const of = (text: string) => readAddressList(text)?.entries.map(({ name, address }) => [name, address]);

test.each<[string, string[][]]>([
  ['ann@example.com', [['', 'ann@example.com']]],
  [
    'Ann B. Cole <ann@example.com>, bob@example.com',
    [
      ['Ann B. Cole', 'ann@example.com'],
      ['', 'bob@example.com'],
    ],
  ],
  ['"Cole, \\"Ann\\"" <"ann cole"@example.com>', [['Cole, "Ann"', '"ann cole"@example.com']]],
  [
    'Team: ann@example.com, Bob <bob@example.com>;',
    [
      ['', 'ann@example.com'],
      ['Bob', 'bob@example.com'],
    ],
  ],
  ['nobody:; (no one (at all))', []],
  ['ann@example.com (Ann \\(Cole\\))', [['Ann (Cole)', 'ann@example.com']]],
  ['Jörg <jörg@bücher.example>', [['Jörg', 'jörg@bücher.example']]],
  ['=?utf-8?q?a,b?= <ann@example.com>', [['=?utf-8?q?a,b?=', 'ann@example.com']]],
  ['ann@example.com ( Ann ) (at home)', [['Ann at home', 'ann@example.com']]],
  ['<ann@example.com> (Ann) (at home)', [['Ann at home', 'ann@example.com']]],
  ['ann@example.com (:-\\( Ann)', [[':-( Ann', 'ann@example.com']]],
  ['😀 Ann <ann@example.com>', [['😀 Ann', 'ann@example.com']]],
  ['', []],
])('reads %s', (text, expected) => {
  expect(of(text)).toEqual(expected);
});

test.each([
  'evil@evil.test:;',
  '"Undisclosed recipients" <>',
  'root (Cron Daemon)',
  'ann@example.com (x, mallory@evil.example',
  '<ann@example.com> <mallory@evil.example>',
  'ann@example.com,, bob@example.com',
  'ann@example.com>',
  '<@a.example,@b.example:ann@example.com>',
  'ann..cole@example.com',
  '"ann@example.com',
  'Ann <ann@example.com',
  'ann@',
  'Team: root, ann@example.com;',
  '(x ann@example.com',
  'Ann\u00a0B <ann@example.com>',
  '\ue000 <ann@example.com>',
])('takes %s for nothing that follows the grammar', (text) => {
  expect(readAddressList(text)).toBeUndefined();
});

test.each([
  ['ann@example.com', true],
  ['Ann <ann@example.com>, "B, C" <bob@example.com>', true],
  ['ann@example.com (Ann)', true],
  ['undisclosed-recipients:;', true],
  ['"Ann B." <ann@example.com>', true],
  ['', true],
  [' ', false],
  ['Team: Jörg <joerg@example.com>;', false],
  ['< ann@example.com>', false],
  ['<ann@example.com >', false],
  ['<ann@example.com (x)>', false],
  ['ann@ example.com', false],
  ['ann @example.com', false],
  ['Ann B. <ann@example.com>', false],
  ['ann@example.com (Ann, mallory@evil.example)', false],
  ['(x) ann@example.com', false],
  ['ann@(x)example.com', false],
  ['ann @ example.com', false],
  ['nobody:; (x)', false],
  ['Jörg <joerg@example.com>', false],
  ['=?utf-8?q?<mallory@evil.example>?= <ann@example.com>', false],
])('knows whether every parser reads the same in %s', (text, isPlain) => {
  expect(readAddressList(text)?.isPlain).toBe(isPlain);
});

test.each([
  ['Ann <ann@example.com>', true],
  ['"A, B" <ann@example.com>', true],
  ['=?utf-8?q?a_b?= <ann@example.com>', true],
  ['=?utf-8?q?a,b?= <ann@example.com>', false],
])('knows whether nothing was guessed in %s', (text, isCertain) => {
  expect(readAddressList(text)?.isCertain).toBe(isCertain);
});

test('finds exactly the addresses that a list was made of, whatever stands around them', () => {
  const address = fc
    .tuple(fc.stringMatching(/^[a-z0-9!#$%&'*+/=^_`{|}~-]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}$/))
    .map(([local, domain]) => `${local}@${domain}.example`);
  const name = fc.stringMatching(/^[ -~]{0,12}$/).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
  const comment = fc.stringMatching(/^[a-z @,<>.]{0,8}$/).map((text) => ` (${text})`);
  const mailbox = fc.oneof(
    address.map((found) => ({ text: found, found: [found] })),
    fc.tuple(name, address).map(([before, found]) => ({ text: `${before} <${found}>`, found: [found] })),
    fc.tuple(address, comment).map(([found, after]) => ({ text: `${found}${after}`, found: [found] })),
    fc.array(address, { maxLength: 3 }).map((found) => ({ text: `group: ${found.join(', ')};`, found })),
  );
  fc.assert(
    fc.property(fc.array(mailbox, { minLength: 1, maxLength: 5 }), (list) => {
      const text = list.map((entry) => entry.text).join(', ');
      expect(of(text)?.map(([, found]) => found)).toEqual(list.flatMap(({ found }) => found));
    }),
    { numRuns: 1000 },
  );
});
