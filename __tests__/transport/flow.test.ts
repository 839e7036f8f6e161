import { delay, HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { sendMailUrl, TOKEN, tokenUrl, useGraphWire } from '../support/graph-wire';
import { IDENTITY } from '../support/options';

const wire = useGraphWire();

const createTransporter = (options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher, ...options }));
const letter = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

/** Lets requests to sendMail arrive, and answers them only when told. */
function holdSends() {
  const held: (() => void)[] = [];
  let arrived = () => {};
  const arrival = { next: Promise.resolve() };
  const expectArrival = () => {
    arrival.next = new Promise((resolve) => {
      arrived = resolve;
    });
  };
  expectArrival();
  wire.use(
    http.post(sendMailUrl, async () => {
      const answered = new Promise<void>((resolve) => held.push(resolve));
      arrived();
      await answered;
      return undefined;
    }),
  );
  return { held, arrival, expectArrival };
}

/** An abort as soon as a request of this kind has arrived. */
function abortAt(url: string, answer: () => Promise<undefined> | undefined = () => undefined) {
  const abort = new AbortController();
  wire.use(
    http.post(url, async () => {
      abort.abort();
      return answer();
    }),
  );
  return abort.signal;
}

test('close() lets what is under way arrive, fails what waits, refuses what is new, and may be called twice', async () => {
  const { held, arrival } = holdSends();
  const transporter = createTransporter({ maxConnections: 1 });
  const first = transporter.sendMail(letter);
  await arrival.next;
  const waiting = transporter.sendMail(letter);
  await new Promise(setImmediate);
  transporter.close();
  transporter.close();
  await expect(waiting).rejects.toMatchObject({
    code: 'ECONNECTION',
    ambiguous: false,
    message: 'The transport is closed. Nothing was sent.',
  });
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ code: 'ECONNECTION' });
  held[0]?.();
  await expect(first).resolves.toMatchObject({ response: '202 Accepted' });
  expect(wire.sends()).toHaveLength(1);
});

test('close() by force aborts what is under way', async () => {
  const { arrival } = holdSends();
  const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher });
  const sent = nodemailer.createTransport(transport).sendMail(letter);
  await arrival.next;
  transport.close({ force: true });
  await expect(sent).rejects.toMatchObject({ code: 'EABORT', ambiguous: true });
});

test('a message that was aborted before it was sent at all fails at once', async () => {
  const sent = createTransporter().sendMail({ ...letter, signal: AbortSignal.abort() });
  await expect(sent).rejects.toMatchObject({ code: 'EABORT' });
  expect(wire.requests).toEqual([]);
});

test('a message that is aborted in the queue fails at once, and the next takes its place', async () => {
  const { held, arrival, expectArrival } = holdSends();
  const transporter = createTransporter({ maxConnections: 1 });
  const first = transporter.sendMail(letter);
  await arrival.next;
  const abort = new AbortController();
  const second = transporter.sendMail({ ...letter, signal: abort.signal });
  const third = transporter.sendMail({ ...letter, subject: 'Third' });
  await new Promise(setImmediate);
  abort.abort();
  await expect(second).rejects.toMatchObject({
    code: 'EABORT',
    ambiguous: false,
    message: expect.stringContaining('Nothing was sent'),
  });
  expectArrival();
  held[0]?.();
  await first;
  await arrival.next;
  held[1]?.();
  await third;
  expect(wire.sends().map(({ body }) => JSON.parse(body).message.subject)).toEqual(['Hello', 'Third']);
});

test('a message that is aborted while its token is fetched fails alone: others wait for the same token', async () => {
  const transporter = createTransporter();
  let granted = () => {};
  const signal = abortAt(tokenUrl, async () => {
    await new Promise<void>((resolve) => {
      granted = resolve;
    });
    return undefined;
  });
  const aborted = transporter.sendMail({ ...letter, signal });
  const other = transporter.sendMail(letter);
  await expect(aborted).rejects.toMatchObject({ code: 'EABORT', ambiguous: false });
  granted();
  await expect(other).resolves.toMatchObject({ response: '202 Accepted' });
  expect(wire.requests.filter(({ url }) => url.includes('/oauth2/'))).toHaveLength(1);
});

