import domain from 'node:domain';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransportError, type GraphTransportOptions, graphTransport } from '../../src/index';
import { sendMailUrl, TOKEN, tokenUrl, useGraphWire } from '../support/graph-wire';
import { IDENTITY, MAILBOX } from '../support/options';

const wire = useGraphWire();

const createTransporter = (options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher, ...options }));

/** The Graph message of the only send. */
const sentMessage = () => {
  expect(wire.sends()).toHaveLength(1);
  return JSON.parse(wire.sends()[0]?.body ?? '').message;
};

const greeting = {
  from: `"Contoso App" <${MAILBOX.userId}>`,
  to: 'ann@example.com',
  subject: 'Hello',
  text: 'Hello Ann',
};

test('posts the message as JSON to the mailbox of userId, with the token of Entra', async () => {
  await createTransporter().sendMail(greeting);

  // Nothing else is asked for: no discovery, no second token.
  expect(wire.requests.map(({ method, url }) => `${method} ${new URL(url).hostname}`)).toEqual([
    'POST login.microsoftonline.com',
    'POST graph.microsoft.com',
  ]);
  const [send] = wire.sends();
  expect(send?.url).toBe('https://graph.microsoft.com/v1.0/users/app%40contoso.example/sendMail');
  expect(send?.headers.get('authorization')).toBe(`Bearer ${TOKEN}`);
  expect(send?.headers.get('content-type')).toBe('application/json');
  expect(JSON.parse(send?.body ?? '')).toMatchObject({
    message: {
      subject: 'Hello',
      from: { emailAddress: { name: 'Contoso App', address: MAILBOX.userId } },
      toRecipients: [{ emailAddress: { address: 'ann@example.com' } }],
      body: { contentType: 'text', content: expect.stringMatching(/^Hello Ann\n?$/) },
    },
    saveToSentItems: true,
  });
});

test('answers with what apps on SMTP read, and the ids that support asks for', async () => {
  const info = await createTransporter().sendMail({
    ...greeting,
    cc: 'bob@example.com',
    bcc: 'eve@example.com',
    messageId: '<order-17@contoso.example>',
  });

  expect(info).toEqual({
    envelope: {
      from: MAILBOX.userId,
      to: ['ann@example.com', 'bob@example.com', 'eve@example.com'],
    },
    messageId: '<order-17@contoso.example>',
    accepted: ['ann@example.com', 'bob@example.com', 'eve@example.com'],
    rejected: [],
    pending: [],
    dropped: [],
    response: '202 Accepted',
    messageSize: expect.any(Number),
    messageTime: expect.any(Number),
    route: 'json',
    routeReason: 'JSON carries it whole',
    attempts: 1,
    deduplicated: false,
    scheduled: false,
    requestId: '6ed2ae40-0000-4000-8000-000000000001',
    clientRequestId: wire.sends()[0]?.headers.get('client-request-id'),
  });
  expect(sentMessage().internetMessageId).toBe('<order-17@contoso.example>');
});

test('gives the recipient the Message-ID that the app is told', async () => {
  const info = await createTransporter().sendMail(greeting);
  expect(sentMessage().internetMessageId).toBe(info.messageId);
});

test('calls back once, even when the callback throws', (done) => {
  const calls: unknown[][] = [];
  const appOfTheCallback = domain.create();
  appOfTheCallback.on('error', (error) => {
    expect(error.message).toBe('a bug in the app');
    // A second call, with this very error, would come in one of the next turns.
    setTimeout(() => {
      expect(calls).toEqual([[null, expect.objectContaining({ response: '202 Accepted' })]]);
      done();
    }, 20);
  });
  appOfTheCallback.run(() =>
    createTransporter().sendMail(greeting, (...outcome) => {
      calls.push(outcome);
      throw new Error('a bug in the app');
    }),
  );
});

