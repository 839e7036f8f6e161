import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { createSandbox, type SandboxOptions, startSandbox } from '../../src/sandbox';
import { fc } from '../support/fast-check';
import { ask, askForToken, LUNCH, refusal, send } from './support';

const SENTENCES = {
  invalidUser: (user: string) => `The requested user '${user}' is invalid.`,
  sendAs:
    'The user account which was used to submit this request does not have the right to send mail on behalf of the ' +
    'specified sending account., Cannot submit message.',
};

/** The message of an error of the transport, sent to a running sandbox with settings that it may not know. */
async function failureOf(
  options: GraphTransportOptions,
  message: { from?: string } = {},
  scene: SandboxOptions = {},
): Promise<Error> {
  await using sandbox = await startSandbox(scene);
  const transport = graphTransport({ ...sandbox.options, ...options });
  const sending = nodemailer.createTransport(transport).sendMail({ to: 'ann@example.com', ...message });
  // Awaited here, or the sandbox would be gone before the message is sent.
  return await sending.then(
    () => new Error('it was sent'),
    (error: Error) => error,
  );
}

describe('a mailbox that the sandbox does not have', () => {
  test('is refused as by the service, and then the sandbox says what it has and how to add one', async () => {
    const sandbox = createSandbox({ explain: true });
    const user = 'orders@contoso.com';
    const { status, code, message } = await refusal(send(sandbox, LUNCH, { user }));
    expect({ status, code }).toEqual({ status: 404, code: 'ErrorInvalidUser' });
    expect(message).toBe(
      `${SENTENCES.invalidUser(user)} This is the sandbox of nodemailer-graph-transport, which has no such mailbox. ` +
        "Start it with --mailbox orders@contoso.com, or in code with mailboxes: ['orders@contoso.com']. " +
        'It has app@contoso.example, sales@contoso.example, ceo@contoso.example.',
    );
  });

  test('is explained to an app that sends through the transport', async () => {
    const error = await failureOf({ userId: 'orders@contoso.com' });
    expect(error).toMatchObject({
      graphCode: 'ErrorInvalidUser',
      response: expect.stringContaining('This is the sandbox'),
    });
    expect(error.message).toContain('--mailbox orders@contoso.com');
    expect(error.message).toContain('It has app@contoso.example');
  });

  test.each([
    ['../ceo@contoso.example', 'an address that no mailbox can have'],
    ['99999999-2222-3333-4444-555555555555', 'an object id'],
    [`${'x'.repeat(200)}@contoso.com`, 'an address as long as a mail'],
  ])('gets an example in place of %s, which is %s', async (user) => {
    const { message } = await refusal(send(createSandbox({ explain: true }), LUNCH, { user }));
    expect(message).toContain('Start it with --mailbox you@contoso.com');
  });

  test('is told from an alias, which the service does not take either', async () => {
    const own = { id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a09', userPrincipalName: 'app@contoso.com' };
    const mailboxes = [{ ...own, displayName: 'App', aliases: ['Orders@contoso.com'] }];
    const asked = ask(createSandbox({ explain: true, mailboxes }), 'GET', 'messages', undefined, {
      user: 'orders@contoso.com',
    });
    expect((await refusal(asked)).message).toMatch(/this is an alias: name the mailbox, app@contoso\.com\.$/);
  });
});

describe('a From that the mailbox may not use', () => {
  test('is refused as by the service, and then the sandbox says which flag makes it good', async () => {
    const error = await failureOf({}, { from: '"Orders" <orders@contoso.com>' });
    expect(error).toMatchObject({ graphCode: 'ErrorSendAsDenied', responseCode: 403 });
    expect(error.message).toContain(
      `${SENTENCES.sendAs} This is the sandbox of nodemailer-graph-transport, where app@contoso.example may not send ` +
        'as orders@contoso.com. Start it with --mailbox orders@contoso.com as the first, or in code with mailboxes: ' +
        "['orders@contoso.com']. It has app@contoso.example, sales@contoso.example, ceo@contoso.example",
    );
  });

  test('works at once where the sandbox was started with it', async () => {
    const scene = { mailboxes: ['orders@contoso.com'] };
    expect(await failureOf({}, { from: 'orders@contoso.com' }, scene)).toEqual(new Error('it was sent'));
  });

  test('is refused when a draft is sent as well', async () => {
    const sandbox = createSandbox({ explain: true });
    const from = { emailAddress: { address: 'orders@contoso.com' } };
    const { id } = await (await ask(sandbox, 'POST', 'messages', { ...LUNCH, from })).json();
    const { message } = await refusal(ask(sandbox, 'POST', `messages/${id}/send`));
    expect(message).toContain('--mailbox orders@contoso.com');
  });
});

test('whatever was asked for and however many mailboxes there are, what is said fits into the error of a client', async () => {
  const address = fc.emailAddress();
  await fc.assert(
    fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 40 }), fc.string(), async (given, user) => {
      const mailboxes = given.map((userPrincipalName, index) => ({
        id: `a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a${String(index).padStart(2, '0')}`,
        userPrincipalName,
        displayName: '',
      }));
      const sandbox = createSandbox({ explain: true, mailboxes });
      const from = { emailAddress: { address: user } };
      const { message } = await refusal(send(sandbox, { ...LUNCH, from }));
      expect(message.startsWith(`${SENTENCES.sendAs} This is the sandbox`)).toBe(true);
      expect(message.length).toBeLessThanOrEqual(500 + 170);
      // The part that says what to do comes before the place at which clients cut.
      expect(message.indexOf('It has')).toBeLessThan(500);
    }),
    { numRuns: 50 },
  );
});

