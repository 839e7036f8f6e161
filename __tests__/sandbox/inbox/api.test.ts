import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { Agent, request } from 'undici';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox';
import { eventStream } from '../../../src/sandbox/inbox/events';
import { LUNCH, send, sendMime, TEXT_FILE } from '../support';

const API = '/inbox/api/v1';

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string }[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: Record<string, unknown>;
}

let sandbox: RunningSandbox;
let dispatcher: Agent;
let description: Description;
const ajv = new Ajv2020({ strict: false });
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
const schemas = new Map<object, ValidateFunction>();
const seen = new Set<string>();

beforeAll(async () => {
  // No connection is kept, which the server might close while a test keeps the machine busy.
  dispatcher = new Agent({ pipelining: 0 });
  sandbox = await startSandbox();
  const answer = await request(`${sandbox.url}${API}/openapi.json`, { dispatcher });
  const isDescription = (value: unknown): value is Description => typeof value === 'object';
  const body = await answer.body.json();
  if (isDescription(body)) description = body;
});
beforeEach(() => sandbox.clear());
afterAll(async () => {
  await sandbox.close();
  await dispatcher.destroy();
});

function operationFor(method: string, path: string): { id: string; operation: Operation } | undefined {
  const { pathname } = new URL(path, 'http://x');
  const exact = Object.keys(description.paths).find((template) => template === pathname);
  const template =
    exact ??
    Object.keys(description.paths).find((each) =>
      new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
    );
  const operation = template === undefined ? undefined : description.paths[template]?.[method.toLowerCase()];
  return operation && { id: operation.operationId, operation };
}

