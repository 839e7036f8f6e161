import {
  entriesWithoutAddress,
  fromOf,
  hasOtherThanAddresses,
  isFrom,
  mailboxesOf,
  toRecipients,
} from '../../src/message/recipients';
import { readLines } from '../support/mail-content';

const mail = (...headers: string[]) => readLines(...headers, '', 'body');
const addresses = (list: { address: string }[]) => list.map(({ address }) => address);

test('keeps each recipient in the class that the headers say, with the name', async () => {
  const content = await mail(
    'To: Ann <ann@example.com>',
    'Cc: Bob <bob@example.com>',
    'Bcc: Eve <eve@example.com>',
  );
  expect(toRecipients(content, ['ann@example.com', 'bob@example.com', 'eve@example.com'])).toEqual({
    to: [{ name: 'Ann', address: 'ann@example.com' }],
    cc: [{ name: 'Bob', address: 'bob@example.com' }],
    bcc: [{ name: 'Eve', address: 'eve@example.com' }],
  });
});

test('makes bcc recipients of those whom only the envelope names', async () => {
  const content = await mail('To: ann@example.com');
  const { bcc } = toRecipients(content, ['ann@example.com', 'archive@contoso.example']);
  expect(bcc).toEqual([{ name: '', address: 'archive@contoso.example' }]);
});

test('leaves out whom only the Bcc header names, since the envelope decides', async () => {
  const content = await mail('To: ann@example.com', 'Bcc: eve@example.com');
  expect(toRecipients(content, ['ann@example.com']).bcc).toEqual([]);
});

test.each(['To', 'Cc'])('refuses a %s recipient who is not in the envelope', async (header) => {
  const content = await mail(`${header}: ann@example.com, customer@example.net`);
  expect(() => toRecipients(content, ['ann@example.com'])).toThrow(
    expect.objectContaining({
      code: 'EENVELOPE',
      message: expect.stringContaining('customer@example.net'),
      hint: expect.stringMatching(
        /would get this message too\. Remove them .* or add them to the envelope\.$/,
      ),
    }),
  );
});

test('matches envelope and headers whatever the case and the form of the domain', async () => {
  const content = await mail('To: Ann@Bücher.example');
  expect(toRecipients(content, ['ann@xn--bcher-kva.example'])).toEqual({
    to: [{ name: '', address: 'Ann@xn--bcher-kva.example' }],
    cc: [],
    bcc: [],
  });
});

test('names each recipient once per class, over repeated headers too', async () => {
  const content = await mail(
    'To: Ann <ann@example.com>, ANN@example.com',
    'To: ann@example.com',
    'Cc: ann@example.com',
  );
  const { to, cc } = toRecipients(content, ['ann@example.com', 'Ann@example.com']);
  expect(to).toEqual([{ name: 'Ann', address: 'ann@example.com' }]);
  expect(addresses(cc)).toEqual(['ann@example.com']);
});

test('refuses an empty envelope', async () => {
  const content = await mail('To: ann@example.com');
  expect(() => toRecipients(content, [])).toThrow(
    expect.objectContaining({
      code: 'EENVELOPE',
      message: expect.stringMatching(/^The message has no recipients\. Set to, cc or bcc/),
    }),
  );
});

test.each([
  ['the envelope', 'To: ann@example.com', ['ann@example.com', 'bob@'], 'bob@'],
  ['To', 'To: ann@example.com>', ['ann@example.com'], 'ann@example.com>'],
])('refuses a malformed address in %s by name', async (where, header, envelope, named) => {
  const content = await mail(header);
  expect(() => toRecipients(content, envelope)).toThrow(
    expect.objectContaining({
      code: 'EENVELOPE',
      message: expect.stringContaining(`"${named}" (${where}) is not an address`),
    }),
  );
});

test.each([
  [10, /: 0@example\.net \(To\), .*9@example\.net \(To\)\.$/],
  [11, /9@example\.net \(To\) and 1 more\.$/],
  [13, /9@example\.net \(To\) and 3 more\.$/],
])('names ten of %i whom the envelope leaves out', async (count, named) => {
  const content = await mail(`To: ${Array.from({ length: count }, (_, n) => `${n}@example.net`).join(', ')}`);
  expect(() => toRecipients(content, ['ann@example.com'])).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ message: expect.stringMatching(named) }) }),
  );
});

