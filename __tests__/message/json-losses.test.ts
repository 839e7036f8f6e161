import { jsonLosses } from '../../src/message/json-losses';
import { mailFixtures } from '../support/fixtures';
import { readLines, readMail } from '../support/mail-content';

test.each(mailFixtures)('knows whether JSON carries it whole: $name', async ({ mime, because }) => {
  const { content } = await readMail(mime);
  const losses = jsonLosses(content);
  expect(losses[0]?.because).toBe(because);
});

test('names everything that would be lost', async () => {
  const content = await readLines(
    'From: a@example.com, b@example.com',
    'List-Id: <news.example.com>',
    'Precedence: bulk',
    '',
    'body',
  );
  expect(jsonLosses(content).map(({ what }) => what)).toEqual([
    'the second From',
    'the header List-Id',
    'the header Precedence',
  ]);
});

test('takes five custom headers and names those that are too many', async () => {
  const five = ['X-A: 1', 'X-B: 2', 'X-C: 3', 'X-D: 4', 'X-E: 5'];
  expect(jsonLosses(await readLines(...five, 'X-Priority: 1', '', 'body'))).toEqual([]);
  expect(jsonLosses(await readLines(...five, 'x-f: 6', '', 'body'))).toEqual([
    { because: 'too-many-headers', what: 'the header x-f' },
  ]);
});

test.each([
  ['Subject: =?utf-8?Q?a=0D=0ABcc:_eve@example.com?=', 'the header Subject'],
  ['X-Ours: =?utf-8?Q?a=0D=0AX-Evil:_1?=', 'the header X-Ours'],
  ['X-: nothing', 'the header X-'],
  ['Message-ID: 12345', 'the header Message-ID'],
])('leaves to MIME what is safe there only: %j', async (header, what) => {
  expect(jsonLosses(await readLines(header, '', 'body'))).toEqual([{ because: 'header', what }]);
});

test('knows a sensitivity that MAPI has no number for', async () => {
  expect(jsonLosses(await readLines('Sensitivity: Private', '', 'body'))).toEqual([]);
  expect(jsonLosses(await readLines('Sensitivity: Top-Secret', '', 'body'))).toMatchObject([
    { because: 'header' },
  ]);
});