/** Asks the API, and compares the answer with its description. */
async function ask(
  method: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'OPTIONS',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await request(`${sandbox.url}${API}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    dispatcher,
  });
  const text = await answer.body.text();
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
  const json = type === 'application/json' ? JSON.parse(text) : {};
  const described = operationFor(method, path);
  if (described) {
    const { id, operation } = described;
    const response = operation.responses[answer.statusCode];
    expect([id, answer.statusCode, response]).toEqual([id, answer.statusCode, expect.anything()]);
    const content = response?.content?.[type];
    expect([id, type, content === undefined]).toEqual([id, type, answer.statusCode === 204]);
    if (type === 'application/json' && content)
      expect([id, complaints(content.schema, json)]).toEqual([id, null]);
    if (answer.statusCode < 400) seen.add(id);
  }
  return { status: answer.statusCode, headers: answer.headers, text, json };
}

function complaints(schema: object, value: unknown): unknown {
  const validate = schemas.get(schema) ?? ajv.compile({ ...schema, components: description.components });
  schemas.set(schema, validate);
  validate(value);
  return validate.errors ?? null;
}

const sendTo = (address: string, subject: string, more: object = {}) =>
  send(sandbox, { subject, toRecipients: [{ emailAddress: { address } }], ...more });

const latestId = () => encodeURIComponent(sandbox.messages.at(-1)?.id ?? '');
const subjects = ({ json: { messages } }: Answer) =>
  Array.isArray(messages) ? messages.map(({ subject }) => subject) : [];

test('messages are listed by filter and page, the latest first', async () => {
  for (let number = 1; number <= 5; number += 1) await sendTo(`u${number % 2}@example.com`, `No ${number}`);
  expect(subjects(await ask('GET', '/messages'))).toEqual(['No 5', 'No 4', 'No 3', 'No 2', 'No 1']);
  const page = await ask('GET', '/messages?to=U1@example.com&limit=2&offset=1');
  expect(subjects(page)).toEqual(['No 3', 'No 1']);
  expect(page.json).toMatchObject({ total: 3, limit: 2, offset: 1 });
  expect(subjects(await ask('GET', '/messages?subject=No%202'))).toEqual(['No 2']);
  expect(subjects(await ask('GET', '/messages?q=subject:4'))).toEqual(['No 4']);
  expect(subjects(await ask('GET', '/messages?since=2999-01-01T00:00:00Z'))).toEqual([]);
});

test('every filter of the code is a parameter', async () => {
  await sendTo('ann@example.com', 'Hi', {
    body: { contentType: 'html', content: '<p>Hello <b>Ann</b></p>' },
    attachments: [TEXT_FILE],
    internetMessageHeaders: [{ name: 'X-Order', value: '4711' }],
    internetMessageId: '<1@contoso.example>',
  });
  const query = new URLSearchParams({
    to: 'ann@example.com',
    from: 'app@contoso.example',
    text: 'Hello Ann',
    html: '<b>Ann',
    header: 'x-order: 4711',
    attachment: 'greeting.txt',
    messageId: '1@contoso.example',
    mailbox: 'app@contoso.example',
    route: 'json',
  });
  expect(subjects(await ask('GET', `/messages?${query}`))).toEqual(['Hi']);
  for (const other of ['cc=x', 'bcc=x', 'replyTo=x', 'header=X-Order:%205', 'route=mime']) {
    expect(subjects(await ask('GET', `/messages?${other}`))).toEqual([]);
  }
  expect(subjects(await ask('GET', '/messages?header=X-Order&to=ann@example.com'))).toEqual(['Hi']);
  expect(subjects(await ask('GET', '/messages?to=ann@example.com&to=bob@example.com'))).toEqual([]);
});

test('one message, with its links and files', async () => {
  const content = '<a href="https://example.com/?a=1&amp;b=2">Confirm</a>';
  await sendTo('ann@example.com', 'Hi', { body: { contentType: 'html', content }, attachments: [TEXT_FILE] });
  const { json } = await ask('GET', `/messages/${latestId()}`);
  expect(json).toMatchObject({
    text: 'Confirm',
    html: content,
    links: ['https://example.com/?a=1&b=2'],
    attachments: [
      { index: 0, name: 'greeting.txt', size: 5, url: `${API}/messages/${latestId()}/attachments/0` },
    ],
  });
  expect((await ask('GET', '/messages/latest?to=ann@example.com')).json).toEqual(json);
  expect((await ask('GET', '/messages/latest/attachments')).json).toEqual({ attachments: json.attachments });
});

test("a message's parts come with headers that give a browser no rights", async () => {
  await sendMime(sandbox, [
    'From: app@contoso.example',
    'To: ann@example.com',
    'Subject: Hi',
    'Content-Type: text/html',
    '',
    '<p>Hello</p><script>alert(1)</script>',
  ]);
  const html = await ask('GET', '/messages/latest/html');
  expect(html.text).toContain('<p>Hello</p>');
  expect(html.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  const text = await ask('GET', '/messages/latest/text');
  expect(text.text).toBe('Hello');
  const raw = await ask('GET', '/messages/latest/raw');
  expect(raw.text).toContain('Subject: Hi\r\n');
  expect(raw.headers['content-disposition']).toMatch(/^attachment; filename="Hi.eml"/);
  for (const { headers } of [html, text, raw]) {
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain('sandbox');
  }
});

test('an attachment is read by its index or its name', async () => {
  await sendTo('ann@example.com', 'Hi', { attachments: [{ ...TEXT_FILE, contentType: 'text/html' }] });
  for (const file of ['0', 'greeting.txt']) {
    const { text, headers } = await ask('GET', `/messages/latest/attachments/${file}`);
    expect(text).toBe('Hello');
    expect(headers['content-disposition']).toContain('attachment; filename="greeting.txt"');
    expect(headers['content-type']).toBe('application/octet-stream');
  }
});

test('a wait ends with the message as soon as it comes', async () => {
  await sendTo('ann@example.com', 'Old');
  const waiting = ask('GET', '/messages/wait?to=ann@example.com&onlyNew=true');
  const there = await ask('GET', '/messages/wait?to=ann@example.com');
  expect(there.json).toMatchObject({ subject: 'Old' });
  await sendTo('ann@example.com', 'New');
  expect((await waiting).json).toMatchObject({ subject: 'New' });
});

test('a wait ends when its client leaves', async () => {
  const wait = sandbox.waitForMessage.bind(sandbox);
  const asked = jest.spyOn(sandbox, 'waitForMessage');
  const started = new Promise<{ message: Promise<unknown> }>((resolve) => {
    asked.mockImplementation((...given) => {
      const message = wait(...given);
      resolve({ message });
      return message;
    });
  });
  const client = new AbortController();
  const answer = request(`${sandbox.url}${API}/messages/wait?to=ann@example.com&timeout=60000`, {
    dispatcher,
    signal: client.signal,
  }).catch((error) => error);
  const { message } = await started;
  asked.mockRestore();
  client.abort();
  await expect(message).rejects.toMatchObject({ name: 'AbortError' });
  expect(await answer).toMatchObject({ name: 'AbortError' });
});

test('a wait in vain is answered 408, with what came instead', async () => {
  await sendTo('ann@example.com', 'Hi');
  const { status, json } = await ask('GET', '/messages/wait?subject=Bye&timeout=1');
  expect(status).toBe(408);
  expect(json).toMatchObject({
    error: {
      code: 'timeout',
      message: expect.stringContaining('No message with subject "Bye" came within 1 ms.'),
    },
    messages: [{ subject: 'Hi' }],
  });
});

test('messages are deleted: one, those that match, and all', async () => {
  for (const subject of ['A', 'B', 'B', 'C']) await sendTo('ann@example.com', subject);
  expect((await ask('DELETE', `/messages/${latestId()}`)).status).toBe(204);
  expect((await ask('DELETE', '/messages?subject=B')).json).toEqual({ deleted: 2 });
  expect(sandbox.messages.map(({ subject }) => subject)).toEqual(['A']);
  expect((await ask('DELETE', '/messages')).json).toEqual({ deleted: 1 });
});

test('faults are added, listed and removed', async () => {
  const fault = { kind: 'answer', status: 503, code: 'ServiceUnavailable' };
  const added = await ask('POST', '/faults', { request: 'send-mail', fault, times: 2 });
  expect(added).toMatchObject({ status: 201, json: { request: 'send-mail', fault, times: 2 } });
  expect((await send(sandbox, LUNCH)).status).toBe(503);
  expect((await ask('GET', '/faults')).json).toEqual({ faults: [{ ...added.json, times: 1 }] });
  expect((await ask('DELETE', `/faults/${added.json.id}`)).status).toBe(204);
  await ask('POST', '/faults', { request: 'token', fault, skip: 1, every: 2, mailbox: 'x@y.example' });
  expect((await ask('GET', '/faults')).status).toBe(200);
  expect((await ask('DELETE', '/faults')).json).toEqual({ deleted: 1 });
});

test.each<[string, unknown, string]>([
  ['no object', [], 'The body is an object with request and fault.'],
  ['an unknown name', { request: 'send-mail', falt: {} }, 'Unknown property "falt". Did you mean "fault"?'],
  ['an unknown request', { request: 'sendmail', fault: {} }, "Did you mean 'send-mail'?"],
  ['an unknown kind', { request: 'token', fault: { kind: 'x' } }, 'Expected the `kind` of a fault'],
  ['a wrong number', { request: 'token', fault: { kind: 'broken-json' }, times: 0 }, 'Expected `times`'],
])('a fault with %s is refused', async (_what, body, text) => {
  const { status, json } = await ask('POST', '/faults', body);
  expect(status).toBe(400);
  expect(json).toMatchObject({ error: { code: 'bad-request', message: expect.stringContaining(text) } });
  expect(sandbox.faults).toEqual([]);
});

test('a body that is not JSON, not labelled so, or too long is refused', async () => {
  const broken = await ask('POST', '/faults', undefined, { 'content-type': 'application/json' });
  expect(broken.status).toBe(400);
  expect((await ask('POST', '/faults', {}, { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await ask('POST', '/faults', 'x'.repeat(70_000))).status).toBe(413);
});

test('requests are listed, or those that failed', async () => {
  await send(sandbox, LUNCH);
  await send(sandbox, LUNCH, { authorization: 'Bearer x' });
  const { json } = await ask('GET', '/requests?limit=2');
  expect(json).toMatchObject({
    total: 3,
    requests: [{ status: 401, rule: 'token-unreadable' }, { status: 202 }],
  });
  expect((await ask('GET', '/requests?failed=true')).json).toMatchObject({ total: 1 });
});

test('the mailboxes are listed, and all is forgotten', async () => {
  await send(sandbox, LUNCH);
  expect((await ask('GET', '/mailboxes')).json.mailboxes).toEqual(sandbox.mailboxes);
  expect((await ask('POST', '/reset')).status).toBe(204);
  expect(sandbox.messages).toEqual([]);
});

test('events tell of each message that comes and goes, and of those since the last one', async () => {
  await sendTo('ann@example.com', 'Old');
  const open = async (headers = {}) => {
    const { body } = await request(`${sandbox.url}${API}/events`, { dispatcher, headers });
    const events = body.setEncoding('utf8')[Symbol.asyncIterator]();
    let text = '';
    return async (wanted: string) => {
      while (!text.includes(wanted)) text += String((await events.next()).value);
      return text;
    };
  };
  const read = await open();
  await read('retry: 1000');
  const { id } = sandbox.messages[0];
  await sendTo('ann@example.com', 'New');
  expect(await read('"subject":"New"')).toMatch(/id: \S+\nevent: message\ndata: \{"id"/);
  sandbox.removeMessage(id);
  const text = await read('event: removed');
  expect(text).toContain(`event: removed\ndata: {"id":"${id}"}\n\n`);
  expect(text).not.toContain('"Old"');
  await sendTo('ann@example.com', 'Later');
  const resumed = await open({ 'last-event-id': sandbox.messages[0].id });
  expect(await resumed('"Later"')).not.toContain('"subject":"New"');
  seen.add('events');
});

test('a reader of events that falls 1,000 behind is cut off, and told the rest when it comes back', async () => {
  await sendTo('ann@example.com', 'First');
  const { id } = sandbox.messages[0];
  const stream = eventStream(sandbox, null);
  for (let number = 0; number < 1010; number += 1) await sendTo('ann@example.com', `No ${number}`);
  const events = (await stream.text()).split('\n\n').filter((event) => event.includes('event: message'));
  expect(events.length).toBeGreaterThan(990);
  expect(events.length).toBeLessThanOrEqual(1000);
  const again = eventStream(sandbox, id).body?.getReader();
  let missed = '';
  while (!missed.includes('"No 1009"')) missed += Buffer.from((await again?.read())?.value ?? []).toString();
  await again?.cancel();
  expect(missed.match(/event: message/g)).toHaveLength(1010);
});

test.each<[string, string, string]>([
  ['PUT', '/messages', 'GET, HEAD, DELETE'],
  ['POST', '/messages/wait', 'GET, HEAD, DELETE'],
  ['PUT', '/reset', 'POST'],
  ['DELETE', '/openapi.json', 'GET, HEAD'],
])('%s %s is refused with the methods that are allowed', async (method, path, allow) => {
  const { statusCode, headers, body } = await request(`${sandbox.url}${API}${path}`, {
    method,
    dispatcher,
  });
  expect([statusCode, headers.allow]).toEqual([405, allow]);
  expect(await body.json()).toMatchObject({ error: { code: 'method-not-allowed' } });
});

test('HEAD has the headers of GET and no body, of events too', async () => {
  await send(sandbox, LUNCH);
  for (const path of ['/messages', '/messages/latest/raw', '/openapi.json', '/events']) {
    const answer = await request(`${sandbox.url}${API}${path}`, { method: 'HEAD', dispatcher });
    expect([path, answer.statusCode, await answer.body.text()]).toEqual([path, 200, '']);
    if (path === '/events') expect(answer.headers['content-type']).toBe('text/event-stream');
  }
});

test('a calendar without a name is invite.ics, in the list and as an address', async () => {
  await sendMime(sandbox, [
    'From: app@contoso.example',
    'To: bo@example.com',
    'Subject: Planning',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/calendar; method=REQUEST',
    '',
    'BEGIN:VCALENDAR',
    'END:VCALENDAR',
    '--b--',
    '',
  ]);
  expect((await ask('GET', '/messages/latest/attachments')).json).toMatchObject({
    attachments: [{ name: 'invite.ics' }],
  });
  const { status, headers } = await ask('GET', '/messages/latest/attachments/invite.ics');
  expect(status).toBe(200);
  expect(headers['content-disposition']).toContain('invite.ics');
});

test.each<['GET' | 'POST' | 'DELETE' | 'PUT' | 'OPTIONS', string, number, string]>([
  [
    'GET',
    '/messages?subjct=x',
    400,
    'Unknown query parameter "subjct". Did you mean "subject"? It takes to, cc',
  ],
  ['GET', '/mailboxes?to=x', 400, 'Unknown query parameter "to". It takes none.'],
  ['GET', '/messages?to=', 400, 'The query parameter "to" is empty.'],
  ['GET', '/messages?subject=a&subject=b', 400, 'The query parameter "subject" is given more than once.'],
  ['GET', '/messages?limit=0', 400, '"limit" is a number from 1 to 500, not "0".'],
  ['GET', '/messages?limit=501', 400, '"limit" is a number'],
  ['GET', '/messages?offset=-1', 400, '"offset" is a number from 0 and up, not "-1".'],
  ['GET', '/messages?since=today', 400, '"since" is a time such as'],
  ['GET', '/messages?route=smtp', 400, '"route" is json, mime or draft'],
  ['GET', '/messages?header=:x', 400, '"header" is like'],
  ['GET', '/messages?header=X-A:1&header=x-a:2', 400, 'The header "x-a" is given more than once.'],
  ['GET', '/messages/wait?timeout=60001', 400, '"timeout" is a number from 0 to 60000'],
  ['GET', '/messages/wait?onlyNew=yes', 400, '"onlyNew" is true or false'],
  ['GET', '/messages/x?to=ann', 400, 'A filter goes with `latest`'],
  ['GET', '/messages/x', 404, 'There is no message with this id.'],
  ['GET', '/messages/latest', 404, 'No message matches.'],
  ['GET', '/messages/x/raw', 404, 'There is no message'],
  ['DELETE', '/messages/x', 404, 'There is no message'],
  ['DELETE', '/faults/7', 404, 'There is no fault with this id.'],
  ['GET', '/nothing', 404, 'There is nothing here. /inbox/api/v1/openapi.json lists what there is.'],
  ['GET', '/messages/%E0%A4%A', 404, 'There is nothing here.'],
  ['PUT', '/messages', 405, 'This takes GET, DELETE, not PUT.'],
  ['OPTIONS', '/messages', 405, 'This takes GET, DELETE, not OPTIONS.'],
])('%s %s is refused with %i, as JSON', async (method, path, status, text) => {
  const answer = await ask(method, path);
  expect(answer.status).toBe(status);
  expect(answer.json).toEqual({
    error: { code: expect.any(String), message: expect.stringContaining(text) },
  });
});

test('a message without HTML or without that file is 404', async () => {
  await send(sandbox, LUNCH);
  expect((await ask('GET', '/messages/latest/html')).status).toBe(404);
  expect((await ask('GET', '/messages/latest/attachments/0')).status).toBe(404);
});

test.each<[string, Record<string, string>]>([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another port', { 'sec-fetch-site': 'same-site' }],
  ['another origin', { origin: 'http://evil.example' }],
  ['a page without an origin', { origin: 'null' }],
])('a page of %s cannot change anything', async (_where, headers) => {
  await send(sandbox, LUNCH);
  for (const [method, path] of [
    ['DELETE', '/messages'],
    ['DELETE', `/messages/${latestId()}`],
    ['POST', '/reset'],
    ['POST', '/faults'],
    ['DELETE', '/faults'],
  ] as const) {
    const answer = await ask(method, path, undefined, headers);
    expect(answer).toMatchObject({ status: 403, json: { error: { code: 'forbidden' } } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  }
  expect(sandbox.messages).toHaveLength(1);
});

test('a page of another site cannot read, and any other host name is refused', async () => {
  expect((await ask('GET', '/messages', undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  const refused = {
    error: { code: 'forbidden', message: 'The sandbox answers to 127.0.0.1 and localhost only.' },
  };
  const headers = { host: 'evil.example' };
  expect(await ask('GET', '/messages', undefined, headers)).toMatchObject({ status: 403, json: refused });
  // Graph has the same shape for its errors; a page is text.
  for (const [path, isJson] of [
    ['/v1.0/users/x/messages', true],
    ['/inbox', false],
  ] as const) {
    const answer = await request(sandbox.url + path, { headers, dispatcher });
    const text = await answer.body.text();
    expect(answer.statusCode).toBe(403);
    expect(text).toBe(isJson ? JSON.stringify(refused) : `${refused.error.message}\n`);
  }
});

test('the description is OpenAPI 3.1, its references lead somewhere, and every operation was tried', () => {
  expect(description.openapi).toBe('3.1.0');
  const references = [...JSON.stringify(description).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  for (const [, name = ''] of references) expect(description.components.schemas).toHaveProperty(name);
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  for (const { path, parameters = [] } of operations) {
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
  }
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => id !== 'openApi' && !seen.has(id))).toEqual([]);
});
