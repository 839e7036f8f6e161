import { type Clock, dateOf } from '../clock';
import type { SendTimer } from '../errors/abort';
import type { GraphClient } from '../graph/client';
import {
  MessageRequests,
  type MessageRequestsOptions,
  type Pauses,
  type RetryEvent,
} from '../graph/message-requests';
import { type ReadMessage, readMessage } from '../mime/read-message';
import { wholeMessage, writeMessage } from '../nodemailer/compiled-message';
import { headerAtOnce } from '../nodemailer/mime-node';
import type { UserIdOf } from '../options/options';
import type { ResolvedOptions } from '../options/resolved-options';
import { checkedMessageId } from './ask-mailbox';
import { headerOf, mailboxFor, questionOf } from './choose-mailbox';
import { sentInfo } from './describe-delivery';
import type { SendTrace } from './diagnostics';
import { NoThreadError } from './draft-failure';
import { MAX_HELD_BYTES } from './limits';
import type { MailboxLimiter } from './mailbox-limiter';
import { type OutgoingMessage, prepareMessage, purposeOf, type UnwantedCopy } from './prepare-message';
import { sendInOneRequest } from './send-in-one-request';
import type { Sent } from './sent';
import type { GraphSentMessageInfo, UploadProgress } from './sent-info';

/** What is needed to send a message. */
export interface Delivery {
  defaults: ResolvedOptions;
  client: GraphClient;
  limiter: MailboxLimiter;
  /** Lets only a few messages be read before their turn. */
  readAhead: MailboxLimiter;
  clock: Clock;
  /** Aborts the send. */
  signal: AbortSignal;
  /** Ends the send when it has taken too long. It stands still while the message waits for its turn. */
  timer: SendTimer;
  /** Filled in as the send proceeds. */
  trace: SendTrace;
  /** Receives the Message-ID that the message is sent under. */
  onMessageId: (messageId: string) => void;
  onRetry: (event: RetryEvent) => void;
  onProgress: (event: UploadProgress) => void;
}

/** All messages that are read before their turn share one queue. */
const READ_AHEAD = 'read-ahead';

/** Sends one message: waits for its turn, reads it, converts it, chooses the route, sends it and reports. */
export async function deliver(outgoing: OutgoingMessage, delivery: Delivery): Promise<GraphSentMessageInfo> {
  const { defaults, signal } = delivery;
  nameAnswered(outgoing);
  const userId = outgoing.graph.userId ?? defaults.userId;
  if (typeof userId === 'string') return readAndSend(outgoing, userId.trim(), delivery);
  const header = headerAtOnce(outgoing.node);
  if (!header) return readBeforeTurn(outgoing, userId, delivery);
  delivery.timer.start();
  const mailbox = await mailboxFor(userId, questionOf(headerOf(header), outgoing, defaults.from), signal);
  delivery.timer.stop();
  return readAndSend(outgoing, mailbox, delivery);
}

/** Names the message that this one answers in its headers, unless they name one. A raw message keeps its own. */
function nameAnswered({ node, graph }: OutgoingMessage): void {
  if (graph.inReplyTo === undefined) return;
  const id = checkedMessageId(graph.inReplyTo);
  if (!node.getHeader('In-Reply-To')) node.setHeader('In-Reply-To', id);
  if (!node.getHeader('References')) node.setHeader('References', id);
}

/** As with a pool of SMTP connections, a waiting message is not read yet and takes up no memory. */
function readAndSend(
  outgoing: OutgoingMessage,
  mailbox: string,
  delivery: Delivery,
): Promise<GraphSentMessageInfo> {
  delivery.trace.mailbox = mailbox;
  return delivery.limiter.run(
    mailbox,
    (pauses) => {
      delivery.timer.start();
      return withMessage(outgoing, delivery, (read) => sendRead(outgoing, read, mailbox, pauses, delivery));
    },
    delivery.signal,
  );
}

/** The mailbox depends on the message's content, which is known only after reading it. */
async function readBeforeTurn(
  outgoing: OutgoingMessage,
  userId: UserIdOf,
  delivery: Delivery,
): Promise<GraphSentMessageInfo> {
  const { defaults, limiter, readAhead, signal } = delivery;
  const { sending } = await readAhead.run(
    READ_AHEAD,
    async () => {
      delivery.timer.start();
      const turn = startOfTurn();
      const sending = withMessage(outgoing, delivery, async (read) => {
        const mailbox = await mailboxFor(userId, questionOf(read.content, outgoing, defaults.from), signal);
        delivery.timer.stop();
        delivery.trace.mailbox = mailbox;
        return limiter.run(
          mailbox,
          (pauses) => {
            turn.begin();
            delivery.timer.start();
            return sendRead(outgoing, read, mailbox, pauses, delivery);
          },
          signal,
        );
      });
      await Promise.race([turn.begun, sending.catch(() => undefined)]);
      return { sending };
    },
    signal,
  );
  return sending;
}

