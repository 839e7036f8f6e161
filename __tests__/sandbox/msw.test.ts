import { Client, FileUpload, LargeFileUploadTask } from '@microsoft/microsoft-graph-client';
import { setupServer } from 'msw/node';
import { createSandbox, type Sandbox } from '../../src/sandbox';
import { sandboxHandlers } from '../../src/sandbox/msw';
import { LUNCH, makeDraft, openSession } from './support';

const server = setupServer();

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

/** A token as an app gets it, with no library between it and the network. */
async function askForToken({ options }: Sandbox): Promise<string> {
  const answer = await fetch(`${options.authorityHost}/${options.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: options.clientId,
      client_secret: options.clientSecret,
      scope: `${options.graphEndpoint}/.default`,
    }),
  });
  return (await answer.json()).access_token;
}

async function sendLunch(sandbox: Sandbox): Promise<Response> {
  const { graphEndpoint, userId } = sandbox.options;
  return fetch(`${graphEndpoint}/v1.0/users/${userId}/sendMail`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await askForToken(sandbox)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message: LUNCH }),
  });
}

test('mail that an app sends to the public cloud arrives in the sandbox', async () => {
  const sandbox = createSandbox();
  server.use(...sandboxHandlers(sandbox));
  expect((await sendLunch(sandbox)).status).toBe(202);
  expect(sandbox.messages).toMatchObject([{ subject: 'Meet for lunch?' }]);
});

test('a national cloud is played under its own names', async () => {
  const sandbox = createSandbox({
    authorityHost: 'https://login.microsoftonline.us',
    graphEndpoint: 'https://graph.microsoft.us',
  });
  server.use(...sandboxHandlers(sandbox));
  expect((await sendLunch(sandbox)).status).toBe(202);
});

test('other hosts are left alone, however much alike their names are', async () => {
  server.use(...sandboxHandlers());
  const silenced = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await expect(fetch('https://graph.microsoft.com.evil.example/v1.0/me')).rejects.toThrow();
  await expect(fetch('https://graphxmicrosoft.com/v1.0/me')).rejects.toThrow();
  silenced.mockRestore();
});

test('a fault of the sandbox reaches the app', async () => {
  const sandbox = createSandbox();
  server.use(...sandboxHandlers(sandbox));
  sandbox.failNext('send-mail', { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 2 });
  const answer = await sendLunch(sandbox);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '2']);
  sandbox.failNext('send-mail', { kind: 'reset', when: 'before' });
  await expect(sendLunch(sandbox)).rejects.toThrow(TypeError);
  expect(sandbox.messages).toEqual([]);
});

test('a range is taken although msw sees no Content-Length', async () => {
  const sandbox = createSandbox({ limits: { sessionMinimumBytes: 1 } });
  server.use(...sandboxHandlers(sandbox));
  const uploadUrl = await openSession(sandbox, await makeDraft(sandbox));
  const headers = { 'content-range': 'bytes 0-9/10', 'content-type': 'application/octet-stream' };
  expect((await fetch(uploadUrl, { method: 'PUT', headers, body: 'HelloWorld' })).status).toBe(201);
});

test("Microsoft's Graph client needs no options to send a large attachment", async () => {
  const sandbox = createSandbox();
  server.use(...sandboxHandlers(sandbox));
  const client = Client.init({ authProvider: async (done) => done(null, await askForToken(sandbox)) });
  const content = new Uint8Array(4_000_000).fill(7);
  const mailbox = `/users/${sandbox.options.userId}`;
  const { id } = await client.api(`${mailbox}/messages`).post(LUNCH);
  const session = await LargeFileUploadTask.createUploadSession(
    client,
    `${mailbox}/messages/${id}/attachments/createUploadSession`,
    { AttachmentItem: { attachmentType: 'file', name: 'large.bin', size: content.length } },
  );
  expect(session.url).toMatch(/^https:\/\/outlook\.office\.com\//);
  const file = new FileUpload(content.buffer, 'large.bin', content.length);
  await new LargeFileUploadTask(client, file, session, { rangeSize: 10 * 327_680 }).upload();
  await client.api(`${mailbox}/messages/${id}/send`).post(undefined);
  const [attachment] = sandbox.messages[0]?.attachments ?? [];
  expect(attachment?.content.equals(content)).toBe(true);
  expect(attachment?.uploadRanges).toBe(2);
});
