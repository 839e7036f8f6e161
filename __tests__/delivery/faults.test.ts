import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import {
  type RunningSandbox,
  type SandboxFault,
  type SandboxRequestName,
  startSandbox,
} from '../../src/sandbox';

/** The host that a redirect leads to: nothing must ever come there. */
let elsewhere: RunningSandbox;
beforeAll(async () => {
  elsewhere = await startSandbox();
});
afterAll(async () => {
  expect(elsewhere.requests).toEqual([]);
  await elsewhere.close();
});

/**
 * What must become of a message when its sending request meets a fault once.
 *
 * - `sent`: tried again, and sent
 * - `sent-unheard`: sent, and nobody is told: in one request that is an ambiguous error, by a draft the mailbox
 *   is asked
 * - `unheard`: not sent, and nobody is told
 * - `refused`: an error, and certainly not sent
 */
type Fate = 'sent' | 'sent-unheard' | 'unheard' | 'refused';

const aMoment = new Date(Date.now() + 1000);
const faults: [name: string, fault: () => SandboxFault, fate: Fate][] = [
  ['429 with seconds', () => throttled({ retryAfter: 2 }), 'sent'],
  ['429 with a date', () => throttled({ retryAfter: aMoment }), 'sent'],
  ['429 without a word', () => ({ kind: 'answer', status: 429 }), 'sent'],
  ['503 that throttles', () => ({ kind: 'answer', status: 503, code: 'serviceNotAvailable' }), 'sent'],
  ['503 of a gateway', () => ({ kind: 'html', status: 503 }), 'unheard'],
  ['500', () => ({ kind: 'answer', status: 500, code: 'ErrorInternalServerError' }), 'unheard'],
  ['500 though it was done', () => ({ kind: 'answer', status: 500, when: 'after' }), 'sent-unheard'],
  ['502', () => ({ kind: 'html', status: 502 }), 'unheard'],
  ['504', () => ({ kind: 'html', status: 504 }), 'unheard'],
  ['504 though it was done', () => ({ kind: 'html', status: 504, when: 'after' }), 'sent-unheard'],
  ['408', () => ({ kind: 'answer', status: 408 }), 'unheard'],
  ['403', () => ({ kind: 'answer', status: 403, code: 'ErrorAccessDenied', aadsts: 7000215 }), 'refused'],
  ['400', () => ({ kind: 'answer', status: 400, code: 'ErrorInvalidRequest', aadsts: 7000215 }), 'refused'],
  ['an expired token', () => ({ kind: 'answer', status: 401, code: 'InvalidAuthenticationToken' }), 'sent'],
  ['a claims challenge', () => ({ kind: 'challenge', claims: '{"access_token":{"nbf":{}}}' }), 'sent'],
  ['a reset before the body is read', () => ({ kind: 'reset', when: 'before-body' }), 'unheard'],
  ['a reset before it is done', () => ({ kind: 'reset', when: 'before' }), 'unheard'],
  ['a reset after it is done', () => ({ kind: 'reset', when: 'after' }), 'sent-unheard'],
  ['half a head', () => ({ kind: 'cut', in: 'head' }), 'sent-unheard'],
  ['half a body', () => ({ kind: 'cut', in: 'body' }), 'sent'],
  ['silence before it is done', () => ({ kind: 'silence', when: 'before' }), 'unheard'],
  ['silence after it is done', () => ({ kind: 'silence', when: 'after' }), 'sent-unheard'],
  ['a head that trickles', () => ({ kind: 'trickle', in: 'head', everyMs: 20 }), 'sent-unheard'],
  ['a body that trickles', () => ({ kind: 'trickle', in: 'body', everyMs: 20 }), 'sent'],
  ['broken JSON', () => ({ kind: 'broken-json' }), 'sent'],
  ['a redirect', () => ({ kind: 'redirect', location: `${elsewhere.url}/v1.0/steal` }), 'refused'],
  ['Retry-After on a success', () => ({ kind: 'headers', retryAfter: 3600 }), 'sent'],
];

