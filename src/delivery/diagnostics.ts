import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { GraphTransportError } from '../errors/graph-transport-error';
import type { RetryEvent } from '../graph/message-requests';
import type { GraphSentMessageInfo } from './sent-info';

/**
 * What the tracing channel `nodemailer-graph-transport:send` reports about a message: one object from `start`
 * to `asyncEnd`, filled in as the message proceeds. It contains no subject, body, secret or token, and no
 * recipients except in the envelope of `result`.
 */
export interface SendTrace {
  /** The Message-ID. At `start` this is Nodemailer's; later it is the one that the message is sent under. */
  messageId: string;
  /** The mailbox that sends the message; undefined until it is known. */
  mailbox: string | undefined;
  /** The route it takes; undefined until it is decided. */
  route: GraphSentMessageInfo['route'] | undefined;
  /** Bytes of the message, the same as `info.messageSize`; undefined until it has been read. */
  bytes: number | undefined;
  /** How many times the sending request has been made so far. */
  attempts: number;
  /** Why it failed; set from `error` on. */
  error?: unknown;
  /** What `sendMail` resolves with; set from `asyncStart` on. */
  result?: GraphSentMessageInfo;
}

/** What the channels `nodemailer-graph-transport:retry` and `nodemailer-graph-transport:throttled` report. */
export interface RetryNotice {
  /** The Message-ID of the message whose request failed and will be made again. */
  messageId: string;
  /** The mailbox that sends it. After throttling, all messages of the mailbox wait. */
  mailbox: string | undefined;
  /** The number of the attempt that failed, from 1. */
  attempt: number;
  /** Milliseconds until the next attempt. */
  waitMs: number;
  /** Why it failed. */
  error: GraphTransportError;
}

/** What the channel `nodemailer-graph-transport:queue` reports each time one of the numbers changes. */
export interface QueueNotice {
  /** The `GraphTransport` whose queue it is. */
  transport: object;
  /** Messages that are waiting for their turn. */
  waiting: number;
  /** Messages that are waiting or being sent: `transport.pendingCount()`. */
  pending: number;
}

const sends = tracingChannel<unknown, SendTrace>('nodemailer-graph-transport:send');
const retries = channel('nodemailer-graph-transport:retry');
const throttlings = channel('nodemailer-graph-transport:throttled');
const queues = channel('nodemailer-graph-transport:queue');

/** Sends a message and reports it to the tracing channel. Without subscribers it only calls `send`. */
export function traced(
  trace: SendTrace,
  send: () => Promise<GraphSentMessageInfo>,
): Promise<GraphSentMessageInfo> {
  return sends.tracePromise(send, trace);
}

/** Reports a request that failed and will be made again. */
export function tellRetry(
  { messageId, mailbox }: SendTrace,
  { error, attempt, waitMs, throttled }: RetryEvent,
): void {
  const told = throttled ? throttlings : retries;
  if (!told.hasSubscribers) return;
  told.publish({ messageId, mailbox, attempt, waitMs, error } satisfies RetryNotice);
}

/** Reports how many messages there are. */
export function tellQueue(transport: object, waiting: number, pending: number): void {
  if (!queues.hasSubscribers) return;
  queues.publish({ transport, waiting, pending } satisfies QueueNotice);
}
