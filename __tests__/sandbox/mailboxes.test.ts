import { createSandbox, type SandboxMailbox } from '../../src/sandbox';
import { LUNCH, refusal, send, sendMime } from './support';

const APP: SandboxMailbox = {
  id: '11111111-2222-3333-4444-555555555555',
  userPrincipalName: 'App@contoso.example',
  displayName: 'Contoso App',
  aliases: ['alias@contoso.example'],
  sendAs: ['newsletter@contoso.example'],
};
const GUEST: SandboxMailbox = {
  id: '22222222-2222-3333-4444-555555555555',
  userPrincipalName: 'jo/e#EXT#@contoso.example',
  displayName: 'Joe',
};

describe('the user in the path', () => {
  test.each([
    ['its object id', APP.id],
    ['its object id in capitals', 'AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE'],
    ['its user principal name', APP.userPrincipalName],
    ['its user principal name in small letters', 'app@contoso.example'],
    ['a name with a slash and a hash, encoded', GUEST.userPrincipalName],
  ])('is a mailbox by %s', async (_what, user) => {
    const other = { ...GUEST, id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' };
    const sandbox = createSandbox({ mailboxes: [APP, other] });
    expect((await send(sandbox, LUNCH, { user })).status).toBe(202);
  });

  test.each([
    ['an alias', 'alias@contoso.example', 'ErrorInvalidUser'],
    ['an unknown address', 'nobody@contoso.example', 'ErrorInvalidUser'],
    ['an unknown object id', '99999999-2222-3333-4444-555555555555', 'Request_ResourceNotFound'],
  ])('is not found given %s', async (_what, user, code) => {
    const sandbox = createSandbox({ mailboxes: [APP] });
    expect(await refusal(send(sandbox, LUNCH, { user }))).toEqual({
      status: 404,
      code,
      message: expect.stringContaining(user),
    });
  });

  test.each([
    ['unlicensed', 404, 'MailboxNotEnabledForRESTAPI'],
    ['disabled', 403, 'ErrorAccountDisabled'],
  ] as const)('is refused when its account is %s', async (state, status, code) => {
    const sandbox = createSandbox({ mailboxes: [{ ...APP, state }] });
    expect(await refusal(send(sandbox, LUNCH))).toMatchObject({ status, code });
  });

  test('is looked up before the message is read', async () => {
    expect((await send(createSandbox(), { nonsense: 1 }, { user: 'nobody@contoso.example' })).status).toBe(
      404,
    );
  });
});

describe('the sender in the message', () => {
  const as = (address: string) => ({ emailAddress: { address } });

  test.each(['app@contoso.example', 'ALIAS@contoso.example', 'newsletter@contoso.example'])(
    'may be %s',
    async (address) => {
      const sandbox = createSandbox({ mailboxes: [APP] });
      expect((await send(sandbox, { ...LUNCH, from: as(address), sender: as(address) })).status).toBe(202);
      expect((await sendMime(sandbox, [`From: ${address}`, 'To: a@fabrikam.example', '', 'x'])).status).toBe(
        202,
      );
    },
  );

  test.each([
    ['from', { from: as('ceo@contoso.example') }],
    ['sender', { sender: as('ceo@contoso.example') }],
    ['an empty from', { from: as('') }],
  ])('is refused as %s without the right to it', async (_what, change) => {
    const sandbox = createSandbox({ mailboxes: [APP] });
    expect(await refusal(send(sandbox, { ...LUNCH, ...change }))).toEqual({
      status: 403,
      code: 'ErrorSendAsDenied',
      message:
        'The user account which was used to submit this request does not have the right to send mail on behalf ' +
        'of the specified sending account., Cannot submit message.',
    });
  });

  test.each([
    ['From', ['From: CEO <ceo@contoso.example>']],
    ['Sender', ['From: app@contoso.example', 'Sender: ceo@contoso.example']],
    ['the second address of From', ['From: app@contoso.example, ceo@contoso.example']],
    ['a second From', ['From: app@contoso.example', 'From: ceo@contoso.example']],
  ])('is refused as %s of a MIME message without the right to it', async (_what, lines) => {
    const sandbox = createSandbox({ mailboxes: [APP] });
    const sent = sendMime(sandbox, [...lines, 'To: a@fabrikam.example', '', 'x']);
    expect(await refusal(sent)).toMatchObject({ status: 403, code: 'ErrorSendAsDenied' });
  });

  test.each([{ from: null }, { from: {} }, { sender: { emailAddress: null } }])(
    'is the mailbox itself given %j',
    async (change) => {
      const sandbox = createSandbox({ mailboxes: [APP] });
      expect((await send(sandbox, { ...LUNCH, ...change })).status).toBe(202);
      const itself = { name: 'Contoso App', address: 'App@contoso.example' };
      expect(sandbox.messages).toMatchObject([{ from: itself, sender: itself }]);
    },
  );
});
