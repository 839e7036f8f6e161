import { createSandbox, type Sandbox, type SandboxFault, type SandboxRequestName } from '../../src/sandbox';
import {
  ask,
  askForSession,
  askForToken,
  attach,
  find,
  LUNCH,
  makeDraft,
  openSession,
  putRange,
  refusal,
  send,
  tokenFor,
} from './support';

const PRIVATE_CONTENT = 'At the new place.';
const limits = { sessionMinimumBytes: 10 };
const upload = (url: string, method: string) => new Request(url, { method });

async function askForTraces(sandbox: Sandbox, path = ''): Promise<Response> {
  const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
  const url = `https://graph.microsoft.com/v1.0/admin/exchange/tracing/messageTraces${path}`;
  return sandbox.handle(new Request(url, { headers }));
}

/** Requests that are not for a mailbox. */
const TENANT_WIDE: readonly string[] = ['token', 'list-traces', 'trace-details'];

/** Makes what the request needs, and then a function that asks. */
const REQUESTS: Record<SandboxRequestName, (sandbox: Sandbox) => Promise<() => Promise<Response>>> = {
  token: async (sandbox) => () => askForToken(sandbox),
  'send-mail': async (sandbox) => () => send(sandbox, LUNCH),
  'create-draft': async (sandbox) => () => ask(sandbox, 'POST', 'messages', LUNCH),
  'find-messages': async (sandbox) => () => find(sandbox, "internetMessageId eq '<a@b>'"),
  'read-folder': async (sandbox) => () => ask(sandbox, 'GET', 'mailFolders/drafts'),
  'read-message': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'GET', `messages/${id}`);
  },
  'update-message': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'PATCH', `messages/${id}`, { subject: 'Dinner' });
  },
  'delete-message': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'DELETE', `messages/${id}`);
  },
  'move-message': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'POST', `messages/${id}/move`, { destinationId: 'outbox' });
  },
  'add-attachment': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => attach(sandbox, id);
  },
  'list-attachments': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'GET', `messages/${id}/attachments`);
  },
  'delete-attachment': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'DELETE', `messages/${id}/attachments/none`);
  },
  'create-reply': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'POST', `messages/${id}/createReply`);
  },
  'create-upload-session': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => askForSession(sandbox, id);
  },
  'upload-range': async (sandbox) => {
    const url = await openSession(sandbox, await makeDraft(sandbox));
    return () => putRange(sandbox, url, '01234', 'bytes 0-4/10');
  },
  'upload-status': async (sandbox) => {
    const url = await openSession(sandbox, await makeDraft(sandbox));
    return () => sandbox.handle(upload(url, 'GET'));
  },
  'cancel-upload': async (sandbox) => {
    const url = await openSession(sandbox, await makeDraft(sandbox));
    return () => sandbox.handle(upload(url, 'DELETE'));
  },
  'send-draft': async (sandbox) => {
    const id = await makeDraft(sandbox);
    return () => ask(sandbox, 'POST', `messages/${id}/send`);
  },
  'list-traces': async (sandbox) => () => askForTraces(sandbox),
  'trace-details': async (sandbox) => () =>
    askForTraces(sandbox, "/1/getDetailsByRecipient(recipientAddress='a@b.example')"),
};
const NAMES = Object.keys(REQUESTS).filter((name): name is SandboxRequestName => name in REQUESTS);

const TEAPOT: SandboxFault = { kind: 'answer', status: 418, code: 'Teapot' };

