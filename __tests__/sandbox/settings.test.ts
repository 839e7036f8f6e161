import { createSandbox, type SandboxOptions } from '../../src/sandbox';

const MAILBOX = {
  id: 'AAAAAAAA-2222-3333-4444-555555555555',
  userPrincipalName: 'one@contoso.example',
  displayName: 'One',
};

describe('the options for a client', () => {
  test('lead to the public cloud by default', () => {
    expect(createSandbox().options).toEqual({
      tenantId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clientId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clientSecret: expect.stringMatching(/./),
      userId: 'app@contoso.example',
      authorityHost: 'https://login.microsoftonline.com',
      graphEndpoint: 'https://graph.microsoft.com',
    });
  });

  test('are those that the sandbox was given', () => {
    const given = {
      tenantId: '99999999-2222-3333-4444-555555555555',
      clientId: '88888888-2222-3333-4444-555555555555',
      clientSecret: 'mine',
      authorityHost: 'https://login.microsoftonline.us',
      graphEndpoint: 'https://graph.microsoft.us',
    };
    const { options } = createSandbox({ ...given, mailboxes: [MAILBOX] });
    expect(options).toEqual({ ...given, userId: 'one@contoso.example' });
  });

  test('have no slash at the end of a URL', () => {
    const { options } = createSandbox({
      authorityHost: 'https://a.example/',
      graphEndpoint: 'https://g.example/',
    });
    expect(options).toMatchObject({ authorityHost: 'https://a.example', graphEndpoint: 'https://g.example' });
  });
});

test.each<[string, SandboxOptions, string]>([
  ['no mailbox', { mailboxes: [] }, 'at least one mailbox'],
  ['a mailbox id that is no GUID', { mailboxes: [{ ...MAILBOX, id: '1' }] }, 'to be a GUID, got 1'],
  [
    'a mailbox id with more than a GUID',
    { mailboxes: [{ ...MAILBOX, id: `${MAILBOX.id}0` }] },
    'to be a GUID',
  ],
  ['a mailbox id with text before it', { mailboxes: [{ ...MAILBOX, id: `x${MAILBOX.id}` }] }, 'to be a GUID'],
  [
    'half a byte for a mailbox',
    { mailboxes: [{ ...MAILBOX, messageBytes: 0.5 }] },
    '`messageBytes` to be an integer from 0',
  ],
  ['an empty secret', { clientSecret: '' }, '`clientSecret` not to be empty'],
  [
    'a limit that is no number',
    { limits: { recipients: Number.NaN } },
    '`recipients` to be an integer from 0',
  ],
  ['a limit below zero', { limits: { requestBytes: -1 } }, '`requestBytes` to be an integer from 0'],
  [
    'a limit of undefined',
    { limits: { attachmentBytes: undefined } },
    '`attachmentBytes` to be an integer from 0',
  ],
  ['half a second', { tokenLifetime: 0.5 }, '`tokenLifetime` to be an integer from 0'],
  [
    'a search delay below zero',
    { searchDelay: { finds: -1 } },
    '`searchDelay.finds` to be an integer from 0',
  ],
  [
    'half a search of one kind',
    { searchDelay: { stale: { finds: 0.5 } } },
    '`searchDelay.stale.finds` to be an integer from 0',
  ],
  [
    'milliseconds below zero for drafts',
    { searchDelay: { drafts: { ms: -1 } } },
    '`searchDelay.drafts.ms` to be an integer from 0',
  ],
  ['a page of nothing', { pageSize: 0 }, '`pageSize` to be an integer from 1 to 1000, got 0'],
  ['a page of too much', { pageSize: 1001 }, '`pageSize` to be an integer from 1 to 1000, got 1001'],
  ['half a message on a page', { pageSize: 1.5 }, '`pageSize` to be an integer from'],
  ['a latency below zero', { latency: -1 }, '`latency` to be an integer from 0'],
  [
    'a session that ends before it begins',
    { uploadSessionLifetime: -1 },
    '`uploadSessionLifetime` to be an integer from 0',
  ],
])('refuses %s', (_what, options, message) => {
  expect(() => createSandbox(options)).toThrow(message);
});

test.each([
  ['timePrecision', 'minutes', '"seconds" or "milliseconds", got "minutes"'],
  ['deleteLeadsTo', 'nowhere', '"recoverableItems" or "deletedItems", got "nowhere"'],
  ['immutableIdsOutliveSending', 'yes', 'true or false, got "yes"'],
  ['secondDelete', 'never', '"notFound" or "cannotDelete", got "never"'],
  ['oversizedRequest', 414, '413 or 400, got 414'],
  ['uploadAnswerNames', 'kebab', '"camelCase" or "PascalCase", got "kebab"'],
  ['exchangeOnline', 'no', 'true or false, got "no"'],
  ['emptyPages', 1, 'true or false, got 1'],
  ['namedHeadersOnTheWire', 'no', 'true or false, got "no"'],
])('refuses a %s of %j', (name, value, expected) => {
  expect(() => createSandbox({ [name]: value })).toThrow(`Expected \`${name}\` to be ${expected}`);
});

test('refuses random numbers that no function makes', () => {
  const options: object = { random: 0.5 };
  expect(() => createSandbox(options)).toThrow('Expected `random` to be a function');
});
