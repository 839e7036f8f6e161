import nodemailer, { type SendMailOptions } from 'nodemailer';
import { Agent, type Dispatcher } from 'undici';
import { type GraphTransportError, type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type SandboxRequestName, startSandbox } from '../../src/sandbox';
import { fc } from '../support/fast-check';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

const order: SendMailOptions = {
  messageId: '<order-4711@contoso.example>',
  to: 'ann@example.com',
  subject: 'Your order',
  text: 'Thank you!',
};
const parcel: SendMailOptions = {
  ...order,
  attachments: [
    { filename: 'plan.bin', content: Buffer.alloc(3_000_001, 'plan') },
    { filename: 'last.txt', content: Buffer.alloc(1_500_000, 'last') },
  ],
};
const asMime: SendMailOptions = { ...order, graph: { format: 'mime' } };

const ONCE = { delivery: 'exactly-once', searchLag: 0 } as const;
const MODES: {
  name: string;
  mail: SendMailOptions;
  options: GraphTransportOptions;
  steps: SandboxRequestName[];
}[] = [
  {
    name: 'at most once',
    mail: parcel,
    options: {},
    steps: ['create-draft', 'add-attachment', 'create-upload-session', 'upload-range', 'send-draft'],
  },
  {
    name: 'exactly once',
    mail: order,
    options: ONCE,
    steps: ['create-draft', 'find-messages', 'send-draft'],
  },
  {
    name: 'exactly once, as MIME',
    mail: asMime,
    options: ONCE,
    steps: ['create-draft', 'update-message', 'send-draft'],
  },
  {
    name: 'exactly once, with uploads',
    mail: parcel,
    options: ONCE,
    steps: [
      'find-messages',
      'create-draft',
      'add-attachment',
      'create-upload-session',
      'upload-range',
      'update-message',
      'send-draft',
    ],
  },
];
const STATES = [
  { status: 412, code: 'ErrorIrresolvableConflict' },
  { status: 412 },
  { status: 404, code: 'ErrorItemNotFound' },
  { status: 404, code: 'UnknownError' },
  { status: 404 },
  { status: 404, code: 'ErrorNonExistentMailbox' },
  { status: 400, code: 'ErrorNonExistentMailbox' },
];
/** So often a step may meet such a state; a session that is gone is opened three times. */
const passesAfter = (step: SandboxRequestName, { status, code }: (typeof STATES)[number]) =>
  step === 'upload-range' && status === 404 && code !== 'ErrorNonExistentMailbox' ? 2 : 4;
const FOREVER = 10_000;

function send(mail: SendMailOptions, more: GraphTransportOptions = {}) {
  const transport = graphTransport({ ...sandbox.options, retry: { attempts: 2, maxDelay: 1 }, ...more });
  return nodemailer.createTransport(transport).sendMail(mail);
}
const failureOf = (sending: Promise<unknown>) =>
  sending.then(
    () => undefined,
    (error: GraphTransportError) => error,
  );
const asked = (method: string, path: RegExp) =>
  sandbox.requests.filter((request) => request.method === method && path.test(request.path));

/** A dispatcher on which Graph says another status than its usual one for a success. */
function saying(status: number, method: string, path: RegExp): Dispatcher {
  const rewritten = (handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => ({
    onRequestStart: (...start) => handler.onRequestStart?.(...start),
    onResponseStart: (controller, _, ...head) => handler.onResponseStart?.(controller, status, ...head),
    onResponseData: (...data) => handler.onResponseData?.(...data),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...error) => handler.onResponseError?.(...error),
  });
  return new Agent().compose(
    (dispatch) => (options, handler) =>
      dispatch(options, options.method === method && path.test(options.path) ? rewritten(handler) : handler),
  );
}

const scene = fc.constantFrom(...MODES).chain((mode) =>
  fc.record({
    mode: fc.constant(mode),
    step: fc.constantFrom(...mode.steps),
    state: fc.constantFrom(...STATES),
    times: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(FOREVER)),
    attempts: fc.integer({ min: 1, max: 4 }),
  }),
);

test('a state of the draft that passes is waited for at every step, and one that does not can be tried again', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ mode, step, state, times, attempts }) => {
      sandbox.clear();
      sandbox.failNext(step, { kind: 'answer', ...state }, { times });
      const error = await failureOf(send(mode.mail, { ...mode.options, retry: { attempts, maxDelay: 1 } }));
      expect(sandbox.requests.length).toBeLessThan(120);
      expect(sandbox.drafts).toEqual([]);
      if (times <= passesAfter(step, state)) expect(error).toBeUndefined();
      if (times === FOREVER) expect(error).toBeDefined();
      expect(sandbox.messages).toHaveLength(error ? 0 : 1);
      if (!error) return;
      expect(error).toMatchObject({
        name: 'GraphTransportError',
        code: 'ECONNECTION',
        retryable: true,
        ambiguous: false,
        responseCode: state.status,
        graphCode: state.code,
        draftId: undefined,
        message: expect.stringContaining('Nothing was sent'),
      });
    }),
    { numRuns: Number(process.env.PASSING_RUNS ?? 40) },
  );
}, 120_000);