describe('a fault', () => {
  test.each(NAMES)('comes over the next request to %s and no other', async (name) => {
    const sandbox = createSandbox({ limits });
    const askOnce = await REQUESTS[name](sandbox);
    sandbox.failNext(name, TEAPOT);
    // With a token first, which is a request too.
    if (name !== 'token') await tokenFor(sandbox);
    expect((await askOnce()).status).toBe(418);
    expect((await askOnce()).status).not.toBe(418);
  });

  test.each(NAMES)('has a name for a chooser given %s', async (name) => {
    const sandbox = createSandbox({ limits });
    const askOnce = await REQUESTS[name](sandbox);
    const seen: unknown[] = [];
    sandbox.failWith((request) => {
      seen.push(request);
      return undefined;
    });
    await askOnce();
    expect(seen.at(-1)).toEqual({
      request: name,
      mailbox: TENANT_WIDE.includes(name) ? undefined : 'app@contoso.example',
      method: sandbox.requests.at(-1)?.method,
      path: sandbox.requests.at(-1)?.path,
    });
  });

  test('comes as often as it is told', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', TEAPOT, { times: 2 });
    const statuses = [await send(sandbox, LUNCH), await send(sandbox, LUNCH), await send(sandbox, LUNCH)];
    expect(statuses.map(({ status }) => status)).toEqual([418, 418, 202]);
  });

  test('waits behind those that were laid before it', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'answer', status: 503 });
    sandbox.failNext('send-mail', TEAPOT);
    expect((await send(sandbox, LUNCH)).status).toBe(503);
    expect((await send(sandbox, LUNCH)).status).toBe(418);
  });

  test('may be for one mailbox, whichever way the path names it', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', TEAPOT, { mailbox: 'Sales@contoso.example' });
    expect((await send(sandbox, LUNCH)).status).toBe(202);
    const user = 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a02';
    expect((await send(sandbox, LUNCH, { user })).status).toBe(418);
    expect((await send(sandbox, LUNCH, { user })).status).toBe(202);
  });

  test('is chosen by a function for each request that has none of its own', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'answer', status: 503 });
    sandbox.failWith(({ mailbox }) => (mailbox === 'app@contoso.example' ? TEAPOT : undefined));
    const statusFor = async (user: string) => (await send(sandbox, LUNCH, { user })).status;
    expect(await statusFor('app@contoso.example')).toBe(503);
    expect(await statusFor('app@contoso.example')).toBe(418);
    expect(await statusFor('sales@contoso.example')).toBe(202);
    sandbox.failWith(undefined);
    expect(await statusFor('app@contoso.example')).toBe(202);
  });

  test('is forgotten by clear', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', TEAPOT);
    sandbox.failWith(() => TEAPOT);
    sandbox.clear();
    expect((await send(sandbox, LUNCH)).status).toBe(202);
  });

  test('stands in the list of requests with what the client got', async () => {
    const sandbox = createSandbox();
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    sandbox.failNext('send-mail', TEAPOT);
    sandbox.failNext('send-mail', { kind: 'reset', when: 'after' });
    await send(sandbox, LUNCH, { authorization });
    await send(sandbox, LUNCH, { authorization });
    await send(sandbox, LUNCH, { authorization });
    expect(sandbox.requests.map(({ status, fault }) => [status, fault?.kind])).toEqual([
      [200, undefined],
      [418, 'answer'],
      [0, 'reset'],
      [202, undefined],
    ]);
  });

  test.each<[string, SandboxFault, object, string]>([
    ['no status', { kind: 'answer', status: 99 }, {}, '`status` to be an integer from 200 to 599, got 99'],
    ['no whole status', { kind: 'html', status: 500.5 }, {}, 'got 500.5'],
    ['no time', TEAPOT, { times: 0 }, '`times` to be an integer from 1 and up, got 0'],
    ['claims that are no JSON', { kind: 'challenge', claims: '{' }, {}, '`claims` to be JSON'],
  ])('is refused given %s', (_what, fault, options, message) => {
    expect(() => createSandbox().failNext('send-mail', fault, options)).toThrow(message);
  });
});

describe('an answer in place of the right one', () => {
  test('has the form of Graph', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', {
      kind: 'answer',
      status: 429,
      code: 'ErrorServerBusy',
      message: 'Come back.',
      retryAfter: 17,
      headers: { 'x-more': 'yes' },
    });
    const response = await send(sandbox, LUNCH, { headers: { 'client-request-id': 'mine' } });
    expect(response.headers.get('retry-after')).toBe('17');
    expect(response.headers.get('x-more')).toBe('yes');
    expect(response.headers.get('client-request-id')).toBe('mine');
    expect(await refusal(response)).toEqual({ status: 429, code: 'ErrorServerBusy', message: 'Come back.' });
    expect(sandbox.messages).toEqual([]);
  });

  test('has the form of Entra given a request for a token', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('token', {
      kind: 'answer',
      status: 400,
      code: 'invalid_grant',
      aadsts: 53003,
      message: 'Access has been blocked.',
    });
    const response = await askForToken(sandbox);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'invalid_grant',
      error_codes: [53003],
      error_description: expect.stringMatching(/^AADSTS53003: Access has been blocked\. Trace ID: /),
    });
  });

  test.each([400, 401, 429, 500, 503])('lets a request for a token fail with %i', async (status) => {
    const sandbox = createSandbox();
    sandbox.failNext('token', { kind: 'answer', status, code: 'temporarily_unavailable' });
    const response = await askForToken(sandbox);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable', error_codes: [90033] });
  });

  test('tells the time to wait for as an HTTP date', async () => {
    const sandbox = createSandbox();
    const retryAfter = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
    sandbox.failNext('send-mail', { kind: 'answer', status: 503, retryAfter });
    const { headers } = await send(sandbox, LUNCH);
    expect(headers.get('retry-after')).toBe('Fri, 02 Jan 2026 03:04:05 GMT');
  });

  test('has no body without a code', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'answer', status: 504 });
    expect(await (await send(sandbox, LUNCH)).text()).toBe('');
  });

  test('may come although the mail was delivered', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'answer', status: 504, when: 'after' });
    expect((await send(sandbox, LUNCH)).status).toBe(504);
    expect(sandbox.messages).toHaveLength(1);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('may be the page of a gateway, %s the mail went out', async (when, sent) => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'html', status: 502, when, retryAfter: 1 });
    const response = await send(sandbox, LUNCH);
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.has('request-id')).toBe(false);
    expect(await response.text()).toMatch(/^<html>/);
    expect(sandbox.messages).toHaveLength(sent);
  });

  test('may lead elsewhere', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'redirect', location: 'https://elsewhere.example/x' });
    const response = await send(sandbox, LUNCH);
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe('https://elsewhere.example/x');
    expect(sandbox.messages).toEqual([]);
  });
});

