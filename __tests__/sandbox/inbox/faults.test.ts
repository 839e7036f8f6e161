import { type RunningSandbox, SANDBOX_RULES, startSandbox } from '../../../src/sandbox';
import { FAULT_PRESETS } from '../../../src/sandbox/inbox/fault-presets';
import { askForToken, LUNCH, refusal, send } from '../support';
import { get, submit } from './support';

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const arm = (values: Record<string, string>) =>
  submit(sandbox, '/inbox/faults', { request: 'send-mail', ...values });

test('a form throttles the next requests of a kind', async () => {
  const { status, headers } = await arm({ fault: 'throttled', times: '2', retryAfter: '2' });
  expect([status, headers.location]).toEqual([303, '/inbox/faults']);
  for (let time = 0; time < 2; time += 1) {
    const answer = await send(sandbox, LUNCH);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '2']);
  }
  expect((await send(sandbox, LUNCH)).status).toBe(202);
});

test('a fault is for one mailbox only, if the form says so', async () => {
  await arm({ fault: 'unlicensed', mailbox: 'sales@contoso.example' });
  expect((await send(sandbox, LUNCH)).status).toBe(202);
  expect(await refusal(send(sandbox, LUNCH, { user: 'sales@contoso.example' }))).toMatchObject({
    status: 404,
    code: 'MailboxNotEnabledForRESTAPI',
  });
});

test('a secret expires, whichever request and mailbox the form still shows', async () => {
  await arm({ fault: 'expired-secret', mailbox: 'sales@contoso.example' });
  const { error_codes: codes } = await (await askForToken(sandbox)).json();
  expect(codes).toEqual([7000222]);
});

test('clients that have a token must ask for another one when the form revokes them', async () => {
  const { access_token: token } = await (await askForToken(sandbox)).json();
  await arm({ fault: 'expired-secret', revoke: '1' });
  const answer = await send(sandbox, LUNCH, { authorization: `Bearer ${token}` });
  expect(answer.status).toBe(401);
});

test('an answer can be your own', async () => {
  await arm({ status: '418', code: 'Teapot', message: 'Short and stout.', when: 'after', retryAfter: '' });
  const answer = await send(sandbox, LUNCH);
  expect(answer.headers.has('retry-after')).toBe(false);
  expect(await refusal(answer)).toEqual({ status: 418, code: 'Teapot', message: 'Short and stout.' });
  expect(sandbox.messages).toHaveLength(1);
});

test('every fault of the page can be armed, and is described', async () => {
  const presets = FAULT_PRESETS.flatMap((group) => group.presets);
  for (const { name } of presets) expect([name, (await arm({ fault: name })).status]).toEqual([name, 303]);
  const { text } = await get(sandbox, '/inbox/faults');
  const described = [...text.matchAll(/<code>[a-z-]+<\/code>: (.*?)<\/span>/g)].map(([, words]) => words);
  expect(described).toHaveLength(presets.length);
  expect(new Set(described).size).toBe(presets.length);
});

test('faults that tests arm are shown, and a fault that was met is shown with its request', async () => {
  sandbox.failNext(
    'send-mail',
    { kind: 'reset', when: 'after' },
    { times: 3, mailbox: 'app@contoso.example' },
  );
  const words = 'the connection is reset, although carried out';
  expect((await get(sandbox, '/inbox/faults')).text).toContain(
    `<b>The next 3</b> <code>send-mail</code> of app@contoso.example: ${words}`,
  );
  await send(sandbox, LUNCH).catch(() => undefined);
  expect((await get(sandbox, '/inbox/faults')).text).toContain('<b>The next 2</b>');
  expect((await get(sandbox, '/inbox/requests')).text).toContain(`<td>none</td><td>POST</td>`);
  expect((await get(sandbox, '/inbox/requests')).text).toContain(`<td>${words}</td>`);
});

test('a refused request is shown with its rule and its evidence', async () => {
  await send(sandbox, { ...LUNCH, toRecipients: [] });
  const { rule, evidence, source } = SANDBOX_RULES['no-recipients'];
  expect((await get(sandbox, '/inbox/requests')).text).toContain(
    `<td>${rule} <small class="evidence">${evidence}: ${source}</small></td>`,
  );
  await askForToken(sandbox, { claims: '{' });
  expect((await get(sandbox, '/inbox/requests')).text).toContain('<small class="evidence">ours</small></td>');
});