test('delivers bcc recipients, whom Nodemailer keeps out of the compiled message, with their names', async () => {
  await createTransporter().sendMail({ ...greeting, bcc: '"Eve Hidden" <eve@example.com>' });
  expect(sentMessage().bccRecipients).toEqual([
    { emailAddress: { name: 'Eve Hidden', address: 'eve@example.com' } },
  ]);
});

test('sends mail to bcc only with an empty To', async () => {
  await createTransporter().sendMail({ ...greeting, to: undefined, bcc: 'eve@example.com' });
  expect(sentMessage()).toMatchObject({
    toRecipients: [],
    bccRecipients: [{ emailAddress: { address: 'eve@example.com' } }],
  });
});

test('leaves From to Graph, which takes the mailbox itself, when neither message nor options name one', async () => {
  await createTransporter().sendMail({ ...greeting, from: undefined });
  expect(sentMessage()).not.toHaveProperty('from');
});

test('takes From and Reply-To from the options for messages that name none', async () => {
  const options = { from: 'Shop <shop@contoso.example>', replyTo: ['help@contoso.example'] };
  await createTransporter(options).sendMail({ ...greeting, from: undefined });
  expect(sentMessage()).toMatchObject({
    from: { emailAddress: { name: 'Shop', address: 'shop@contoso.example' } },
    replyTo: [{ emailAddress: { address: 'help@contoso.example' } }],
  });
});

test("keeps a message's own From and Reply-To over those of the options", async () => {
  const options = { from: 'shop@contoso.example', replyTo: 'help@contoso.example' };
  await createTransporter(options).sendMail({ ...greeting, replyTo: 'ann.smith@contoso.example' });
  expect(sentMessage()).toMatchObject({
    from: { emailAddress: { address: MAILBOX.userId } },
    replyTo: [{ emailAddress: { address: 'ann.smith@contoso.example' } }],
  });
});

test('keeps no copy in Sent Items when told so', async () => {
  await createTransporter({ saveToSentItems: false }).sendMail(greeting);
  expect(JSON.parse(wire.sends()[0]?.body ?? '').saveToSentItems).toBe(false);
});

test('sends a raw message by its envelope, under the Message-ID that it has', async () => {
  const raw = [
    'From: app@contoso.example',
    'To: ann@example.com',
    'Message-ID: <raw-1@contoso.example>',
    'Subject: =?utf-8?B?R3LDvMOfZQ==?=',
    '',
    'As written elsewhere',
  ].join('\r\n');
  const info = await createTransporter().sendMail({
    raw,
    envelope: { from: MAILBOX.userId, to: ['ann@example.com', 'auditor@example.com'] },
  });
  expect(info.messageId).toBe('<raw-1@contoso.example>');
  expect(sentMessage()).toMatchObject({
    internetMessageId: '<raw-1@contoso.example>',
    subject: 'Grüße',
    toRecipients: [{ emailAddress: { address: 'ann@example.com' } }],
    bccRecipients: [{ emailAddress: { address: 'auditor@example.com' } }],
  });
});

test('asks Entra once for the token of a hundred messages that start at once', async () => {
  const transporter = createTransporter();
  await Promise.all(Array.from({ length: 100 }, () => transporter.sendMail(greeting)));
  expect(wire.sends()).toHaveLength(100);
  expect(wire.requests.filter(({ url }) => url.includes('/oauth2/'))).toHaveLength(1);
});

test('asks for the token as the app, with the scope of the Graph endpoint', async () => {
  await createTransporter().sendMail(greeting);
  const [tokenRequest] = wire.requests;
  expect(tokenRequest?.url).toContain(`/${IDENTITY.tenantId}/oauth2/v2.0/token`);
  expect(Object.fromEntries(new URLSearchParams(tokenRequest?.body))).toMatchObject({
    grant_type: 'client_credentials',
    client_id: IDENTITY.clientId,
    client_secret: IDENTITY.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  });
});