test('refuses a name that may be meant as an address, and names it', async () => {
  const content = await mail('To: =?utf-8?Q?bob=40example.com?= <>, ann@example.com');
  expect(() => toRecipients(content, ['ann@example.com'])).toThrow(
    'not in the envelope: bob@example.com (To).',
  );
});

test('writes an address as the envelope first does, given several ways', async () => {
  const { bcc } = toRecipients(await mail('Subject: x'), ['Ann@example.com', 'ann@EXAMPLE.com']);
  expect(addresses(bcc)).toEqual(['Ann@example.com']);
});

test.each(['To', 'Cc', 'Bcc'])('leaves out the entries in %s that are no addresses', async (name) => {
  const key = name === 'To' ? 'to' : name === 'Cc' ? 'cc' : 'bcc';
  const content = await mail(`${name}: root, "The team" <>, ann@example.com`);
  expect(addresses(toRecipients(content, ['ann@example.com'])[key])).toEqual(['ann@example.com']);
});

test('lists the entries that have no address, with the header they are in', async () => {
  const content = await mail(
    'To: root, ann@example.com',
    'Cc: "The team" <>',
    'Resent-To: staff',
    'Subject: x',
  );
  expect(entriesWithoutAddress(content)).toEqual([
    '"root" in To, which has no address',
    '"The team" in Cc, which has no address',
    '"staff" in Resent-To, which has no address',
  ]);
  expect(entriesWithoutAddress(await mail('To: ', 'Cc: friends:;', 'Bcc: <>'))).toEqual([]);
});

test('reads every mailbox in From once, without entries that have no address', async () => {
  const content = await mail('From: Ann <ann@example.com>, root, ANN@example.com', 'From: bob@example.com');
  expect(addresses(fromOf(content))).toEqual(['ann@example.com', 'bob@example.com']);
  expect(fromOf(await mail('Subject: x'))).toEqual([]);
  expect(fromOf(await mail('From:'))).toEqual([]);
});

test('takes what a header names from all its occurrences, each once, and no entry without an address', async () => {
  const content = await mail(
    'Reply-To: Ann <ann@example.com>, root, bob@',
    'Reply-To: ANN@example.com, eve@example.com',
    'Sender: app@example.com',
  );
  expect(addresses(mailboxesOf(content, 'reply-to'))).toEqual(['ann@example.com', 'eve@example.com']);
  expect(mailboxesOf(content, 'return-receipt-to')).toEqual([]);
});

test.each([
  ['root', '"root"'],
  ['"The team" <>', '""The team" <>"'],
  ['Ann <ann@>', '"ann@"'],
])('refuses a From without any address, and quotes it: %s', async (from, quoted) => {
  const content = await mail(`FROM: ${from}`);
  expect(() => fromOf(content)).toThrow(
    expect.objectContaining({
      code: 'EENVELOPE',
      message: expect.stringMatching(/ \(FROM\) is not an address: .+\. Nothing was sent\./),
    }),
  );
  expect(() => fromOf(content)).toThrow(quoted);
});

test.each([
  ['Reply-To: ann@example.com', false],
  ['Reply-To: ann@example.com, root', true],
  ['Reply-To: friends:;', true],
  ['Reply-To:', false],
  ['Sender: root', true],
  ['From: ann@example.com, root', true],
  ['To: root', false],
])('knows whether an address header has other text in it: %s', async (header, has) => {
  const [first] = (await mail(header)).headers;
  expect(first && hasOtherThanAddresses(first)).toBe(has);
});

test('compares an address with the first in From only', async () => {
  const from = fromOf(await mail('From: ann@example.com, bob@example.com'));
  expect(['ANN@example.com', 'bob@example.com'].map((address) => isFrom(from, address))).toEqual([
    true,
    false,
  ]);
  expect(isFrom([], 'ann@example.com')).toBe(false);
});
