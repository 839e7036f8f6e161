import {
  HEADER_CARRIERS,
  isMessageId,
  isNamedProperty,
  strippedHeaders,
  surplusHeaders,
  toCategories,
  toExtendedProperties,
  toImportance,
  toInternetMessageHeaders,
  toNamedProperties,
  unnamedHeaders,
} from '../../src/message/header-carriers';
import { readLines } from '../support/mail-content';
import { ALL_PAGES, tableOf } from '../support/pages';

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

test('keeps quotes that do not go around a keyword, and reads quotes that are never closed', async () => {
  const content = await read('Keywords: the "new" ones, "used" ones, all "old", "open, end');
  expect(toCategories(content)).toEqual(['the "new" ones', '"used" ones', 'all "old"', '"open, end']);
});

test("puts headers that MAPI knows into its properties, in Outlook's form", async () => {
  const content = await read(
    'In-Reply-To: <1@contoso.example>',
    'References: <1@contoso.example>',
    '   <2@contoso.example>',
    'References: <3@contoso.example>',
    'List-Unsubscribe: <mailto:off@contoso.example>',
    'List-Unsubscribe: <https://contoso.example/off>',
    'List-Help: <https://contoso.example/help>',
    'List-Help: <mailto:help@contoso.example>',
    'List-Subscribe: <https://contoso.example/on>',
    'List-Subscribe: <mailto:on@contoso.example>',
    'Sensitivity: COMPANY-Confidential',
    'X-Other: 1',
  );
  expect(toExtendedProperties(content)).toEqual([
    { id: 'String 0x1042', value: '<1@contoso.example>' },
    { id: 'String 0x1039', value: '<1@contoso.example> <2@contoso.example> <3@contoso.example>' },
    {
      id: 'String 0x1043',
      value: '<https://contoso.example/help>, <mailto:help@contoso.example>',
    },
    { id: 'String 0x1044', value: '<https://contoso.example/on>, <mailto:on@contoso.example>' },
    { id: 'String 0x1045', value: '<mailto:off@contoso.example>, <https://contoso.example/off>' },
    { id: 'Integer 0x36', value: '3' },
  ]);
});

test('leaves out a header of MAPI that is empty', async () => {
  expect(toExtendedProperties(await read('List-Help:', 'In-Reply-To:'))).toEqual([]);
});

test.each([
  ['Normal', '0'],
  ['Personal', '1'],
  ['private', '2'],
  ['Top-Secret', undefined],
])('knows the number of a sensitivity: %s', async (word, number) => {
  const content = await read(`Sensitivity: ${word}`);
  expect(toExtendedProperties(content).map(({ value }) => value)).toEqual(
    number === undefined ? [] : [number],
  );
  expect(unnamedHeaders(content)).toHaveLength(number === undefined ? 1 : 0);
});

test('sends the first five custom headers by name, and has no more room', async () => {
  const names = ['X-A', 'X-B', 'x-c', 'X-D', 'X-E', 'X-F'];
  const content = await read(
    ...names.map((name, n) => `${name}: ${n}`),
    'X-Priority: 1',
    'X-Empty:',
    'Subject: x',
  );
  expect(toInternetMessageHeaders(content)).toEqual(
    names.slice(0, 5).map((name, n) => ({ name, value: String(n) })),
  );
  expect(surplusHeaders(content).map(({ name }) => name)).toEqual(['X-F']);
});

test('knows the headers that reach the recipients on no route', async () => {
  const content = await read(
    'Auto-Submitted: auto-generated',
    'Date: now',
    'Subject: x',
    'X-A: 1',
    'List-Id: <a.b>',
  );
  expect(strippedHeaders(content).map(({ name }) => name)).toEqual(['Auto-Submitted']);
});

test.each([
  ['List-Id: <news.contoso.example>', true],
  ['Auto-Submitted: auto-generated', true],
  ['X-Custom: 1', true],
  ['Subject: x', false],
  ['Date: now', false],
  ['X-Microsoft-Exchange-Organization-SCL: -1', false],
  ['List-Id:', false],
  ['List-Id: =?utf-8?Q?a=0Db?=', false],
  ['List-Id: =?hz-gb-2312?Q?=7E{Dc:C=7E}?=', false],
])('%s as a named property of a draft: %s', async (header, can) => {
  const { headers } = await read(header);
  expect(headers.map(isNamedProperty)).toEqual([can]);
});

test('names a property after each header, and takes the first of repeated ones', async () => {
  const { headers } = await read('List-Id: <a.b>', 'Precedence: bulk', 'list-id: <c.d>', 'Subject: x');
  const prefix = 'String {00020386-0000-0000-C000-000000000046} Name ';
  expect(toNamedProperties(headers)).toEqual([
    { id: `${prefix}list-id`, value: '<a.b>' },
    { id: `${prefix}precedence`, value: 'bulk' },
  ]);
});

test.each([
  ['Message-ID:', true],
  ['Message-ID: <1@contoso.example>', true],
  ['Message-ID: 1', false],
  ['Importance:', true],
  ['Importance: 6', false],
  ['Sender: a@contoso.example, b@contoso.example', false],
  ['Sender: a@contoso.example', true],
  ['Content-Description: x', true],
  ['X-Custom: =?utf-8?Q?a=0Ab?=', false],
])('JSON can carry %s: %s', async (header, can) => {
  expect(unnamedHeaders(await read(header))).toHaveLength(can ? 0 : 1);
});

test('the documented table of headers is that of the code', () => {
  const told = new Map(
    tableOf(ALL_PAGES, 'Header', 'JSON route').flatMap(([names = '', carrier = '']) =>
      names.split(', ').map((name) => [name.toLowerCase(), carrier]),
    ),
  );
  for (const [header, carrier] of HEADER_CARRIERS) {
    const words = {
      property: 'property' in carrier ? `\`${carrier.property}\`` : '',
      'extended-property': 'id' in carrier ? `MAPI property \`${carrier.id}\`` : '',
      structure: 'not needed',
      exchange: 'set by Exchange',
      nothing: 'taken out by Exchange',
    }[carrier.by];
    expect([header, told.get(header)]).toEqual([header, expect.stringContaining(words)]);
  }
  const others = ['`x-…`', 'up to five', 'any other'];
  expect([...told.keys()].filter((name) => !HEADER_CARRIERS.has(name))).toEqual(others);
});
