import { type Clock, dateOf } from '../clock';
import type { SendTimer } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import { spelling } from '../errors/service-codes/service-code';
import type { AnySignal } from '../errors/signal';
import type { GraphClient } from '../graph/client';
import { sendMailPath } from '../graph/endpoints';
import {
  MessageRequests,
  type MessageRequestsOptions,
  type Pauses,
  type RetryEvent,
} from '../graph/message-requests';
import type { ReadMessage } from '../mime/read-message';
import type { ResolvedOptions } from '../options/resolved-options';
import type { SendTrace } from './diagnostics';
import { NoThreadError } from './draft-failure';
import type { MailboxLimiter } from './mailbox-limiter';
import { type OutgoingMessage, prepareMessage, type UnwantedCopy } from './prepare-message';
import type { SendMailRequest } from './request-bodies';
import { accepted, type Sent, sentInfo } from './sent';
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
  signal: AnySignal;
  /** Ends the send when it has taken too long. It stands still while the message waits for its turn. */
  timer: SendTimer;
  /** Filled in as the send proceeds. */
  sendTrace: SendTrace;
  /** Receives the Message-ID that the message is sent under. */
  onMessageId: (messageId: string) => void;
  onRetry: (event: RetryEvent) => void;
  onProgress: (event: UploadProgress) => void;
}

/** Converts a message that has been read, chooses its route, sends it and reports. */
export async function sendRead(
  outgoing: OutgoingMessage,
  read: ReadMessage,
  userId: string,
  pauses: Pauses,
  { defaults, client, clock, signal, timer, sendTrace, onMessageId, onRetry, onProgress }: Delivery,
): Promise<GraphSentMessageInfo> {
  sendTrace.bytes = read.raw.bytes;
  let prepared = prepareMessage(outgoing, read, userId, defaults);
  const requestOptions: MessageRequestsOptions = {
    client,
    pauses,
    policy: defaults.retry,
    clock,
    signal,
    onRetry,
    onAttempt: (attempts) => {
      sendTrace.attempts = attempts;
    },
  };
  const requests = new MessageRequests(requestOptions);
  const startedAt = clock.now();
  const send = (): Promise<Sent> => {
    const { messageId, sending, decision } = prepared;
    onMessageId(messageId);
    sendTrace.messageId = messageId;
    sendTrace.route = decision.route;
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

/**
 * Sends a message in one request.
 *
 * @param savesCopy whether the request asks for a copy in Sent Items that it could do without
 * @throws GraphTransportError, ambiguous if the message may have been sent
 */
export async function sendInOneRequest(
  requests: MessageRequests,
  userId: string,
  request: SendMailRequest,
  savesCopy: boolean,
): Promise<Sent> {
  try {
    const answer = await requests.call({
      method: 'POST',
      path: sendMailPath(userId),
      what: 'the message',
      expect: 202,
      sends: true,
      ...request,
    });
    return accepted(answer);
  } catch (error) {
    throw savesCopy && isForWantOfRoom(error) ? withoutCopy(error) : error;
  }
}

const NO_ROOM = new Set(['ErrorQuotaExceeded', 'quotaLimitReached'].map(spelling));

function isForWantOfRoom(error: unknown): error is GraphTransportError {
  return error instanceof GraphTransportError && NO_ROOM.has(spelling(error.graphCode ?? ''));
}

function withoutCopy(error: GraphTransportError): GraphTransportError {
  const hint = `${error.hint ?? ''} With saveToSentItems: false, no copy takes up space.`.trim();
  return error.with({ hint });
}
