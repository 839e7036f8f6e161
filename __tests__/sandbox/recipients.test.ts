import { createSandbox } from '../../src/sandbox';
import { LUNCH, refusal, send, sendMime } from './support';

const as = (address?: string | null) => ({ emailAddress: { address } });
const FROM = 'From: app@contoso.example';

describe('the recipients', () => {
  test.each([
    ['no lists', {}],
    ['empty lists', { toRecipients: [], ccRecipients: [], bccRecipients: [] }],
    ['nobody but a Reply-To', { replyTo: [as('a@fabrikam.example')] }],
  ])('are missed given %s', async (_what, lists) => {
    const message = { ...LUNCH, toRecipients: [], ...lists };
    expect(await refusal(send(createSandbox(), message))).toEqual({
      status: 400,
      code: 'ErrorInvalidRecipients',
      message:
        "At least one recipient is not valid., A message can't be sent because it contains no recipients.",
    });
  });

  test.each([
    ['no field', [FROM]],
    ['an empty group', [FROM, 'To: undisclosed-recipients:;']],
  ])('are missed in a MIME message given %s', async (_what, lines) => {
    expect(await refusal(sendMime(createSandbox(), [...lines, '', 'x']))).toMatchObject({
      status: 400,
      code: 'ErrorInvalidRecipients',
      message: expect.stringContaining('contains no recipients'),
    });
  });

  test.each(['toRecipients', 'ccRecipients', 'bccRecipients'])('may all stand in %s', async (list) => {
    const message = { ...LUNCH, toRecipients: [], [list]: [as('a@fabrikam.example')] };
    expect((await send(createSandbox(), message)).status).toBe(202);
  });

  test('may be 500 over all lists and not one more', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => as(`r${index}@fabrikam.example`));
    const message = { ...LUNCH, toRecipients: many(200), ccRecipients: many(200), bccRecipients: many(100) };
    expect((await send(createSandbox(), message)).status).toBe(202);
    expect(await refusal(send(createSandbox(), { ...message, bccRecipients: many(101) }))).toEqual({
      status: 400,
      code: 'ErrorRecipientLimitExceeded',
      message: 'The message has 501 recipients, the limit is 500.',
    });
  });

  test('are counted in a MIME message too', async () => {
    const sandbox = createSandbox({ limits: { recipients: 2 } });
    const lines = [
      FROM,
      'To: team: a@fabrikam.example, b@fabrikam.example;',
      'Bcc: c@fabrikam.example',
      '',
      'x',
    ];
    expect(await refusal(sendMime(sandbox, lines))).toMatchObject({ code: 'ErrorRecipientLimitExceeded' });
  });
});

describe('the address of a recipient', () => {
  test.each([
    'a@fabrikam.example',
    "o'neil+tag@sub.fabrikam.example",
    'jörg@fabrikam.example',
    '"a b"@fabrikam.example',
    'a@xn--mnchen-3ya.example',
    'root@localhost',
    'A@FABRIKAM.EXAMPLE',
  ])('may be %s', async (address) => {
    expect((await send(createSandbox(), { ...LUNCH, toRecipients: [as(address)] })).status).toBe(202);
  });

  const MALFORMED = [
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a name', 'Megan'],
    ['no local part', '@fabrikam.example'],
    ['no domain', 'a@'],
    ['two @', 'a@b@fabrikam.example'],
    ['a space before', ' a@fabrikam.example'],
    ['a space inside', 'a b@fabrikam.example'],
    ['a space after', 'a@fabrikam.example '],
    ['a line break', 'a@fabrikam.example\r\nBcc: b@fabrikam.example'],
    ['a control character', 'a\u0001@fabrikam.example'],
    ['a display name', 'Megan <a@fabrikam.example>'],
    ['angle brackets', '<a@fabrikam.example>'],
    ['two addresses with a comma', 'a@fabrikam.example,b@fabrikam.example'],
    ['two addresses with a semicolon', 'a@fabrikam.example;b@fabrikam.example'],
    ['a quote that is not closed', '"a b@fabrikam.example'],
    ['a domain in letters of its language', 'a@münchen.example'],
    ['a domain with the Kelvin sign for a K', 'a@\u212a.example'],
    ['an empty label', 'a@fabrikam..example'],
    ['a label that ends in a hyphen', 'a@fabrikam-.example'],
    ['an address literal', 'a@[127.0.0.1]'],
  ] as const;

  describe.each(['toRecipients', 'ccRecipients', 'bccRecipients', 'replyTo'])('in %s', (list) => {
    test.each(MALFORMED)('is refused given %s', async (_what, address) => {
      expect(await refusal(send(createSandbox(), { ...LUNCH, [list]: [as(address)] }))).toEqual({
        status: 400,
        code: 'ErrorInvalidRecipients',
        message: expect.stringContaining(`Recipient '${address ?? ''}' is not resolved.`),
      });
    });
  });

  test.each([{}, { emailAddress: null }])('is missed given %j for a recipient', async (recipient) => {
    expect(await refusal(send(createSandbox(), { ...LUNCH, toRecipients: [recipient] }))).toMatchObject({
      code: 'ErrorInvalidRecipients',
    });
  });

  test.each([
    ['a name without an address', 'To: Megan'],
    ['a domain in letters', 'Cc: a@münchen.example'],
    ['an empty label', 'Bcc: a@fabrikam..example'],
    ['an empty label to reply to', 'Reply-To: a@fabrikam..example'],
  ])('is refused in a MIME message given %s', async (_what, line) => {
    const lines = [FROM, 'To: a@fabrikam.example', line, '', 'x'];
    expect(await refusal(sendMime(createSandbox(), lines))).toMatchObject({ code: 'ErrorInvalidRecipients' });
  });

  test.each(['Reply-To: Megan', 'Sender: www-data', 'Reply-To: <>'])(
    'is none in a MIME message given %s, which is sent',
    async (line) => {
      const sandbox = createSandbox();
      await sendMime(sandbox, [FROM, 'To: a@fabrikam.example', line, '', 'x']);
      expect(sandbox.messages).toMatchObject([
        { replyTo: [], sender: { address: 'app@contoso.example' }, to: [{ address: 'a@fabrikam.example' }] },
      ]);
    },
  );
});