test('a message that is aborted while it waits to try again fails at once, certain not to be sent', async () => {
  const abort = new AbortController();
  wire.use(
    http.post(sendMailUrl, () => {
      setImmediate(() => setImmediate(() => abort.abort()));
      return new HttpResponse(null, { status: 429, headers: { 'retry-after': '120' } });
    }),
  );
  const sent = createTransporter().sendMail({ ...letter, signal: abort.signal });
  await expect(sent).rejects.toMatchObject({ code: 'EABORT', ambiguous: false });
  expect(wire.sends()).toHaveLength(1);
});

test('a message that is aborted while Graph has its request says that it may have been sent', async () => {
  const signal = abortAt(sendMailUrl, async () => {
    await delay('infinite');
    return undefined;
  });
  await expect(createTransporter().sendMail({ ...letter, signal })).rejects.toMatchObject({
    code: 'EABORT',
    ambiguous: true,
    message: expect.stringContaining('may have been sent'),
  });
});

test('leaves no listener on the signal of a message that has been sent', async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  jest.spyOn(signal, 'addEventListener').mockImplementation((_, listener) => listeners.add(listener));
  jest.spyOn(signal, 'removeEventListener').mockImplementation((_, listener) => listeners.delete(listener));
  const sent = createTransporter().sendMail({ ...letter, signal });
  expect(listeners.size).toBeGreaterThan(0);
  await sent;
  expect(listeners.size).toBe(0);
});

test('gives a silent Graph up after socketTimeout, and cannot say what became of the message', async () => {
  wire.use(
    http.post(sendMailUrl, async () => {
      await delay('infinite');
      return undefined;
    }),
  );
  await expect(createTransporter({ socketTimeout: 100 }).sendMail(letter)).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    ambiguous: true,
    retryable: false,
  });
  expect(wire.sends()).toHaveLength(1);
});

test('a message takes no longer than timeout, whatever goes on', async () => {
  wire.use(
    http.post(sendMailUrl, () => new HttpResponse(null, { status: 429, headers: { 'retry-after': '60' } })),
  );
  await expect(createTransporter({ timeout: 200 }).sendMail(letter)).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    ambiguous: false,
    retryable: true,
    message: expect.stringContaining('timeout, 200 ms'),
  });
});

test.each([429, 503])('asks Entra again when it is busy (%i)', async (status) => {
  let count = 0;
  wire.use(http.post(tokenUrl, () => (++count < 3 ? new HttpResponse(null, { status }) : undefined)));
  await expect(createTransporter({ retry: { maxDelay: 1 } }).sendMail(letter)).resolves.toMatchObject({
    attempts: 3,
  });
  expect(count).toBe(3);
});

test('gives a silent Entra up as well', async () => {
  wire.use(
    http.post(tokenUrl, async () => {
      await delay('infinite');
      return undefined;
    }),
  );
  const options = { socketTimeout: 50, connectionTimeout: 50, retry: { attempts: 1 } };
  await expect(createTransporter(options).sendMail(letter)).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    ambiguous: false,
    message: expect.stringContaining('login.microsoftonline.com'),
  });
});

test('says that there is room when it is new, and again when the queue has become short', async () => {
  const { held, arrival } = holdSends();
  const transporter = createTransporter({ maxConnections: 2 });
  const idle = jest.fn();
  transporter.on('idle', idle);
  expect(transporter.isIdle()).toBe(true);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(idle).toHaveBeenCalledTimes(1);

  const sends = Array.from({ length: 4 }, () => transporter.sendMail(letter));
  await arrival.next;
  while (transporter.isIdle()) await new Promise(setImmediate);
  const isIdleAgain = new Promise((resolve) => transporter.once('idle', resolve));
  while (held.length < 2) await new Promise(setImmediate);
  for (const answer of held) answer();
  await isIdleAgain;
  expect(transporter.isIdle()).toBe(true);
  while (held.length < 4) await new Promise(setImmediate);
  for (const answer of held) answer();
  await Promise.all(sends);
  transporter.close();
  expect(transporter.isIdle()).toBe(false);
});

test('refuses a message more than maxQueue lets wait', async () => {
  const { held, arrival } = holdSends();
  const transporter = createTransporter({ maxConnections: 1, maxQueue: 1 });
  const first = transporter.sendMail(letter);
  await arrival.next;
  const second = transporter.sendMail(letter);
  await new Promise(setImmediate);
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({
    code: 'ECONNECTION',
    retryable: true,
    message: expect.stringContaining('maxQueue'),
  });
  held[0]?.();
  await first;
  while (held.length < 2) await new Promise(setImmediate);
  held[1]?.();
  await second;
});

