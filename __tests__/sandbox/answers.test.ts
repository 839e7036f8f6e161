import { createSandbox } from '../../src/sandbox';
import { askForToken, LUNCH, send, tokenFor } from './support';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CLIENT_REQUEST_ID = '6d2b0b9f-38c5-4f6e-8f0c-333333333333';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

describe('an answer of Graph', () => {
  test('has an empty body given a message that is accepted', async () => {
    const response = await send(createSandbox(), LUNCH);
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
  });

  test.each([
    ['a success', LUNCH, 202],
    ['a refusal', { ...LUNCH, toRecipients: [] }, 400],
  ])('identifies itself in its headers as %s', async (_what, message, status) => {
    const sandbox = createSandbox({ now: () => NOW });
    const { headers, ...response } = await send(sandbox, message, {
      headers: { 'client-request-id': CLIENT_REQUEST_ID },
    }).then((response) => ({ headers: response.headers, status: response.status }));
    expect(response.status).toBe(status);
    expect(headers.get('request-id')).toMatch(GUID);
    expect(headers.get('client-request-id')).toBe(CLIENT_REQUEST_ID);
    expect(headers.get('date')).toBe('Fri, 02 Jan 2026 03:04:05 GMT');
    expect(JSON.parse(headers.get('x-ms-ags-diagnostic') ?? '')).toHaveProperty('ServerInfo.DataCenter');
  });

  test('is named by its own id where the client gave none', async () => {
    const response = await send(createSandbox(), {});
    expect(response.headers.get('client-request-id')).toBe(response.headers.get('request-id'));
    const { innerError } = (await response.json()).error;
    expect(innerError['client-request-id']).toBe(response.headers.get('request-id'));
  });

  test('identifies itself in the body of a refusal', async () => {
    const sandbox = createSandbox({ now: () => NOW });
    const response = await send(sandbox, {}, { headers: { 'client-request-id': CLIENT_REQUEST_ID } });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      error: {
        code: 'ErrorInvalidRecipients',
        message: expect.any(String),
        innerError: {
          date: '2026-01-02T03:04:05',
          'request-id': response.headers.get('request-id'),
          'client-request-id': CLIENT_REQUEST_ID,
        },
      },
    });
  });

  test('has an id of its own each time', async () => {
    const sandbox = createSandbox();
    const ids = [await send(sandbox, LUNCH), await send(sandbox, LUNCH)].map(({ headers }) =>
      headers.get('request-id'),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe('the list of requests', () => {
  test('names every request that was answered and nothing of its content', async () => {
    const sandbox = createSandbox();
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const headers = { 'client-request-id': CLIENT_REQUEST_ID };
    const response = await send(sandbox, LUNCH, { authorization, headers });
    await send(sandbox, LUNCH, { authorization: null });
    await sandbox.handle(new Request('https://graph.microsoft.com/nothing?code=secret'));
    expect(sandbox.requests).toEqual([
      {
        method: 'POST',
        path: `/${sandbox.options.tenantId}/oauth2/v2.0/token`,
        status: 200,
        requestId: expect.stringMatching(GUID),
        clientRequestId: undefined,
        receivedAt: expect.any(Date),
        durationMs: expect.any(Number),
      },
      {
        method: 'POST',
        path: '/v1.0/users/app%40contoso.example/sendMail',
        mailbox: 'app@contoso.example',
        status: 202,
        requestId: response.headers.get('request-id'),
        clientRequestId: CLIENT_REQUEST_ID,
        receivedAt: expect.any(Date),
        durationMs: expect.any(Number),
      },
      expect.objectContaining({ status: 401 }),
      expect.objectContaining({ method: 'GET', path: '/nothing', status: 404 }),
    ]);
  });

  test('says when each arrived, and how long its answer took', async () => {
    let now = Date.UTC(2026, 0, 5, 9);
    const sandbox = createSandbox({ now: () => now });
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    sandbox.failWith(() => {
      now += 1250;
      return undefined;
    });
    await send(sandbox, LUNCH, { authorization });
    expect(sandbox.requests.at(-1)).toMatchObject({
      receivedAt: new Date('2026-01-05T09:00:00Z'),
      durationMs: 1250,
    });
  });

  test('is forgotten with the messages, while tokens stay valid', async () => {
    const sandbox = createSandbox();
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    await send(sandbox, LUNCH, { authorization });
    sandbox.clear();
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.requests).toEqual([]);
    expect((await send(sandbox, LUNCH, { authorization })).status).toBe(202);
  });
});

test('two sandboxes share nothing', async () => {
  const [one, other] = [createSandbox(), createSandbox()];
  await askForToken(one);
  await send(one, LUNCH);
  expect(other.messages).toEqual([]);
  expect(other.requests).toEqual([]);
});