test('a scene shows its evidence, and is for its own request, whichever the form still shows', async () => {
  const { text } = await get(sandbox, '/inbox/faults');
  expect(text).toContain(
    'title="reported">401 OrganizationFromTenantGuidNotFound: no Exchange Online</option>',
  );
  await arm({ fault: 'upload-wants-no-bearer', skip: '2', every: '3' });
  expect(sandbox.faults).toMatchObject([{ request: 'upload-range', skip: 4, every: 3 }]);
  expect((await get(sandbox, '/inbox/faults')).text).toContain('</b>, one in 3, after 4 more <code>');
});

test('a fault is disarmed, and the others stay', async () => {
  await arm({ fault: 'throttled' });
  await arm({ fault: 'busy' });
  const [first] = sandbox.faults;
  await submit(sandbox, '/inbox/faults/cancel', { id: `${first?.id}` });
  expect(sandbox.faults).toMatchObject([{ fault: { status: 503 } }]);
  await submit(sandbox, '/inbox/faults/cancel', { id: '99' });
  expect(sandbox.faults).toHaveLength(1);
});

test('all faults are disarmed at once', async () => {
  await arm({ fault: 'throttled', times: '5' });
  await arm({ fault: 'busy' });
  await submit(sandbox, '/inbox/faults/cancel');
  expect(sandbox.faults).toEqual([]);
  expect((await send(sandbox, LUNCH)).status).toBe(202);
});

test('requests are slow on a slow network', async () => {
  await submit(sandbox, '/inbox/latency', { latency: '50' });
  expect(sandbox.latency).toBe(50);
  expect((await get(sandbox, '/inbox/faults')).text).toContain(
    'name="latency" type="number" min="0" value="50"',
  );
  const start = performance.now();
  await send(sandbox, LUNCH);
  expect(performance.now() - start).toBeGreaterThan(45);
  await submit(sandbox, '/inbox/latency', { latency: '0' });
  expect(sandbox.latency).toBe(0);
});

test('tokens are revoked', async () => {
  const { access_token: token } = await (await askForToken(sandbox)).json();
  await submit(sandbox, '/inbox/revoke-tokens');
  expect((await send(sandbox, LUNCH, { authorization: `Bearer ${token}` })).status).toBe(401);
  expect((await send(sandbox, LUNCH)).status).toBe(202);
});

test.each<[string, string, Record<string, string>, string]>([
  ['an unknown fault', '/inbox/faults', { fault: 'fire' }, 'There is no such fault.'],
  ['an unknown request', '/inbox/faults', { fault: 'busy', request: 'x' }, 'There is no such request.'],
  [
    'a fault of Graph for a token',
    '/inbox/faults',
    { fault: 'busy', request: 'token' },
    'choose one of Entra',
  ],
  ['an unknown fault, with a list', '/inbox/faults', { fault: 'fire' }, 'Choose one of throttled, '],
  ['an unknown time', '/inbox/faults', { when: 'never' }, '`when` to be before or after'],
  [
    'no requests to choose from',
    '/inbox/faults',
    { fault: 'busy', every: '0' },
    '`every` to be an integer from 1',
  ],
  ['no times', '/inbox/faults', { fault: 'busy', times: '0' }, '`times` to be an integer from 1'],
  [
    'a number of times that is not an integer',
    '/inbox/faults',
    { fault: 'busy', times: '1e3' },
    '`times` to be an integer from 0',
  ],
  ['a status out of range', '/inbox/faults', { status: '42' }, '`status` to be an integer from 200'],
  ['an empty latency', '/inbox/latency', { latency: '' }, '`latency` to be an integer from 0'],
  ['a latency below zero', '/inbox/latency', { latency: '-1' }, '`latency` to be an integer from 0'],
])('a form is refused given %s', async (_what, path, values, message) => {
  const { status, text } = await submit(sandbox, path, { request: 'send-mail', ...values });
  expect(status).toBe(400);
  expect(text.replaceAll('&#39;', "'")).toContain(message);
  expect(sandbox.faults).toEqual([]);
  expect(sandbox.latency).toBe(0);
});

test('no other site can arm a fault', async () => {
  const { status } = await submit(
    sandbox,
    '/inbox/faults',
    { fault: 'busy', request: 'send-mail' },
    {
      origin: 'https://evil.example',
    },
  );
  expect(status).toBe(403);
  expect(sandbox.faults).toEqual([]);
});
