import { isMessageId, toCategories, toImportance, unnamedHeaders } from '../../src/message/header-carriers';
import { readLines } from '../support/mail-content';

const read = (...headers: string[]) => readLines(...headers, '', 'body');

test.each([
  ['Importance: High', 'high'],
  ['X-Priority: 1 (Highest)', 'high'],
  ['X-Priority: 2', 'high'],
  ['X-Priority: 3', 'normal'],
  ['X-Priority: 4', 'low'],
  ['X-Priority: 5 (Lowest)', 'low'],
  ['X-Priority: 10', 'normal'],
  ['Priority: urgent', 'high'],
  ['Priority: non-urgent', 'low'],
  ['X-MSMail-Priority: Low', 'low'],
  ['Importance: normal, not low', 'normal'],
  ['Importance: normal, not urgent', 'normal'],
  ['Subject: high', 'normal'],
] as const)('a message with %s has %s importance', async (header, importance) => {
  expect(toImportance(await read(header))).toBe(importance);
});

test('an importance that is not known gives way to the next header', async () => {
  expect(toImportance(await read('Importance: very low', 'X-Priority: 1'))).toBe('high');
});

test('an importance that is not known, or is given twice, is not left behind in silence', async () => {
  const names = async (...headers: string[]) =>
    unnamedHeaders(await read(...headers)).map(({ name }) => name);
  expect(await names('Importance: high')).toEqual([]);
  expect(await names('Importance: very high')).toEqual(['Importance']);
  expect(await names('Importance: high', 'Importance: low')).toEqual(['Importance']);
});

test('keywords are separated by commas, except those inside quotes', async () => {
  const content = await read(
    String.raw`Keywords: orders, "books, used" ,, "a \"b, c\" d"`,
    String.raw`Keywords: back\, slash`,
  );
  expect(toCategories(content)).toEqual([
    'orders',
    'books, used',
    String.raw`a \"b, c\" d`,
    'back\\',
    'slash',
  ]);
});

test.each([
  ['<order-17@contoso.example>', true],
  ['order-17@contoso.example', false],
  ['<order-17@contoso.example> (again)', false],
  ['again <order-17@contoso.example>', false],
  ['<order 17@contoso.example>', false],
  ['<order-17@contoso@example>', false],
  ['<order-17>', false],
])('%s as a Message-ID that Graph accepts: %s', (value, accepts) => {
  expect(isMessageId(value)).toBe(accepts);
});