describe('settings of an app that are not those of the sandbox', () => {
  test.each<[string, GraphTransportOptions, string, RegExp]>([
    [
      'tenant',
      { tenantId: 'fabrikam.example' },
      'AADSTS90002',
      /Tenant 'fabrikam\.example' not found\. This is the sandbox .*whose tenant is [\da-f-]{36} \(contoso\.example\)\. Start it with yours: --tenant-id, or tenantId in code\./,
    ],
    [
      'client',
      { clientId: 'my-app' },
      'AADSTS700016',
      /This is the sandbox .*whose client id is [\da-f-]{36}\. Start it with yours: --client-id, or clientId in code\./,
    ],
    [
      'secret',
      { clientSecret: 'wrong' },
      'AADSTS7000215',
      /This is the sandbox .*client secret is the AZURE_CLIENT_SECRET that it prints.*--client-secret, or clientSecret in code\./,
    ],
  ])('are told apart: the %s', async (_what, options, graphCode, said) => {
    const clientSecret = 'canary-7Q~of-the-sandbox';
    const error = await failureOf(
      options.clientSecret ? options : { ...options, clientSecret },
      {},
      { clientSecret },
    );
    expect(error).toMatchObject({ graphCode, message: expect.stringMatching(said) });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain(clientSecret);
  });

  test('are told apart from a secret that the sandbox plays as expired', async () => {
    const answer = await askForToken(createSandbox({ explain: true, secretState: 'expired' }));
    expect((await answer.json()).error_description).toMatch(
      /^AADSTS7000222: .*are expired\. This is the sandbox .*started with secretState: 'expired'\. Trace ID: /,
    );
  });
});

test('a sandbox behind handle() answers with the words of the service alone, unless it is told to explain', async () => {
  const sandbox = createSandbox();
  const user = 'orders@contoso.com';
  expect((await refusal(send(sandbox, LUNCH, { user }))).message).toBe(SENTENCES.invalidUser(user));
  expect((await (await askForToken(sandbox, {}, 'fabrikam.example')).json()).error_description).toMatch(
    /^AADSTS90002: Tenant 'fabrikam\.example' not found\. Trace ID: /,
  );
});

test('a running sandbox can be told not to explain', async () => {
  const error = await failureOf({ userId: 'orders@contoso.com' }, {}, { explain: false });
  expect(error.message).not.toContain('This is the sandbox');
});