test('goes to the endpoints of the options', async () => {
  wire.use(
    http.get('https://login.partner.example/*/openid-configuration', () =>
      HttpResponse.json({
        issuer: 'https://login.partner.example/t/v2.0',
        authorization_endpoint: 'https://login.partner.example/t/oauth2/v2.0/authorize',
        token_endpoint: 'https://login.partner.example/t/oauth2/v2.0/token',
        jwks_uri: 'https://login.partner.example/t/discovery/v2.0/keys',
      }),
    ),
    http.post('https://login.partner.example/:tenant/oauth2/v2.0/token', () =>
      HttpResponse.json({ token_type: 'Bearer', expires_in: 3599, access_token: 'from-the-partner' }),
    ),
    http.post('https://graph.partner.example/v1.0/users/:user/sendMail', ({ request }) =>
      request.headers.get('authorization') === 'Bearer from-the-partner'
        ? new HttpResponse(null, { status: 202 })
        : new HttpResponse(null, { status: 401 }),
    ),
  );
  const transporter = createTransporter({
    authorityHost: 'https://login.partner.example',
    graphEndpoint: 'https://graph.partner.example/',
  });
  await expect(transporter.sendMail(greeting)).resolves.toMatchObject({ response: '202 Accepted' });
});

test('takes the token of a credential of the caller', async () => {
  const asked: unknown[] = [];
  const credential = {
    getToken: async (scope: string | string[]) => {
      asked.push(scope);
      return { token: 'of-the-caller', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const transporter = nodemailer.createTransport(
    graphTransport({ userId: MAILBOX.userId, credential, dispatcher: wire.dispatcher }),
  );
  await transporter.sendMail(greeting);
  expect(asked).toEqual(['https://graph.microsoft.com/.default']);
  expect(wire.sends()[0]?.headers.get('authorization')).toBe('Bearer of-the-caller');
});

test.each(['../x', 'a/b?c#d', 'x/../../me', 'guest_gmail.com#EXT#@contoso.example', '%2e%2e'])(
  'keeps a user id like %s within its path segment',
  async (userId) => {
    await createTransporter({ userId })
      .sendMail(greeting)
      .catch(() => undefined);
    const [send] = wire.requests.filter(({ url }) => url.startsWith('https://graph'));
    expect(send?.url).toBe(`https://graph.microsoft.com/v1.0/users/${encodeURIComponent(userId)}/sendMail`);
  },
);

test('takes no other answer than 202 for success', async () => {
  wire.use(http.post(sendMailUrl, () => new HttpResponse(null, { status: 200 })));
  await expect(createTransporter().sendMail(greeting)).rejects.toMatchObject({
    code: 'EMESSAGE',
    responseCode: 200,
  });
});

test('does not follow a redirect, so that the token stays with Graph', async () => {
  wire.use(
    http.post(sendMailUrl, () =>
      HttpResponse.text('', { status: 307, headers: { location: 'https://elsewhere.example/' } }),
    ),
  );
  await expect(createTransporter().sendMail(greeting)).rejects.toMatchObject({ responseCode: 307 });
  expect(wire.requests.some(({ url }) => url.includes('elsewhere'))).toBe(false);
});

test('warns of an envelope sender that Exchange will not use, and lists it in the result', async () => {
  const lines: unknown[][] = [];
  const log = (...line: unknown[]) => lines.push(line);
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  const info = await createTransporter({ logger }).sendMail({
    ...greeting,
    envelope: { from: 'bounces@contoso.example', to: 'ann@example.com' },
  });
  expect(info.dropped).toEqual(['envelope sender bounces@contoso.example']);
  expect(lines.map((line) => line.slice(1).join(' ')).join('\n')).toContain('bounces@contoso.example');
});

test('refuses, before anything is sent, a recipient in To who is not in the envelope', async () => {
  const refused = createTransporter().sendMail({
    ...greeting,
    to: ['ann@example.com', 'customer@example.net'],
    envelope: { from: MAILBOX.userId, to: 'ann@example.com' },
  });
  await expect(refused).rejects.toMatchObject({
    code: 'EENVELOPE',
    message: expect.stringContaining('customer@example.net'),
  });
  expect(wire.requests).toEqual([]);
});

test('refuses a body that fits no request, and sends none', async () => {
  await expect(
    createTransporter().sendMail({ ...greeting, text: 'x'.repeat(4_000_000) }),
  ).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('body of the message is over 4000000 bytes'),
  });
  expect(wire.sends()).toEqual([]);
});

test('refuses a message over maxMessageSize as soon as that is seen, and reads no further', async () => {
  let given = 0;
  const content = new Readable({
    read() {
      given += 65_536;
      this.push(given > 50_000_000 ? null : Buffer.alloc(65_536));
    },
  });
  await expect(
    createTransporter({ maxMessageSize: 1_000_000 }).sendMail({ ...greeting, attachments: [{ content }] }),
  ).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('maxMessageSize, 1000000 bytes'),
  });
  expect(given).toBeLessThan(5_000_000);
  expect(wire.requests).toEqual([]);
});