function throttled(more: { retryAfter: number | Date }): SandboxFault {
  return { kind: 'answer', status: 429, code: 'ApplicationThrottled', ...more };
}

const large = Buffer.alloc(3_000_001, 'large');
const small = Buffer.alloc(10_000, 'small');
const letter: SendMailOptions = { to: 'ann@example.com', subject: 'Plans', text: 'Here they are' };
const parcel: SendMailOptions = {
  ...letter,
  attachments: [
    { filename: 'large.bin', content: large },
    { filename: 'small.bin', content: small },
  ],
};

/** The message that replies answer, with an inline image that has no place in them. */
const question: SendMailOptions = {
  messageId: '<question@contoso.example>',
  to: 'ann@example.com',
  html: '<img src="cid:logo">',
  attachments: [{ filename: 'logo.png', content: 'logo', cid: 'logo' }],
};
const reply: SendMailOptions = { ...letter, graph: { inReplyTo: '<question@contoso.example>' } };

interface RouteCase {
  name: string;
  mail: SendMailOptions;
  options: GraphTransportOptions;
  sending: SandboxRequestName;
  /** Requests that send nothing, where other routes have not the same. */
  others: SandboxRequestName[];
}
const routes: RouteCase[] = [
  { name: 'json', mail: letter, options: {}, sending: 'send-mail', others: ['token'] },
  { name: 'mime', mail: letter, options: { format: 'mime' }, sending: 'send-mail', others: [] },
  {
    name: 'draft',
    mail: parcel,
    options: {},
    sending: 'send-draft',
    others: ['create-draft', 'add-attachment', 'create-upload-session', 'upload-range'],
  },
  {
    name: 'exactly once',
    mail: letter,
    options: { delivery: 'exactly-once' },
    sending: 'send-draft',
    others: ['create-draft', 'find-messages'],
  },
  {
    name: 'MIME, exactly once',
    mail: letter,
    options: { delivery: 'exactly-once', format: 'mime' },
    sending: 'send-draft',
    others: ['update-message'],
  },
  { name: 'reply', mail: reply, options: {}, sending: 'send-draft', others: [] },
  {
    name: 'reply, exactly once',
    mail: reply,
    options: { delivery: 'exactly-once' },
    sending: 'send-draft',
    others: [],
  },
];

/** Sends on a sandbox where requests of this kind meet the fault, by a transport whose waits are all short. */
async function sendDespite(
  { mail, options }: RouteCase,
  request: SandboxRequestName,
  fault: SandboxFault,
  times = 1,
) {
  const sandbox = await startSandbox();
  if (mail.graph?.inReplyTo) {
    await nodemailer.createTransport(graphTransport(sandbox.options)).sendMail(question);
  }
  sandbox.failNext(request, fault, { times });
  const waits = fault.kind === 'silence' || fault.kind === 'trickle';
  const transport = graphTransport({
    ...sandbox.options,
    retry: { attempts: 4, maxDelay: 5 },
    // Short only where there is something to wait for: a busy machine takes its time over the others.
    connectionTimeout: waits ? 400 : 5000,
    socketTimeout: waits ? 400 : 5000,
    timeout: 10_000,
    ...options,
  });
  const outcome = await nodemailer
    .createTransport(transport)
    .sendMail({ ...mail, messageId: '<plans@contoso.example>' })
    .then(
      (info) => ({ info, error: undefined }),
      (error: Error) => ({ info: undefined, error }),
    );
  transport.close();
  await sandbox.close();
  const messages = sandbox.messages.filter(
    ({ internetMessageId }) => internetMessageId !== question.messageId,
  );
  return { ...outcome, messages, drafts: sandbox.drafts };
}

/** `npm test` has time for every sixth of them; `npm run test:plain`, which sets ALL_FAULTS, tries all. */
const someOf = <T>(cases: readonly T[]) => cases.filter((_, n) => process.env.ALL_FAULTS || n % 6 === 0);