test('a message that waits is not read yet', async () => {
  const { held, arrival } = holdSends();
  const transporter = createTransporter({ maxConnections: 1 });
  const first = transporter.sendMail(letter);
  await arrival.next;
  let isRead = false;
  const content = async function* () {
    isRead = true;
    yield Buffer.from('plan');
  };
  const { Readable } = await import('node:stream');
  const second = transporter.sendMail({ ...letter, attachments: [{ content: Readable.from(content()) }] });
  for (let n = 0; n < 10; n++) await new Promise(setImmediate);
  expect(isRead).toBe(false);
  held[0]?.();
  await first;
  while (held.length < 2) await new Promise(setImmediate);
  held[1]?.();
  await second;
  expect(isRead).toBe(true);
});

test('sends the whole request again after a refusal, not a drained stream', async () => {
  let count = 0;
  wire.use(
    http.post(sendMailUrl, () => (++count === 1 ? new HttpResponse(null, { status: 429 }) : undefined)),
  );
  const info = await createTransporter({ retry: { maxDelay: 1 } }).sendMail({
    ...letter,
    attachments: [{ filename: 'plan.bin', content: Buffer.alloc(1_000_000, 'x') }],
  });
  const [first, second] = wire.sends();
  expect(second?.body.length).toBeGreaterThan(1_300_000);
  expect(second?.body).toBe(first?.body);
  expect(second?.headers.get('content-length')).toBe(first?.headers.get('content-length'));
  expect(info.attempts).toBe(2);
});

test('takes a 202 for what it says, though it comes with Retry-After', async () => {
  wire.use(
    http.post(sendMailUrl, () => new HttpResponse(null, { status: 202, headers: { 'retry-after': '1' } })),
  );
  await expect(createTransporter().sendMail(letter)).resolves.toMatchObject({ attempts: 1 });
  expect(wire.sends()).toHaveLength(1);
});

test('a mailbox that is throttled waits as a whole, another does not', async () => {
  let throttled = 0;
  const busyMailbox = 'busy@contoso.example';
  wire.use(
    http.post(sendMailUrl, ({ params }) =>
      params.user === busyMailbox && ++throttled
        ? new HttpResponse(null, { status: 429, headers: { 'retry-after': '3600' } })
        : undefined,
    ),
  );
  const transport = graphTransport({
    ...IDENTITY,
    dispatcher: wire.dispatcher,
    userId: ({ envelope }) => String(envelope.from),
    retry: { maxDelay: 600_000 },
  });
  const transporter = nodemailer.createTransport(transport);
  const busy = [1, 2].map(() =>
    transporter.sendMail({ ...letter, from: 'busy@contoso.example' }).catch((error: Error) => error),
  );
  while (throttled === 0) await new Promise(setImmediate);
  await transporter.sendMail({ ...letter, from: 'free@contoso.example' });
  await transporter.sendMail({ ...letter, from: 'free@contoso.example' });
  const sendsOf = (user: string) => wire.sends().filter(({ url }) => url.includes(user)).length;
  expect(sendsOf('free')).toBe(2);
  expect(sendsOf('busy')).toBeLessThanOrEqual(2);
  transport.close({ force: true });
  for (const outcome of await Promise.all(busy))
    expect(outcome).toMatchObject({ code: 'EABORT', ambiguous: false });
});

/** Numbers the tokens, and refuses what comes with the first of them. Returns how many there were. */
function refuseFirstToken(answer: () => Response): () => number {
  let tokens = 0;
  wire.use(
    http.post(tokenUrl, () =>
      HttpResponse.json({ token_type: 'Bearer', expires_in: 3599, access_token: `token-${++tokens}` }),
    ),
    http.post(sendMailUrl, ({ request }) =>
      request.headers.get('authorization') === 'Bearer token-1' ? answer() : undefined,
    ),
  );
  return () => tokens;
}

test('fetches a fresh token, once, when Graph refuses the one it has', async () => {
  const tokens = refuseFirstToken(() =>
    HttpResponse.json(
      { error: { code: 'InvalidAuthenticationToken', message: 'Revoked.' } },
      { status: 401 },
    ),
  );
  const transporter = createTransporter();
  await Promise.all([1, 2, 3, 4].map(() => transporter.sendMail(letter)));
  expect(tokens()).toBe(2);
  expect(wire.sends().map(({ headers }) => headers.get('authorization'))).toEqual([
    ...Array(4).fill('Bearer token-1'),
    ...Array(4).fill('Bearer token-2'),
  ]);
});

