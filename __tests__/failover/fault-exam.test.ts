import fc from 'fast-check';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type FailoverError, type FailoverMember, failover } from '../../src/failover';
import { graphTransport } from '../../src/index';
import {
  type RunningSandbox,
  type SandboxFault,
  type SandboxRequestName,
  startSandbox,
} from '../../src/sandbox';
import {
  type ScriptedSmtp,
  type SmtpFault,
  type SmtpMoment,
  startScriptedSmtp,
} from '../support/scripted-smtp';

/** What goes wrong with one member, if anything. */
interface GraphTrouble {
  request: SandboxRequestName;
  fault: SandboxFault;
}
interface SmtpTrouble {
  moment: SmtpMoment;
  fault: SmtpFault;
  isAccepted?: boolean;
}

const GRAPH_FAULTS: SandboxFault[] = [
  { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 60 },
  { kind: 'answer', status: 503, code: 'serviceNotAvailable' },
  { kind: 'answer', status: 500, code: 'ErrorInternalServerError' },
  { kind: 'answer', status: 500, when: 'after' },
  { kind: 'answer', status: 403, code: 'ErrorAccessDenied' },
  { kind: 'answer', status: 400, code: 'ErrorInvalidRequest', aadsts: 7000215 },
  { kind: 'answer', status: 401, code: 'InvalidAuthenticationToken' },
  { kind: 'html', status: 502 },
  { kind: 'html', status: 504, when: 'after' },
  { kind: 'reset', when: 'before-body' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'cut', in: 'head' },
  { kind: 'cut', in: 'body' },
  { kind: 'broken-json' },
  { kind: 'silence', when: 'before' },
  { kind: 'silence', when: 'after' },
];
const GRAPH_TROUBLES: GraphTrouble[] = (['token', 'send-mail'] as const).flatMap((request) =>
  GRAPH_FAULTS.map((fault) => ({ request, fault })),
);

const SMTP_FAULTS: SmtpFault[] = ['421 4.3.2 Closing', '451 4.3.2 Later', '550 5.7.1 No', 'close', 'silence'];
const SMTP_TROUBLES: SmtpTrouble[] = [
  ...(['greeting', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'end'] as const).flatMap((moment) =>
    SMTP_FAULTS.map((fault) => ({ moment, fault })),
  ),
  { moment: 'end', fault: 'close', isAccepted: true },
  { moment: 'end', fault: 'silence', isAccepted: true },
];

let sandbox: RunningSandbox;
let smtp: ScriptedSmtp;
let mails = 0;
beforeAll(async () => {
  sandbox = await startSandbox();
  smtp = await startScriptedSmtp();
});
afterEach(() => {
  sandbox.clear();
  smtp.messages.length = 0;
  smtp.fail(undefined);
});
afterAll(() => Promise.all([sandbox.close(), smtp.close()]));