test('gives a message up that is aborted before it is sent', async () => {
  const abort = new AbortController();
  const content = new Readable({
    read() {
      abort.abort();
      this.push(Buffer.alloc(1000));
    },
  });
  await expect(
    createTransporter().sendMail({ ...greeting, attachments: [{ content }], signal: abort.signal }),
  ).rejects.toMatchObject({ code: 'EABORT' });
  expect(wire.requests).toEqual([]);
});

test('gives a message up that is aborted while its token is on its way', async () => {
  const abort = new AbortController();
  wire.use(
    http.post(tokenUrl, () => {
      abort.abort();
      return undefined;
    }),
  );
  const sent = createTransporter().sendMail({ ...greeting, signal: abort.signal });
  await expect(sent).rejects.toMatchObject({ code: 'EABORT' });
  expect(wire.sends()).toEqual([]);
});

/** Sends to a Graph whose answer begins and never ends. */
async function sendToUnending(status: number, options: GraphTransportOptions = {}) {
  const unending = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.write('{"error":');
  }).listen(0, '127.0.0.1');
  await once(unending, 'listening');
  const { port } = unending.address() as AddressInfo;
  const transport = graphTransport({
    userId: MAILBOX.userId,
    credential: { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    graphEndpoint: `http://127.0.0.1:${port}`,
    ...options,
  });
  try {
    const startedAt = performance.now();
    const outcome = await nodemailer
      .createTransport(transport)
      .sendMail(greeting)
      .catch((error: GraphTransportError) => error);
    return { outcome, ms: performance.now() - startedAt };
  } finally {
    unending.closeAllConnections();
    unending.close();
    transport.close();
  }
}

test('does not wait for the rest of an answer that accepts the message', async () => {
  const { outcome, ms } = await sendToUnending(202);
  expect(outcome).toMatchObject({ response: '202 Accepted' });
  // The rest would be given up after ten seconds.
  expect(ms).toBeLessThan(7000);
});

test('waits for the rest of an error only as long as a silence may take', async () => {
  const { outcome, ms } = await sendToUnending(400, { socketTimeout: 50 });
  expect(outcome).toMatchObject({ responseCode: 400 });
  expect(ms).toBeLessThan(7000);
});

test('explains a failure of whatever the app has plugged in', async () => {
  const transporter = createTransporter({ userId: () => JSON.parse('{') });
  await expect(transporter.sendMail(greeting)).rejects.toMatchObject({ code: 'ECONFIG' });
  const plugged = createTransporter();
  plugged.use('stream', (mail, next) => {
    mail.message.processFunc(() => {
      throw new Error('no stamp');
    });
    next();
  });
  await expect(plugged.sendMail(greeting)).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('no stamp'),
  });
});