describe('the right answer', () => {
  test('may have more headers', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'headers', retryAfter: 5 });
    const response = await send(sandbox, LUNCH);
    expect(response.status).toBe(202);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.has('request-id')).toBe(true);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('may be a refusal of what was asked with more headers', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'headers', headers: { 'x-more': 'yes' } });
    const response = await send(sandbox, {});
    expect(response.headers.get('x-more')).toBe('yes');
    expect(await refusal(response)).toMatchObject({ status: 400, code: 'ErrorInvalidRecipients' });
  });

  test('may have JSON that ends in the middle', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('create-draft', { kind: 'broken-json' });
    const response = await ask(sandbox, 'POST', 'messages', LUNCH);
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/json');
    const text = await response.text();
    expect(text).toMatch(/^\{"id":/);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(sandbox.drafts).toHaveLength(1);
  });

  test('may have half of a JSON that nobody promised', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'broken-json' });
    const response = await send(sandbox, LUNCH);
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('{');
  });
});

describe('a connection that handle cannot break', () => {
  test.each<[string, SandboxFault, number]>([
    ['reset before the body', { kind: 'reset', when: 'before-body' }, 0],
    ['reset before anything was done', { kind: 'reset', when: 'before' }, 0],
    ['reset when all was done', { kind: 'reset', when: 'after' }, 1],
    ['cut in the head of the answer', { kind: 'cut', in: 'head' }, 1],
  ])('is a network error when %s', async (_what, fault, sent) => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', fault);
    const response = await send(sandbox, LUNCH);
    expect(response.type).toBe('error');
    expect(response.status).toBe(0);
    expect(sandbox.messages).toHaveLength(sent);
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 0, fault });
  });

  test('leaves the body unread when it is reset before it', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'reset', when: 'before-body' });
    const body = new ReadableStream(
      {
        pull() {
          throw new Error('The body was read.');
        },
      },
      { highWaterMark: 0 },
    );
    const url = 'https://graph.microsoft.com/v1.0/users/app@contoso.example/sendMail';
    const init = { method: 'POST', body, duplex: 'half' };
    expect((await sandbox.handle(new Request(url, init))).type).toBe('error');
  });

  test('ends in the body when it is cut there', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('create-draft', { kind: 'cut', in: 'body' });
    const response = await ask(sandbox, 'POST', 'messages', LUNCH);
    expect(response.status).toBe(201);
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    const half = new TextDecoder().decode(value);
    expect(half).toMatch(/^\{"id":/);
    expect(() => JSON.parse(half)).toThrow(SyntaxError);
    await expect(reader?.read()).rejects.toThrow('terminated');
    expect(sandbox.drafts).toHaveLength(1);
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 201, fault: { kind: 'cut' } });
  });

  test.each<[string, SandboxFault, number]>([
    ['silence', { kind: 'silence' }, 0],
    ['silence after the mail went out', { kind: 'silence', when: 'after' }, 1],
    ['a head that trickles', { kind: 'trickle', in: 'head' }, 1],
  ])('is waited for until its signal is aborted given %s', async (_what, fault, sent) => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', fault);
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const controller = new AbortController();
    const waiting = sandbox.handle(
      new Request('https://graph.microsoft.com/v1.0/users/app@contoso.example/sendMail', {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ message: LUNCH }),
        signal: controller.signal,
      }),
    );
    const enough = new Error('Enough.');
    controller.abort(enough);
    await expect(waiting).rejects.toBe(enough);
    expect(sandbox.messages).toHaveLength(sent);
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 0, fault });
  });

  test('gives a body byte by byte, and then white space without end', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('create-draft', { kind: 'trickle', in: 'body', everyMs: 0 });
    const response = await ask(sandbox, 'POST', 'messages', LUNCH);
    let text = '';
    for await (const piece of response.body ?? []) {
      expect(piece).toHaveLength(1);
      text += String.fromCharCode(...piece);
      if (text.endsWith('}  ')) break;
    }
    expect(JSON.parse(text)).toMatchObject({ subject: LUNCH.subject, isDraft: true });
  });
});

test('no fault shows what a request holds', async () => {
  const sandbox = createSandbox();
  sandbox.failNext('send-mail', { kind: 'reset', when: 'after' });
  await send(sandbox, LUNCH);
  const listed = JSON.stringify(sandbox.requests);
  for (const secret of [PRIVATE_CONTENT, sandbox.options.clientSecret]) expect(listed).not.toContain(secret);
});
