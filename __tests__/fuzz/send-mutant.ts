import nodemailer from 'nodemailer';
import { type GraphSentMessageInfo, GraphTransport, type GraphTransportOptions } from '../../src/index';
import { createSandbox, type SandboxMessage } from '../../src/sandbox';
import { sandboxCredential } from '../support/sandbox-credential';
import { SandboxDispatcher } from './sandbox-dispatcher';
import type { Sending } from './sending';

/** What became of a mutant. */
export type Outcome =
  | { is: 'sent'; info: GraphSentMessageInfo; arrived: SandboxMessage[]; drafts: number; ms: number }
  | { is: 'refused'; error: unknown; arrived: SandboxMessage[]; drafts: number; ms: number }
  | { is: 'hanging'; ms: number };

/** No message takes a fraction of it. */
const PATIENCE_MS = 20_000;

/** No wait is worth its time here. */
const hastyClock = { now: Date.now, random: () => 0.5, sleep: async () => undefined };

/** The way that an app's messages take: Nodemailer, the transport, requests, the sandbox. */
export async function openWay(): Promise<
  (mime: Buffer, sending: Sending, senders: readonly string[]) => Promise<Outcome>
> {
  const sendAs: string[] = [];
  const mailbox = {
    id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
    userPrincipalName: 'app@contoso.example',
    displayName: 'Contoso App',
    sendAs,
  };
  const sandbox = createSandbox({ mailboxes: [mailbox] });
  const { graphEndpoint, userId } = sandbox.options;
  const options: GraphTransportOptions = {
    credential: await sandboxCredential(sandbox),
    userId,
    graphEndpoint,
    retry: { attempts: 1 },
    dispatcher: new SandboxDispatcher(sandbox),
  };
  const defaults = { from: 'Sales <sales@contoso.example>', replyTo: ['Help <help@contoso.example>'] };
  const plain = nodemailer.createTransport(new GraphTransport(options, hastyClock));
  const defaulting = nodemailer.createTransport(new GraphTransport({ ...options, ...defaults }, hastyClock));
  return async (mime, { envelope, graph, hasDefaults }, senders) => {
    sandbox.clear();
    sendAs.splice(0, Number.POSITIVE_INFINITY, 'sales@contoso.example', ...senders);
    const transporter = hasDefaults ? defaulting : plain;
    const startedAt = performance.now();
    const ms = () => performance.now() - startedAt;
    let timer: NodeJS.Timeout | undefined;
    const hanging = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => resolve({ is: 'hanging', ms: ms() }), PATIENCE_MS);
    });
    const sent = transporter.sendMail({ raw: mime, envelope, graph }).then(
      (info): Outcome => ({
        is: 'sent',
        info,
        arrived: [...sandbox.messages],
        drafts: sandbox.drafts.length,
        ms: ms(),
      }),
      (error: unknown): Outcome => ({
        is: 'refused',
        error,
        arrived: [...sandbox.messages],
        drafts: sandbox.drafts.length,
        ms: ms(),
      }),
    );
    const outcome = await Promise.race([sent, hanging]);
    clearTimeout(timer);
    return outcome;
  };
}