/** Sends one message while each member has its trouble, and checks what nobody may ever see. */
async function examine(isGraphFirst: boolean, graphTrouble?: GraphTrouble, smtpTrouble?: SmtpTrouble) {
  sandbox.clear();
  smtp.messages.length = 0;
  if (graphTrouble) sandbox.failNext(graphTrouble.request, graphTrouble.fault, { times: 9 });
  smtp.fail(smtpTrouble?.moment, smtpTrouble?.fault, smtpTrouble?.isAccepted);
  const connectionsBefore = smtp.connections();
  const requestsBefore = sandbox.requests.length;
  const short = (fault: unknown) =>
    fault === 'silence' || (typeof fault === 'object' && Reflect.get(fault ?? {}, 'kind') === 'silence')
      ? 80
      : 5000;
  const graph = graphTransport({
    ...sandbox.options,
    retry: { attempts: 1 },
    connectionTimeout: short(graphTrouble?.fault),
    socketTimeout: short(graphTrouble?.fault),
    timeout: 10_000,
  });
  const wait = short(smtpTrouble?.fault);
  const relay = nodemailer.createTransport({
    host: '127.0.0.1',
    port: smtp.port,
    auth: { user: 'app', pass: 'secret' },
    connectionTimeout: wait,
    greetingTimeout: wait,
    socketTimeout: wait,
  });
  const members: FailoverMember[] = isGraphFirst ? [graph, relay] : [relay, graph];
  const mailer = nodemailer.createTransport(failover(members));
  mails += 1;
  const messageId = `<exam-${mails}@contoso.example>`;
  const message: SendMailOptions = {
    messageId,
    from: sandbox.options.userId,
    to: 'ann@example.com',
    text: 'An exam',
  };
  const outcome = await mailer.sendMail(message).then(
    (info) => ({ info, error: undefined }),
    (error: FailoverError) => ({ info: undefined, error }),
  );
  await mailer.close();
  const isThis = (mail: string) => mail.includes(messageId);
  const byGraph = sandbox.messages.filter((mail) => mail.internetMessageId === messageId).length;
  const bySmtp = smtp.messages.filter(isThis).length;
  const arrived = byGraph + bySmtp;
  expect(arrived).toBeLessThanOrEqual(1);
  if (outcome.info) {
    expect(arrived).toBe(1);
    expect(outcome.info.failover.name).toBe(byGraph ? 'GraphTransport' : 'SMTP');
  } else if (!outcome.error.ambiguous) {
    expect(arrived).toBe(0);
  }
  const before = (outcome.info ?? outcome.error).failover.failures.map(({ error }) => error);
  for (const error of before) expect(Reflect.get(error, 'ambiguous')).not.toBe(true);
  if (outcome.error?.ambiguous && outcome.error.failover.index === 0) {
    expect(
      isGraphFirst ? smtp.connections() - connectionsBefore : sandbox.requests.length - requestsBefore,
    ).toBe(0);
  }
  return { ...outcome, arrived };
}

/** To EHLO, a refusal only makes Nodemailer say HELO. */
const isHarmless = ({ moment, fault }: SmtpTrouble) => moment === 'ehlo' && /^[45][^2]/.test(fault);

/** The troubles that certainly sent nothing, by what the protocols say. */
const SURELY_NOT_SENT: SmtpTrouble[] = SMTP_TROUBLES.filter(
  (trouble) => !isHarmless(trouble) && isSurelyNotSent(trouble),
);
function isSurelyNotSent({ moment, fault }: SmtpTrouble): boolean {
  return (
    // Nothing of the message has gone yet, or the server has answered that it does not take it.
    ['greeting', 'ehlo', 'auth'].includes(moment) ||
    (moment === 'end' ? fault === '451 4.3.2 Later' : fault !== '550 5.7.1 No')
  );
}

test.each(SURELY_NOT_SENT)('after $fault at $moment of SMTP, Graph sends', async (trouble) => {
  const { info } = await examine(false, undefined, trouble);
  expect(info?.failover.name).toBe('GraphTransport');
});

test.each(SMTP_TROUBLES.filter((trouble) => !isHarmless(trouble) && !isSurelyNotSent(trouble)))(
  'after $fault at $moment of SMTP, Graph does not send',
  async (trouble) => {
    const { error } = await examine(false, undefined, trouble);
    const isRefusal = typeof trouble.fault === 'string' && trouble.fault.startsWith('550');
    expect(error).toMatchObject({ ambiguous: !isRefusal, retryable: false, failover: { index: 0 } });
  },
);

test.each(GRAPH_TROUBLES)(
  'with trouble $fault at $request, SMTP sends only what is certain',
  async (trouble) => {
    const { info, error } = await examine(true, trouble);
    if (error) expect(error.retryable).toBe(false);
    else expect(info.failover.failures.length).toBeLessThanOrEqual(1);
  },
);

test('no message is sent twice, or lost though it was told to be sent, whatever befalls both members', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.option(fc.constantFrom(...GRAPH_TROUBLES), { nil: undefined, freq: 8 }),
      fc.option(fc.constantFrom(...SMTP_TROUBLES), { nil: undefined, freq: 8 }),
      async (isGraphFirst, graphTrouble, smtpTrouble) => {
        await examine(isGraphFirst, graphTrouble, smtpTrouble);
      },
    ),
    { numRuns: 100, seed: 4711 },
  );
}, 60_000);