function startOfTurn(): { begun: Promise<void>; begin: () => void } {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return { begun, begin };
}

async function withMessage<T>(
  { node, graph }: OutgoingMessage,
  { defaults, signal }: Delivery,
  work: (read: ReadMessage) => Promise<T>,
): Promise<T> {
  const limits = { heldBytes: MAX_HELD_BYTES, messageBytes: defaults.maxMessageSize };
  const purpose = purposeOf(graph.format ?? defaults.format);
  const compose = () => wholeMessage(node, purpose);
  const read = await readMessage((sink) => writeMessage(node, sink), limits, signal, compose);
  try {
    return await work(read);
  } finally {
    await read.close();
  }
}

/** Converts a message that has been read, chooses its route, sends it and reports. */
async function sendRead(
  outgoing: OutgoingMessage,
  read: ReadMessage,
  userId: string,
  pauses: Pauses,
  { defaults, client, clock, signal, timer, trace, onMessageId, onRetry, onProgress }: Delivery,
): Promise<GraphSentMessageInfo> {
  trace.bytes = read.raw.bytes;
  let prepared = prepareMessage(outgoing, read, userId, defaults);
  const requestOptions: MessageRequestsOptions = {
    client,
    pauses,
    policy: defaults.retry,
    clock,
    signal,
    onRetry,
    onAttempt: (attempts) => {
      trace.attempts = attempts;
    },
  };
  const requests = new MessageRequests(requestOptions);
  const startedAt = clock.now();
  const send = (): Promise<Sent> => {
    const { messageId, sending, decision } = prepared;
    onMessageId(messageId);
    trace.messageId = messageId;
    trace.route = decision.route;
    if (sending.by === 'request') {
      return sendInOneRequest(requests, userId, sending.request, sending.savesCopy);
    }
    // Most messages need no draft.
    const { sendDraft }: typeof import('./send-draft') = require('./send-draft');
    return sendDraft(requests, {
      ...sending.draft,
      onProgress: (attachment, sentBytes, totalBytes) =>
        onProgress({ messageId, attachment, sentBytes, totalBytes }),
    });
  };
  let sent: Sent;
  try {
    sent = await send();
  } catch (error) {
    if (!(error instanceof NoThreadError)) throw error;
    prepared = prepareMessage(outgoing, read, userId, defaults, error.message);
    sent = await send();
  }
  const counts = {
    messageSize: read.raw.bytes,
    messageTime: timer.elapsedMs,
    attempts: requests.attempts,
  };
  const sendingMs = clock.now() - startedAt;
  const { unwantedCopy, messageId } = prepared;
  if (unwantedCopy === undefined) {
    return sentInfo(outgoing, prepared, sent, { userId, keptCopy: undefined, ...counts });
  }
  // By Graph's clock, as the times in Sent Items are: this machine's may be wrong.
  const sentAfter = (sent.answeredAt ?? dateOf(clock)) - sendingMs;
  const keptCopy = await keptCopyOf(unwantedCopy, messageId, sentAfter, userId, requestOptions);
  const told = keptCopy === undefined ? { ...sent, sentItem: undefined } : sent;
  return sentInfo(outgoing, prepared, told, { userId, keptCopy, ...counts });
}

/** What to tell of a copy that stays in Sent Items against the app's wish; undefined if it is deleted. */
async function keptCopyOf(
  copy: UnwantedCopy,
  messageId: string,
  sentAfter: number,
  userId: string,
  { onRetry: _, onAttempt: __, ...requests }: MessageRequestsOptions,
): Promise<string | undefined> {
  if (copy.by === 'proof') return 'saveToSentItems: false';
  if (copy.by === 'later') {
    return 'saveToSentItems: false, because the copy is made only when Exchange sends the message';
  }
  const { deleteSentCopy }: typeof import('./delete-sent-copy') = require('./delete-sent-copy');
  const mark = copy.by === 'draft' ? copy : { ...copy, messageId, sentAfter };
  const why = await deleteSentCopy(mark, userId, requests);
  return why && `saveToSentItems: false, because the copy may still be there: ${why}`;
}