test.each(MODES.flatMap((mode) => mode.steps.map((step) => [step, mode.name, mode] as const)))(
  '%s meets 412 for a moment, and the message is sent: %s',
  async (step, _, { mail, options }) => {
    sandbox.failNext(step, { kind: 'answer', status: 412, code: 'ErrorIrresolvableConflict' }, { times: 3 });
    await expect(send(mail, options)).resolves.toMatchObject({ deduplicated: false });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.faults).toEqual([]);
  },
);

test('the state may change while it passes', async () => {
  for (const state of STATES.slice(0, 4)) sandbox.failNext('send-draft', { kind: 'answer', ...state });
  await send(parcel);
  expect(sandbox.messages).toHaveLength(1);
});

test.each(['at-most-once', 'exactly-once'] as const)(
  'a wrong userId is told at once, and no draft is tried again for it: %s',
  async (delivery) => {
    const sending = send(delivery === 'at-most-once' ? parcel : order, {
      delivery,
      userId: 'nobody@contoso.example',
    });
    await expect(sending).rejects.toMatchObject({
      code: 'EENVELOPE',
      graphCode: 'ErrorInvalidUser',
      retryable: false,
    });
    expect(asked('POST', /\/messages$/)).toHaveLength(1);
  },
);

test('each wait is told to the log, with the answer', async () => {
  const warn = jest.fn();
  const quiet = () => undefined;
  const logger = { trace: quiet, debug: quiet, info: quiet, warn, error: quiet, fatal: quiet };
  sandbox.failNext('create-draft', { kind: 'answer', status: 412 }, { times: 2 });
  await send(parcel, { logger });
  expect(warn.mock.calls.map(([entry]) => entry)).toMatchObject([
    { tnx: 'retry', attempt: 1 },
    { tnx: 'retry', attempt: 2 },
  ]);
});

test('a timeout ends the wait', async () => {
  sandbox.failNext('create-draft', { kind: 'answer', status: 412 }, { times: FOREVER });
  await expect(send(parcel, { timeout: 100, retry: {} })).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    retryable: true,
    message: expect.stringContaining('Nothing was sent'),
  });
});

describe('/send of a draft', () => {
  const CONFLICT = { kind: 'answer', status: 412, code: 'ErrorIrresolvableConflict' } as const;

  test('is not repeated once it may have been carried out, though a conflict had come before', async () => {
    sandbox.failNext('send-draft', CONFLICT);
    sandbox.failNext('send-draft', { kind: 'reset', when: 'before' });
    await expect(send(parcel)).rejects.toMatchObject({ ambiguous: true });
    expect(asked('POST', /\/send$/)).toHaveLength(2);
    expect(sandbox.messages).toEqual([]);
  });

  test('that was carried out though it was answered with 429, then 404 for good, is never certain', async () => {
    sandbox.failNext('send-draft', { kind: 'answer', status: 429, when: 'after' });
    sandbox.failNext('find-messages', { kind: 'answer', status: 403 }, { times: FOREVER });
    await expect(send(parcel)).rejects.toMatchObject({ ambiguous: true, draftId: expect.any(String) });
    expect(sandbox.messages).toHaveLength(1);
  });

  test('that is not found, and then meets a conflict for good, is certain: the draft can be deleted', async () => {
    sandbox.failNext('send-draft', { kind: 'answer', status: 404, code: 'ErrorItemNotFound' });
    sandbox.failNext('send-draft', CONFLICT, { times: FOREVER });
    await expect(send(order, ONCE)).rejects.toMatchObject({ retryable: true, ambiguous: false });
    expect(sandbox.drafts).toEqual([]);
  });

  test('that is forbidden is not explained by the permission for drafts', async () => {
    sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
    const error = await failureOf(send(parcel));
    expect(error).toMatchObject({ code: 'EAUTH', hint: expect.stringContaining('Mail.Send') });
    expect(error?.message).not.toContain('make a draft');
  });

  test('meets nothing but 404, and so does DELETE: it was not sent, and the draft is named', async () => {
    const missing = { kind: 'answer', status: 404, code: 'ErrorItemNotFound' } as const;
    sandbox.failNext('send-draft', missing, { times: FOREVER });
    sandbox.failNext('delete-message', missing, { times: FOREVER });
    const error = await failureOf(send(parcel));
    expect(error).toMatchObject({ retryable: true, ambiguous: false, draftId: sandbox.drafts[0]?.id });
  });
});

