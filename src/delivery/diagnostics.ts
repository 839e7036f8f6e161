import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { GraphTransportError } from '../errors/graph-transport-error';
import type { RetryEvent } from '../graph/message-requests';
import type { GraphSentMessageInfo } from './sent-info';

/**
 * What the tracing channel `nodemailer-graph-transport:send` tells of a message: one object from `start` to `asyncEnd`,
 * in which more is known as the message goes on. No subject, body, recipient, secret or token is in it, but in
 * `result` the envelope.
 */
export interface SendTrace {
  /** Its Message-ID. At `start` this is Nodemailer's, and later the one that the message goes by. */
  messageId: string;
  /** The mailbox that it is sent from; undefined until that is known. */
  mailbox: string | undefined;
  /** How it goes; undefined until that is decided. */
  route: GraphSentMessageInfo['route'] | undefined;
  /** Bytes of the message, as `info.messageSize` has them; undefined until it is read. */
  bytes: number | undefined;
  /** How often the request that sends was made so far. */
  attempts: number;
  /** Why it failed; set for `error`, and from then on. */
  error?: unknown;
  /** What `sendMail` resolves with; set for `asyncStart`, and from then on. */
  result?: GraphSentMessageInfo;
}

/** What the channels `nodemailer-graph-transport:retry` and `nodemailer-graph-transport:throttled` tell. */
export interface RetryNotice {
  /** The message whose request failed and is made again. */
  messageId: string;
  /** The mailbox that it is sent from. After throttling, all its messages wait. */
  mailbox: string | undefined;
  /** The attempt that failed, from 1. */
  attempt: number;
  /** Milliseconds until the next. */
  waitMs: number;
  /** Why it failed. */
  error: GraphTransportError;
}

/** What the channel `nodemailer-graph-transport:queue` tells, whenever one of the numbers has changed. */
export interface QueueNotice {
  /** The `GraphTransport` whose queue it is. */
  transport: object;
  /** Messages that wait for their turn. */
  waiting: number;
  /** These, and those that are being sent: `transport.pendingCount()`. */
  pending: number;
}

const sends = tracingChannel<unknown, SendTrace>('nodemailer-graph-transport:send');
const retries = channel('nodemailer-graph-transport:retry');
const throttlings = channel('nodemailer-graph-transport:throttled');
const queues = channel('nodemailer-graph-transport:queue');

/** Sends a message in sight of those who listen to the tracing channel; without any, this only calls `send`. */
export function traced(
  trace: SendTrace,
  send: () => Promise<GraphSentMessageInfo>,
): Promise<GraphSentMessageInfo> {
  return sends.tracePromise(send, trace);
}

/** Tells of a request that failed and is made again. */
export function tellRetry(
  { messageId, mailbox }: SendTrace,
  { error, attempt, waitMs, throttled }: RetryEvent,
): void {
  const told = throttled ? throttlings : retries;
  if (!told.hasSubscribers) return;
  told.publish({ messageId, mailbox, attempt, waitMs, error } satisfies RetryNotice);
}

/** Tells how many messages there are. */
export function tellQueue(transport: object, waiting: number, pending: number): void {
  if (!queues.hasSubscribers) return;
  queues.publish({ transport, waiting, pending } satisfies QueueNotice);
}
