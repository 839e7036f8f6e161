import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type FailoverError, type FailoverMember, failover } from '../../src/failover';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import {
  type RunningSandbox,
  type SandboxFault,
  type SandboxRequestName,
  startSandbox,
} from '../../src/sandbox';
import { FAULTS } from '../support/random-faults.cjs';
import {
  type ScriptedSmtp,
  type SmtpFault,
  type SmtpMoment,
  startScriptedSmtp,
} from '../support/scripted-smtp';

/** What goes wrong with one member, if anything. */
export interface GraphTrouble {
  request: SandboxRequestName;
  fault: SandboxFault;
}
export interface SmtpTrouble {
  moment: SmtpMoment;
  fault: SmtpFault;
  isAccepted?: boolean;
}

/** A member that is to answer in a second is waited for, so here it takes a minute. */
export const GRAPH_FAULTS: SandboxFault[] = [
  ...FAULTS.filter((fault) => !('retryAfter' in fault)),
  { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 60 },
  { kind: 'answer', status: 403, code: 'ErrorAccessDenied' },
  { kind: 'answer', status: 400, code: 'ErrorInvalidRequest', aadsts: 7000215 },
  { kind: 'silence', when: 'before' },
];

/** A way for a message to be sent by Graph, with the requests that it takes. */
export interface Way {
  name: string;
  steps: SandboxRequestName[];
  mail: SendMailOptions;
  options: GraphTransportOptions;
}

const small = { filename: 'a.txt', content: 'small' };
const large = { filename: 'plan.bin', content: Buffer.alloc(3_000_001, 'plan') };
export const ONE_REQUEST: Way = {
  name: 'one request',
  steps: ['token', 'send-mail'],
  mail: { text: 'An exam' },
  options: {},
};
/** The ways that take several requests. */
export const DRAFT_WAYS: Way[] = [
  {
    name: 'a draft',
    steps: ['create-draft', 'add-attachment', 'send-draft'],
    mail: {
      text: 'An exam',
      attachments: [1, 2, 3].map(() => ({ ...small, content: 'x'.repeat(1_100_000) })),
    },
    options: {},
  },
  {
    name: 'a draft with an upload',
    steps: ['create-draft', 'create-upload-session', 'upload-range', 'send-draft'],
    mail: { text: 'An exam', attachments: [large, small] },
    options: {},
  },
  {
    name: 'exactly-once',
    steps: ['token', 'find-messages', 'create-draft', 'send-draft'],
    mail: { text: 'An exam' },
    options: { delivery: 'exactly-once', searchLag: 0 },
  },
  {
    name: 'exactly-once with an upload',
    steps: ['find-messages', 'create-upload-session', 'upload-range', 'update-message', 'send-draft'],
    mail: { text: 'An exam', attachments: [large] },
    options: { delivery: 'exactly-once', searchLag: 0 },
  },
];
const SMTP_FAULTS: SmtpFault[] = ['421 4.3.2 Closing', '451 4.3.2 Later', '550 5.7.1 No', 'close', 'silence'];
export const SMTP_TROUBLES: SmtpTrouble[] = [
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
export async function examine(
  isGraphFirst: boolean,
  graphTrouble?: GraphTrouble,
  smtpTrouble?: SmtpTrouble,
  way: Way = ONE_REQUEST,
  isBlind = false,
) {
  sandbox.clear();
  smtp.messages.length = 0;
  if (graphTrouble) sandbox.failNext(graphTrouble.request, graphTrouble.fault, { times: 9 });
  // Graph cannot look whether a draft was sent.
  if (isBlind) sandbox.failNext('read-folder', { kind: 'answer', status: 503 }, { times: 99 });
  smtp.fail(smtpTrouble?.moment, smtpTrouble?.fault, smtpTrouble?.isAccepted);
  const connectionsBefore = smtp.connections();
  const requestsBefore = sandbox.requests.length;
  const short = (fault: unknown) =>
    fault === 'silence' || (typeof fault === 'object' && Reflect.get(fault ?? {}, 'kind') === 'silence')
      ? 80
      : 5000;
  const graph = graphTransport({
    ...sandbox.options,
    ...way.options,
    retry: { attempts: 1 },
    connectionTimeout: short(graphTrouble?.fault),
    socketTimeout: short(graphTrouble?.fault),
    timeout: isBlind ? 1000 : 10_000,
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
    ...way.mail,
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