test('a logger that fails changes nothing of what becomes of a message, nor of what is told of it', async () => {
  const fail = () => {
    throw new Error('disk full');
  };
  const logger = { trace: fail, debug: fail, info: fail, warn: fail, error: fail, fatal: fail };
  const transporter = createTransporter({ logger, debug: true, retry: { maxDelay: 1 } });
  let count = 0;
  wire.use(
    http.post(sendMailUrl, () => (++count === 1 ? new HttpResponse(null, { status: 429 }) : undefined)),
  );
  await expect(transporter.sendMail(greeting)).resolves.toMatchObject({ response: '202 Accepted' });
  wire.use(http.post(sendMailUrl, () => new HttpResponse(null, { status: 504 })));
  await expect(transporter.sendMail(greeting)).rejects.toMatchObject({ code: 'ETIMEDOUT', ambiguous: true });
});

test('lists a recipient once, and what SMTP alone can do', async () => {
  const info = await createTransporter().sendMail({
    ...greeting,
    cc: 'Ann@example.com',
    dsn: { notify: 'success' },
  });
  expect(info.accepted).toEqual(['ann@example.com']);
  expect(info.dropped).toEqual(['dsn, which is a matter of SMTP']);
});

test('asks Graph for no more than four messages of a mailbox at once, and for other mailboxes beside them', async () => {
  const active = new Map<string, number>();
  const most = new Map<string, number>();
  const held: (() => void)[] = [];
  wire.use(
    http.post(sendMailUrl, async ({ params }) => {
      const mailbox = String(params.user);
      const change = (by: number) => active.set(mailbox, (active.get(mailbox) ?? 0) + by);
      change(1);
      most.set(mailbox, Math.max(most.get(mailbox) ?? 0, active.get(mailbox) ?? 0));
      await new Promise<void>((answer) => held.push(answer));
      change(-1);
      return undefined;
    }),
  );
  const transporter = createTransporter({ userId: ({ envelope }) => String(envelope.from) });
  const send = (from: string, n: number) =>
    transporter.sendMail({ from, to: 'ann@example.com', subject: `${n}` });
  const sends = Array.from({ length: 24 }, (_, n) => send(`${n % 2 ? 'one' : 'two'}@contoso.example`, n));
  // Each time as many as may be there at once are there.
  for (let answered = 0; answered < 24; answered += 8) {
    while (held.length < 8) await new Promise(setImmediate);
    for (const answer of held.splice(0)) answer();
  }
  await Promise.all(sends);
  expect(Object.fromEntries(most)).toEqual({ 'one@contoso.example': 4, 'two@contoso.example': 4 });
  expect(wire.sends()).toHaveLength(24);
});

test('lets the next message through when one fails', async () => {
  wire.use(http.post(sendMailUrl, () => HttpResponse.error()));
  const transporter = createTransporter();
  const sends = Array.from({ length: 9 }, () => transporter.sendMail(greeting));
  const outcomes = await Promise.allSettled(sends);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(9).fill('rejected'));
});

test('reports an attachment that cannot be read, and sends nothing', async () => {
  const attachments = [{ path: '/nonexistent/invoice.pdf' }];
  await expect(createTransporter().sendMail({ ...greeting, attachments })).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('ENOENT'),
  });
  expect(wire.requests).toEqual([]);
});

test('renews the token when it is about to expire', async () => {
  let lifetime = 299;
  wire.use(
    http.post(tokenUrl, () =>
      HttpResponse.json({ token_type: 'Bearer', expires_in: lifetime, access_token: `lives-${lifetime}` }),
    ),
  );
  const transporter = createTransporter();
  await transporter.sendMail(greeting);
  lifetime = 3599;
  await transporter.sendMail(greeting);
  expect(wire.sends()[1]?.headers.get('authorization')).toBe('Bearer lives-3599');
});
