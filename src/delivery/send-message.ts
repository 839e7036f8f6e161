import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import type { getLogger } from 'nodemailer/lib/shared';
import type { Clock } from '../clock';
import { closedError, SendTimer } from '../errors/abort';
import { asSendError } from '../errors/graph-transport-error';
import type { Secrets } from '../errors/secrets';
import type { Abort } from '../errors/signal';
import { errorWithoutSecrets } from '../errors/without-secrets';
import type { GraphClient } from '../graph/client';
import { ownProperties } from '../options/given-options';
import { checkMessageOptions } from '../options/message-options';
import type { ResolvedOptions } from '../options/resolved-options';
import { deliver } from './deliver';
import { type SendTrace, tellRetry, traced } from './diagnostics';
import { SendLog } from './log';
import type { Queues } from './pending';
import type { OutgoingMessage } from './prepare-message';
import type { GraphSentMessageInfo, UploadProgress } from './sent-info';

type Mail = MailMessage<GraphSentMessageInfo>;

/** What a transport has to send its messages. */
export interface Sender {
  defaults: ResolvedOptions;
  client: GraphClient;
  queues: Queues;
  clock: Clock;
  logger: ReturnType<typeof getLogger>;
  secrets: Secrets;
  /** Aborts when the transport is closed. */
  closing: AbortSignal;
  onProgress: (event: UploadProgress) => void;
}

/**
 * Sends a message that Nodemailer has compiled: checks its options, ends it at its timeout, and keeps secrets out of
 * what is logged, reported and returned.
 */
export function sendMessage(mail: Mail, abort: Abort, sender: Sender): Promise<GraphSentMessageInfo> {
  const sendTrace: SendTrace = {
    messageId: mail.message.messageId(),
    mailbox: undefined,
    route: undefined,
    bytes: undefined,
    attempts: 0,
  };
  return traced(sendTrace, () => send(mail, abort, sendTrace, sender));
}

async function send(
  mail: Mail,
  abort: Abort,
  sendTrace: SendTrace,
  sender: Sender,
): Promise<GraphSentMessageInfo> {
  const { defaults, client, queues, clock, logger, secrets, closing, onProgress } = sender;
  if (closing.aborted) throw closedError();
  const log = new SendLog(logger, sendTrace.messageId);
  const envelope = mail.message.getEnvelope();
  log.started(envelope.to);
  const timer = new SendTimer(clock, defaults.timeout, abort);
  try {
    const info = await deliver(outgoingOf(mail, envelope, sendTrace.messageId, sender), {
      defaults,
      client,
      limiter: queues.limiter,
      readAhead: queues.readAhead,
      clock,
      signal: abort,
      timer,
      sendTrace,
      onMessageId: (id) => log.goesBy(id),
      onRetry: (event) => {
        const told = { ...event, error: errorWithoutSecrets(event.error, secrets.strike) };
        log.retried(told);
        tellRetry(sendTrace, told);
      },
      onProgress: (event) => {
        log.uploaded(event);
        onProgress(event);
      },
    });
    if (info.sendAt) {
      const { clockWarning }: typeof import('./schedule') = require('./schedule');
      log.timeDoubted(clockWarning(info.sendAt, clock, client.clockAheadMs));
    }
    const { draftId } = info;
    const told = draftId === undefined ? info : { ...info, draftId: secrets.strike(draftId) };
    log.accepted(told);
    return told;
  } catch (error) {
    const failure = errorWithoutSecrets(asSendError(error), secrets.strike);
    log.failed(failure);
    throw failure;
  } finally {
    timer.stop();
  }
}

/**
 * The message as `deliver()` takes it, with its options checked.
 *
 * @throws GraphTransportError `ECONFIG` or `EMESSAGE` for options that are wrong
 */
function outgoingOf(
  { data: given, message }: Mail,
  envelope: OutgoingMessage['envelope'],
  messageId: string,
  { defaults, clock, client }: Sender,
): OutgoingMessage {
  const data = ownProperties(given);
  const graph = ownProperties(data.graph ?? {});
  checkMessageOptions(graph);
  if (graph.sendAt !== undefined) {
    const { checkedSendAt }: typeof import('./schedule') = require('./schedule');
    graph.sendAt = checkedSendAt(graph, defaults, clock, client.clockAheadMs);
  }
  // Graph gets the bcc recipients separately from the headers, so keep the header for their names.
  message.keepBcc = true;
  return {
    node: message,
    envelope,
    returnPath: data.envelope ? envelope.from : false,
    messageId,
    given: { messageId: data.messageId, headers: data.headers },
    graph,
    dsn: data.dsn !== undefined,
  };
}
