import { isMadeUp, ownMessageId, withMessageId } from '../../src/message/message-id';
import { readLines } from '../support/mail-content';

test.each<[string, unknown, unknown, boolean]>([
  ['nothing', undefined, undefined, true],
  ['an empty id', '', undefined, true],
  ['an id', '<1@contoso.example>', undefined, false],
  ['a header by name', undefined, { 'Message-ID': '<1@contoso.example>' }, false],
  ['a header by name, with space', undefined, { ' message-id ': '<1@contoso.example>' }, false],
  ['a header with its key', undefined, { key: 'Message-Id', value: '<1@contoso.example>' }, false],
  [
    'a list of headers',
    undefined,
    [
      { key: 'X-A', value: '1' },
      { key: 'message-id', value: '2' },
    ],
    false,
  ],
  ['headers in lists', undefined, [[{ 'message-id': '2' }]], false],
  ['a header without a key in words', undefined, { key: ['message-id'] }, true],
  ['other headers', undefined, { 'X-Message-ID': '1', 'Message-ID-2': '2', key: 3 }, true],
  ['other headers with keys', undefined, [{ key: 'x message-id' }, { key: 'message-id x' }], true],
  ['no headers', undefined, null, true],
  ['text for headers', undefined, 'Message-ID: <1@contoso.example>', true],
])('Nodemailer makes up the Message-ID, given %s: %#', (_what, messageId, headers, expected) => {
  expect(isMadeUp({ messageId, headers })).toBe(expected);
});

const UNIQUE = '01234567-89ab-cdef-0123-456789abcdef';
const senders = (over: object = {}) => ({
  from: undefined,
  userId: '3f0c9d1e-0000-4000-8000-000000000000',
  envelopeFrom: '',
  tenantId: '3f0c9d1e-1111-4000-8000-000000000000',
  ...over,
});
const own = async (headers: string[], domain: string, over: object = {}) =>
  ownMessageId(`<${UNIQUE}@${domain}>`, await readLines(...headers, '', 'x'), senders(over));

test.each([
  ['text', 'made up'],
  ['an id in another form', '<1@localhost>'],
  ['more before it', `x<${UNIQUE}@localhost>`],
  ['more after it', `<${UNIQUE}@localhost>x`],
  ['capitals', `<${UNIQUE.toUpperCase()}@localhost>`],
])('leaves %s alone, which Nodemailer does not make up', async (_what, id) => {
  expect(ownMessageId(id, await readLines('Subject: x', '', 'x'), senders())).toBe(id);
});

test.each<[string, string[], string, object, string]>([
  ['its From', ['From: ann@contoso.example'], 'contoso.example', {}, 'contoso.example'],
  ['its From, if Nodemailer has not', ['From: ann@Contoso.example'], 'localhost', {}, 'contoso.example'],
  ['the option from', [], 'localhost', { from: { name: '', address: 'a@shop.example' } }, 'shop.example'],
  ['the mailbox', ['Sender: a@sender.example'], 'sender.example', { userId: 'a@box.example' }, 'box.example'],
  [
    'its Sender',
    ['Sender: a@sender.example'],
    'localhost',
    { envelopeFrom: 'a@b.example' },
    'sender.example',
  ],
  ['the envelope', [], 'localhost', { envelopeFrom: 'a@bounce.example' }, 'bounce.example'],
  [
    'the envelope, without its space',
    [],
    'localhost',
    { envelopeFrom: 'a@bounce.example ' },
    'bounce.example',
  ],
  ['the tenant', [], 'localhost', { tenantId: 'Contoso.onmicrosoft.com' }, 'contoso.onmicrosoft.com'],
  ['no one', [], 'localhost', {}, 'mailbox.invalid'],
  [
    'no one, given addresses of machines',
    ['From: a@127.0.0.1'],
    '127.0.0.1',
    { userId: 'a@localhost' },
    'mailbox.invalid',
  ],
  ['its From, in ASCII', ['From: a@bücher.example'], 'localhost', {}, 'xn--bcher-kva.example'],
  ['a name of single letters', [], 'localhost', { envelopeFrom: 'a@a.b.c' }, 'a.b.c'],
  [
    'no one, given bad names',
    [],
    'localhost',
    { envelopeFrom: 'a@b.-c', tenantId: 'b-.c' },
    'mailbox.invalid',
  ],
])('the Message-ID has the domain of %s', async (_whose, headers, given, over, domain) => {
  expect(await own(headers, given, over)).toBe(`<${UNIQUE}@${domain}>`);
});

test.each(['a.1.2', '1.2.a', 'a-1.b-2'])('a Message-ID with the domain %s stays as it is', async (domain) => {
  expect(await own(['From: ann@contoso.example'], domain)).toBe(`<${UNIQUE}@${domain}>`);
});

test.each([
  '-a.example',
  'a-.example',
  'a.-example',
  'a.example-',
  '_.example',
  'a_b.example',
  'a.ex_ample',
  'a.b_c.example',
  'a.example_',
  'a..example',
  '10.0.0.1',
  'localhost',
  '',
])('a Message-ID with %j, which is no domain, gets that of its From', async (domain) => {
  expect(await own(['From: ann@contoso.example'], domain)).toBe(`<${UNIQUE}@contoso.example>`);
});

test('only the Message-ID that was made up is replaced', async () => {
  const content = await readLines(
    'Message-ID: <1@a.example>',
    'In-Reply-To: <1@a.example>',
    'Message-ID: <2@a.example>',
    '',
    'x',
  );
  const { headers, text } = withMessageId(content, '<1@a.example>', '<3@a.example>');
  expect(headers.map(({ value }) => value)).toEqual(['<3@a.example>', '<1@a.example>', '<2@a.example>']);
  expect(text).toBe(content.text);
});
