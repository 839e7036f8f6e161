import { toRecipients } from '../../src/message/recipients';
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
  expect(addresses(bcc)).toEqual(['archive@contoso.example']);
});

test('leaves out whom only the Bcc header names, since the envelope decides', async () => {
  const content = await mail('To: ann@example.com', 'Bcc: eve@example.com');
  expect(toRecipients(content, ['ann@example.com']).bcc).toEqual([]);
});

test.each(['To', 'Cc'])('refuses a %s recipient who is not in the envelope', async (header) => {
  const content = await mail(`${header}: ann@example.com, customer@example.net`);
  expect(() => toRecipients(content, ['ann@example.com'])).toThrow(
    expect.objectContaining({ code: 'EENVELOPE', message: expect.stringContaining('customer@example.net') }),
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
])('refuses a malformed address in %s by name', async (_where, header, envelope, named) => {
  const content = await mail(header);
  expect(() => toRecipients(content, envelope)).toThrow(
    expect.objectContaining({ code: 'EENVELOPE', message: expect.stringContaining(`"${named}"`) }),
  );
});
