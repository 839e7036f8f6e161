import nodemailer, { type SendMailOptions } from 'nodemailer';
import { graphTransport } from '../../src/index';
import { createSandbox, type RunningSandbox, type SandboxFault, startSandbox } from '../../src/sandbox';
import { rewritingService } from '../support/rewriting-service';

// What Nodemailer's own transports tell since 10.2, in their words.

const letter: SendMailOptions = { to: 'ann@example.com', text: 'Hello', messageId: '<ours@contoso.example>' };

describe('permanent', () => {
  let sandbox: RunningSandbox;
  beforeEach(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.close());

  const failure = async (message: SendMailOptions): Promise<unknown> => {
    const transporter = nodemailer.createTransport(
      graphTransport({ ...sandbox.options, retry: { attempts: 1 } }),
    );
    const failed = await transporter.sendMail(message).catch((error: unknown) => error);
    transporter.close();
    return failed;
  };

  test.each<[what: string, fault: SandboxFault, permanent: boolean | undefined]>([
    ['a recipient that is refused', { kind: 'answer', status: 400, code: 'ErrorInvalidRecipients' }, true],
    ['a From that may not be used', { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' }, true],
    ['throttling', { kind: 'answer', status: 429, code: 'ApplicationThrottled' }, false],
    ['an answer that was lost', { kind: 'reset', when: 'after' }, undefined],
  ])('tells whether sending again can help after %s', async (_what, fault, permanent) => {
    sandbox.failNext('send-mail', fault, { times: 9 });
    const failed = await failure(letter);
    expect(failed).toMatchObject({ name: 'GraphTransportError' });
    expect(Object(failed).permanent).toBe(permanent);
  });

  test('is undefined of a send that its app aborts', async () => {
    const failed = await failure({ ...letter, signal: AbortSignal.abort() });
    expect(failed).toMatchObject({ code: 'EABORT' });
    expect(Object(failed).permanent).toBeUndefined();
  });
});

describe('serverMessageId', () => {
  /** What Graph says of a message, where it gives every message a Message-ID of its own. */
  const sendTo = async (message: SendMailOptions) => {
    const sandbox = createSandbox();
    const { dispatcher, close } = await rewritingService(sandbox, (body) =>
      body.replaceAll('<ours@contoso.example>', '<theirs@prod.outlook.com>'),
    );
    const transporter = nodemailer.createTransport(graphTransport({ ...sandbox.options, dispatcher }));
    try {
      return await transporter.sendMail(message);
    } finally {
      transporter.close();
      await close();
    }
  };

  test.each<[what: string, message: SendMailOptions]>([
    ['a large message', { attachments: [{ filename: 'a.bin', content: Buffer.alloc(4_000_000) }] }],
    ['one that is sent exactly once', { graph: { delivery: 'exactly-once' } }],
    ['MIME that is sent exactly once', { graph: { delivery: 'exactly-once', format: 'mime' } }],
  ])('is the Message-ID that Graph says the draft has, of %s', async (_what, message) => {
    expect(await sendTo({ ...letter, ...message })).toMatchObject({
      messageId: '<ours@contoso.example>',
      serverMessageId: '<theirs@prod.outlook.com>',
    });
  });

  test('is undefined of a message that goes in one request, of which Graph says nothing', async () => {
    expect(await sendTo(letter)).toMatchObject({ route: 'json', serverMessageId: undefined });
  });
});
