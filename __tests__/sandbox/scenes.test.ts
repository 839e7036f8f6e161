import nodemailer from 'nodemailer';
import { GraphTransportError, graphTransport } from '../../src/index';
import {
  type RunningSandbox,
  type SandboxFaultOptions,
  type SandboxRequestName,
  startSandbox,
} from '../../src/sandbox';
import { findPreset } from '../../src/sandbox/inbox/fault-presets';

/** Goes in one request, as a draft with two attachments, or as a draft with an upload in three ranges. */
type Mail = 'small' | 'attachments' | 'upload';

const FILES: Record<Mail, number[]> = { small: [], attachments: [2_000_000, 2_000_000], upload: [9_000_000] };

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

function arm(scene: string, request: SandboxRequestName, options?: SandboxFaultOptions): void {
  const preset = findPreset(scene);
  if (preset === undefined) throw new Error(`the inbox has no fault ${scene}`);
  sandbox.failNext(request, preset.fault, options);
}

/** The error, or undefined where it was sent. */
async function send(mail: Mail): Promise<GraphTransportError | undefined> {
  const transport = graphTransport({ ...sandbox.options, retry: { attempts: 3, maxDelay: 10 } });
  const attachments = FILES[mail].map((size, n) => ({ filename: `${n}.bin`, content: Buffer.alloc(size) }));
  try {
    await nodemailer.createTransport(transport).sendMail({ to: 'ann@example.com', text: 'x', attachments });
    return undefined;
  } catch (error) {
    if (error instanceof GraphTransportError) return error;
    throw error;
  } finally {
    transport.close();
  }
}

const statusesOf = (method: string) =>
  sandbox.requests.filter((request) => request.method === method).map(({ status }) => status);

test.each<[string, SandboxRequestName, SandboxFaultOptions, Mail, { code: string; retryable: boolean }]>([
  [
    'too-large-while-uploading',
    'upload-range',
    { skip: 2 },
    'upload',
    { code: 'EMESSAGE', retryable: false },
  ],
  ['mailbox-full', 'send-mail', {}, 'small', { code: 'EMESSAGE', retryable: false }],
  ['malware', 'send-mail', {}, 'small', { code: 'EMESSAGE', retryable: false }],
  ['malware', 'add-attachment', {}, 'attachments', { code: 'EMESSAGE', retryable: false }],
  ['malware', 'upload-range', { skip: 1 }, 'upload', { code: 'EMESSAGE', retryable: false }],
  [
    'throttled-without-retry-after',
    'send-mail',
    { times: 9 },
    'small',
    { code: 'ETIMEDOUT', retryable: true },
  ],
  ['tenant-without-exchange', 'send-mail', { times: 9 }, 'small', { code: 'EENVELOPE', retryable: false }],
  ['mailbox-full', 'upload-range', {}, 'upload', { code: 'EMESSAGE', retryable: false }],
  ['conflict', 'send-draft', { times: 99 }, 'upload', { code: 'ECONNECTION', retryable: true }],
])(
  '%s at %s %j: a mail (%s) is not sent, and the error is %j',
  async (scene, request, options, mail, told) => {
    arm(scene, request, options);
    expect(await send(mail)).toMatchObject({ ...told, ambiguous: false });
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.drafts).toEqual([]);
  },
);

test('too-large-while-uploading is met after as many ranges as the fault lets pass', async () => {
  arm('too-large-while-uploading', 'upload-range', { skip: 2 });
  await send('upload');
  expect(statusesOf('PUT')).toEqual([200, 200, 413]);
});

test('upload-wants-no-bearer now and then: another session, and the file arrives whole', async () => {
  arm('upload-wants-no-bearer', 'upload-range', { every: 2 });
  expect(await send('upload')).toBeUndefined();
  expect(statusesOf('PUT')).toEqual([200, 401, 200, 200, 201]);
  expect(sandbox.messages).toMatchObject([{ attachments: [{ size: 9_000_000 }] }]);
});

test('upload-wants-no-bearer always: the mail is not sent, and may be tried again', async () => {
  arm('upload-wants-no-bearer', 'upload-range', { times: 99 });
  expect(await send('upload')).toMatchObject({ retryable: true, ambiguous: false, responseCode: 401 });
  expect(sandbox.messages).toEqual([]);
  expect(sandbox.drafts).toEqual([]);
});

test('throttled-without-retry-after is met without a number, and passes', async () => {
  arm('throttled-without-retry-after', 'send-mail');
  expect(await send('small')).toBeUndefined();
  expect(statusesOf('POST')).toEqual([200, 429, 202]);
});

test('generic-refusal has no message to go by', async () => {
  arm('generic-refusal', 'send-mail', { times: 2 });
  expect(await send('small')).toMatchObject({
    code: 'EAUTH',
    responseCode: 403,
    graphCode: 'UnknownError',
    retryable: false,
    ambiguous: false,
  });
  expect(sandbox.messages).toEqual([]);
});

test.each<[SandboxRequestName, number]>([
  ['create-draft', 1],
  ['create-draft', 2],
  ['create-upload-session', 1],
  ['upload-range', 1],
  ['send-draft', 1],
  ['send-draft', 2],
])('conflict at %s, %i times: the step is repeated, and the mail is sent once', async (request, times) => {
  arm('conflict', request, { times });
  expect(await send('upload')).toBeUndefined();
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toEqual([]);
});

test('a refused range does not send people to the permissions of the app, which an upload URL does without', async () => {
  sandbox.failNext('upload-range', { kind: 'answer', status: 403, code: 'accessDenied' }, { times: 9 });
  const error = await send('upload');
  expect(error).toMatchObject({
    code: 'EAUTH',
    graphCode: 'accessDenied',
    retryable: false,
    ambiguous: false,
  });
  expect(error?.message).toContain('needs no permission but its URL');
  expect(error?.message).not.toContain('Mail.Send');
});