test('a fresh token that is refused as well is an error, not a loop', async () => {
  wire.use(http.post(sendMailUrl, () => new HttpResponse(null, { status: 401 })));
  await expect(createTransporter().sendMail(letter)).rejects.toMatchObject({
    code: 'EAUTH',
    responseCode: 401,
  });
  expect(wire.sends()).toHaveLength(2);
});

test('answers a claims challenge with a token that has those claims', async () => {
  const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: '1700000000' } } });
  const asked: (string | null)[] = [];
  wire.use(
    http.post(tokenUrl, async ({ request }) => {
      asked.push(new URLSearchParams(await request.text()).get('claims'));
      return HttpResponse.json({
        token_type: 'Bearer',
        expires_in: 3599,
        access_token: `token-${asked.length}`,
      });
    }),
    http.post(sendMailUrl, ({ request }) =>
      request.headers.get('authorization') === 'Bearer token-1'
        ? new HttpResponse(null, {
            status: 401,
            headers: {
              'www-authenticate': `Bearer error="insufficient_claims", claims="${btoa(claims)}"`,
            },
          })
        : undefined,
    ),
  );
  await createTransporter().sendMail(letter);
  expect(asked[0]).toBeNull();
  expect(JSON.parse(asked[1] ?? 'null')).toMatchObject(JSON.parse(claims));
});

test("asks the caller's credential for the claims as well", async () => {
  const asked: (string | undefined)[] = [];
  const credential = {
    getToken: async (_scope: string | string[], options?: { claims?: string }) => {
      asked.push(options?.claims);
      return { token: `${TOKEN}-${asked.length}`, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  let count = 0;
  wire.use(
    http.post(sendMailUrl, () =>
      ++count === 1
        ? new HttpResponse(null, {
            status: 401,
            headers: { 'www-authenticate': `Bearer claims="${btoa('{"a":1}')}"` },
          })
        : undefined,
    ),
  );
  const { userId } = IDENTITY;
  await nodemailer
    .createTransport(graphTransport({ userId, credential, dispatcher: wire.dispatcher }))
    .sendMail(letter);
  expect(asked).toEqual([undefined, '{"a":1}']);
});

test('rights that were granted meanwhile are in the next token, not in an old one', async () => {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval', 'clearTimeout', 'queueMicrotask'],
    now: Date.now(),
  });
  const tokens = refuseFirstToken(() =>
    HttpResponse.json({ error: { code: 'ErrorAccessDenied', message: 'No.' } }, { status: 403 }),
  );
  const transporter = createTransporter();
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ code: 'EAUTH' });
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ code: 'EAUTH' });
  expect(tokens()).toBe(1);
  jest.setSystemTime(Date.now() + 6 * 60 * 1000);
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ code: 'EAUTH' });
  await expect(transporter.sendMail(letter)).resolves.toMatchObject({ attempts: 1 });
  jest.useRealTimers();
});

/** Answers each token by its number, the first of them with `status` and a claims challenge where there are claims. */
function forbidFirstToken(status: number, claims: string | undefined) {
  return refuseFirstToken(() =>
    HttpResponse.json(
      { error: { code: 'ErrorAccessDenied', message: 'No.' } },
      {
        status,
        headers: claims ? { 'www-authenticate': `Bearer claims="${btoa(claims)}"` } : {},
      },
    ),
  );
}

test('answers a claims challenge of a 403 as well, which is no matter of rights then', async () => {
  const tokens = forbidFirstToken(403, '{"access_token":{"acrs":{"value":"c1"}}}');
  await expect(createTransporter().sendMail(letter)).resolves.toMatchObject({ response: '202 Accepted' });
  expect(tokens()).toBe(2);
});

test.each([403, 400])('takes a %i without a challenge for an answer, whatever the token', async (status) => {
  const tokens = forbidFirstToken(status, undefined);
  await expect(createTransporter().sendMail(letter)).rejects.toMatchObject({ responseCode: status });
  expect(tokens()).toBe(1);
  expect(wire.sends()).toHaveLength(1);
});

test('keeps an old token when Graph refuses the message, and not its rights', async () => {
  const tokens = forbidFirstToken(400, undefined);
  const transporter = createTransporter();
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ responseCode: 400 });
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval', 'clearTimeout', 'queueMicrotask'],
    now: Date.now() + 6 * 60 * 1000,
  });
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ responseCode: 400 });
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ responseCode: 400 });
  jest.useRealTimers();
  expect(tokens()).toBe(1);
});