describe('DELETE of a draft', () => {
  const REFUSED = { kind: 'answer', status: 400, code: 'ErrorInvalidRequest' } as const;

  test.each([
    ['412', { status: 412 }],
    ['a mailbox that is not found', { status: 404, code: 'ErrorNonExistentMailbox' }],
    ['503', { status: 503, code: 'serviceNotAvailable' }],
  ])('that meets %s for a moment leaves no draft', async (_, state) => {
    sandbox.failNext('add-attachment', REFUSED);
    sandbox.failNext('delete-message', { kind: 'answer', ...state }, { times: 2 });
    await expect(send(parcel)).rejects.toMatchObject({ code: 'EMESSAGE', draftId: undefined });
    expect(sandbox.drafts).toEqual([]);
  });

  test('that is refused is not tried again, and the draft is named', async () => {
    sandbox.failNext('add-attachment', REFUSED);
    sandbox.failNext('delete-message', { kind: 'answer', status: 403 }, { times: FOREVER });
    const error = await failureOf(send(parcel));
    expect(error).toMatchObject({ code: 'EMESSAGE', draftId: sandbox.drafts[0]?.id });
    expect(asked('DELETE', /\/messages\//)).toHaveLength(1);
  });

  test.each([
    ['404', { status: 404, code: 'ErrorItemNotFound' }],
    ['ErrorCannotDeleteObject', { status: 400, code: 'ErrorCannotDeleteObject' }],
    ['the same in other words', { status: 409, code: 'cannotDeleteObject' }],
  ])('that is answered with %s leaves none to be named', async (_, answer) => {
    sandbox.failNext('add-attachment', REFUSED);
    sandbox.failNext('delete-message', { kind: 'answer', ...answer, when: 'after' });
    await expect(send(parcel)).rejects.toMatchObject({ code: 'EMESSAGE', draftId: undefined });
    expect(sandbox.drafts).toEqual([]);
  });
});

describe('what Graph creates', () => {
  test.each([
    ['the draft', { status: 200, method: 'POST', path: /\/messages$/ }],
    ['an attachment', { status: 200, method: 'POST', path: /\/attachments$/ }],
    ['an upload session', { status: 200, method: 'POST', path: /createUploadSession$/ }],
    ['the mark', { status: 201, method: 'PATCH', path: /\/messages\// }],
    ['the mark, without a body', { status: 204, method: 'PATCH', path: /\/messages\// }],
  ])(
    'is there by another status of success than the documented one: %s',
    async (_, { status, method, path }) => {
      const info = await send(parcel, { ...ONCE, dispatcher: saying(status, method, path) });
      expect(info).toMatchObject({ deduplicated: false });
      expect(sandbox.messages[0]?.attachments.map(({ name }) => name)).toEqual(['plan.bin', 'last.txt']);
      expect(asked(method, path)).toHaveLength(1);
    },
  );

  test.each([
    ['is the page of a gateway', { kind: 'html', status: 200 }],
    ['tells of an error', { kind: 'answer', status: 200, code: 'ErrorInternalServerError' }],
  ] as const)('is not there by a 200 that %s', async (_, fault) => {
    sandbox.failNext('add-attachment', fault);
    await send(parcel);
    expect(sandbox.messages[0]?.attachments.map(({ name }) => name)).toEqual(['plan.bin', 'last.txt']);
    expect(asked('POST', /\/messages$/)).toHaveLength(2);
  });
});

describe('a draft that Graph forbids', () => {
  test.each([
    ['ErrorAccessDenied', 'ErrorAccessDenied'],
    ['a code that says nothing', 'UnknownError'],
    ['a code that is new', 'SomethingNew'],
    ['no code', undefined],
  ])('is explained by the permission, given %s', async (_, code) => {
    for (const [mail, options] of [
      [parcel, {}],
      [order, ONCE],
    ] as const) {
      sandbox.failNext('create-draft', { kind: 'answer', status: 403, ...(code && { code }) });
      await expect(send(mail, options)).rejects.toMatchObject({
        code: 'EAUTH',
        retryable: false,
        ambiguous: false,
        hint: expect.stringContaining('Mail.ReadWrite'),
      });
    }
  });

  test('is explained before an upload too, when the search is forbidden', async () => {
    sandbox.failNext('find-messages', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
    await expect(send(parcel, ONCE)).rejects.toMatchObject({
      hint: expect.stringContaining('Mail.ReadWrite'),
    });
  });

  test.each([
    [403, 'ErrorAccountDisabled', 'EAUTH', /account of the mailbox/],
    [400, 'ErrorInvalidRequest', 'EMESSAGE', /malformed/],
    [403, 'ErrorQuotaExceeded', 'EMESSAGE', /full/],
  ])('%s %s keeps its own message and code', async (status, graphCode, code, hint) => {
    sandbox.failNext('create-draft', { kind: 'answer', status, code: graphCode });
    const error = await failureOf(send(parcel));
    expect(error).toMatchObject({ code, graphCode, hint: expect.stringMatching(hint) });
    expect(error?.message).not.toContain('Mail.ReadWrite');
  });
});