describe.each(routes)('$name', (route) => {
  // Most of them wait for something, and wait better together.
  test.concurrent.each(faults)('the request that sends meets %s', async (_, fault, fate) => {
    const { info, error, messages, drafts } = await sendDespite(route, route.sending, fault());
    const byDraft = route.sending === 'send-draft';
    // By a draft it can be found out, and for exactly once it is: whatever was not sent is sent then.
    const isSent = fate === 'sent' || (byDraft && fate === 'sent-unheard');
    const isSentLater = fate === 'unheard' && route.options.delivery === 'exactly-once';
    if (isSent || isSentLater) {
      expect(error).toBeUndefined();
      expect(info).toMatchObject({ messageId: '<plans@contoso.example>', deduplicated: false });
      expect(messages).toHaveLength(1);
      expect(drafts).toEqual([]);
    } else {
      expect(error).toMatchObject({ name: 'GraphTransportError', ambiguous: fate !== 'refused' });
      expect(messages).toHaveLength(fate === 'sent-unheard' ? 1 : 0);
      // A draft that may be on its way is not to be deleted, but named.
      const isLeft = byDraft && fate === 'unheard';
      expect(drafts).toHaveLength(isLeft ? 1 : 0);
      if (isLeft) expect(error).toHaveProperty('draftId', expect.any(String));
    }
  });

  const points = route.others.flatMap((request) =>
    faults
      // Only Graph makes such demands, neither Entra nor an upload session.
      .filter(([name]) => name !== 'a claims challenge' || !['token', 'upload-range'].includes(request))
      .map(([name, fault, fate]) => [request, name, fault, fate] as const),
  );
  if (points.length > 0) {
    test.concurrent.each(someOf(points))('%s meets %s', async (request, _, fault, fate) => {
      const { info, error, messages, drafts } = await sendDespite(route, request, fault());
      // It sends nothing, so that it can be made again whatever became of it, and nobody need be in doubt.
      if (fate === 'refused') expect(error).toMatchObject({ name: 'GraphTransportError', ambiguous: false });
      else expect(error).toBeUndefined();
      expect(messages).toHaveLength(info ? 1 : 0);
      expect(drafts).toEqual([]);
    });
  }

  test.concurrent.each(someOf(faults))(
    '%s that never ends: one error, and no mail twice',
    async (_, fault) => {
      const { info, error, messages } = await sendDespite(route, route.sending, fault(), 1000);
      expect(messages.length).toBeLessThanOrEqual(1);
      if (info) expect(messages).toHaveLength(1);
      else expect(error).toMatchObject({ name: 'GraphTransportError', ambiguous: expect.any(Boolean) });
      if (error && messages.length === 1) expect(error).toMatchObject({ ambiguous: true });
    },
  );
});

const steps = [
  'find-messages',
  'create-reply',
  'list-attachments',
  'delete-attachment',
  'update-message',
] as const;
describe.each(routes.filter(({ mail }) => mail === reply))('$name', (route) => {
  const points = steps.flatMap((request) => faults.map(([name, fault]) => [request, name, fault] as const));
  test.concurrent.each(someOf(points))('%s meets %s', async (request, _, fault) => {
    const { info, error, messages, drafts } = await sendDespite(route, request, fault());
    expect(messages).toHaveLength(info ? 1 : 0);
    expect(messages.flatMap(({ attachments }) => attachments)).toEqual([]);
    if (error) expect(error).toMatchObject({ name: 'GraphTransportError', ambiguous: false });
    // Where it cannot be a reply, that is said.
    else if (info.routeReason !== 'a reply in its conversation') {
      expect(info.dropped).toEqual([expect.stringContaining('inReplyTo: ')]);
    }
    // Nothing marks the draft of a reply before it is changed, so one may stay, and that is said.
    if (drafts.length > 0) {
      expect(request).toBe('create-reply');
      expect(info?.draftMayBeLeft ?? error?.message).toEqual(
        info ? true : expect.stringContaining('may be left'),
      );
    }
  });
});
