import { types } from 'node:util';
import { type Clock, dateOf } from '../clock';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { property } from '../graph/answer-error';
import { messagePath } from '../graph/endpoints';
import type { GraphMessageOptions } from '../options/message-options';
import type { DeliveryOptions } from '../options/resolved-options';
import { checkedMessageId, type Mailbox, needing } from './ask-mailbox';
import { findAs, toMailboxMessage, type WellKnownFolder } from './find-messages';
import { DEFERRED_SEND_TIME_ID, isScheduled } from './message-mark';
import { isGone, untilPassed } from './passing-state';

/** A message that Exchange holds in Drafts or Outbox until its time. */
export interface ScheduledMessage {
  /** The Message-ID that `sendMail` returned, with `<>`. */
  messageId: string;
  /** Graph's id of the draft, good until it is sent. */
  id: string;
  /** Empty if it has none. */
  subject: string;
  /** The addresses in To. */
  to: string[];
  /** When it will be sent. */
  sendAt: Date;
}

const SHOWN = 'id,isDraft,internetMessageId,subject,toRecipients';
const WITH_TIME = `singleValueExtendedProperties($filter=id eq '${DEFERRED_SEND_TIME_ID}')`;

/** How long the search may take to show a draft that was just made. Our estimate. */
const SEARCH_LAG_MS = 1000;

/** How many times a draft that the search shows is deleted until it counts as gone. */
const DELETES_UNTIL_GONE = 2;

/**
 * Clocks that differ by less count as right. A minute covers the whole seconds of HTTP dates and slow answers.
 * Our choice.
 */
const RIGHT_CLOCK_MS = 60_000;

/** A draft whose time is further away than this cannot have been sent in the meantime, whichever clock is wrong. */
const SURELY_HELD_MS = 10 * 60_000;

/**
 * When a message is to be sent.
 *
 * @param aheadMs how far this machine's clock is ahead of Graph's, if that is known
 * @throws GraphTransportError `EMESSAGE` if that is no time in the year to come, or if other options forbid it
 */
export function checkedSendAt(
  graph: GraphMessageOptions,
  defaults: Pick<DeliveryOptions, 'delivery' | 'format'>,
  clock: Clock,
  aheadMs?: number,
): Date {
  const wanted: unknown = graph.sendAt;
  const sendAt = new Date(types.isDate(wanted) ? wanted : Number.NaN);
  if (Number.isNaN(sendAt.getTime())) {
    throw refused('sendAt must be a valid Date', 'Give a Date, such as new Date(Date.now() + 3_600_000).');
  }
  const now = dateOf(clock);
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + 1);
  const given = `sendAt is ${sendAt.toISOString()}`;
  const skew = skewOf(aheadMs);
  const isPast = sendAt.getTime() <= now;
  if (isPast || (skew && isPastForGraph(sendAt, now, aheadMs))) {
    const today = `${new Date(now).toISOString()} on this machine${skew ? `, whose ${skew}` : ''}`;
    // This may be a repeated attempt, after an earlier one has scheduled the message.
    const isRepeatable = (graph.delivery ?? defaults.delivery) === 'exactly-once';
    throw refused(
      `${given}, which is past${isPast ? '' : " by Graph's clock"}`,
      isRepeatable
        ? `It is ${today}. Leave sendAt out: the message then goes at once, unless an earlier attempt has sent it.`
        : `It is ${today}. Leave sendAt out to send at once.`,
      isRepeatable ? 'This call sent nothing.' : undefined,
    );
  }
  if (sendAt > latest) throw refused(`${given}, more than a year ahead`, 'Schedule it later.');
  if ((graph.format ?? defaults.format) === 'mime') {
    throw refused(
      "sendAt does not go with format: 'mime'",
      "Exchange is told the time in JSON. Set graph: { format: 'auto' } for this message.",
    );
  }
  return sendAt;
}

/** What to warn of when a message has been scheduled, since Exchange goes by its own clock; undefined if nothing. */
export function clockWarning(sendAt: Date, clock: Clock, aheadMs?: number): string | undefined {
  const skew = skewOf(aheadMs);
  const because = skew && `This machine's ${skew}, and Exchange goes by its own.`;
  if (!isPastForGraph(sendAt, dateOf(clock), aheadMs)) return because;
  return ['Its time had already come, so Exchange may have sent it at once.', because]
    .filter(Boolean)
    .join(' ');
}

function isPastForGraph(sendAt: Date, now: number, aheadMs = 0): boolean {
  return sendAt.getTime() <= now - aheadMs;
}

/** How wrong this machine's clock is, if it is. */
function skewOf(aheadMs = 0): string | undefined {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= RIGHT_CLOCK_MS) return undefined;
  return `clock is ${seconds} seconds ${aheadMs > 0 ? 'ahead of' : 'behind'} Graph's`;
}

function refused(why: string, hint: string, effect = 'Nothing was sent.'): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `The message cannot be scheduled: ${why}.`, {
    hint: `${hint} ${effect}`,
  });
}

/** The messages that are held, the next one first. @throws GraphTransportError `EAUTH` without `Mail.Read` */
export async function findScheduled(mailbox: Mailbox): Promise<ScheduledMessage[]> {
  const held = await needing('Mail.Read', 'transport.scheduled()', async () => [
    ...(await find(mailbox, isScheduled(), 'drafts')),
    ...(await find(mailbox, isScheduled(), 'outbox')),
  ]);
  return held.sort((one, other) => one.sendAt.getTime() - other.sendAt.getTime());
}

/**
 * Deletes the held messages with a Message-ID. Only what the search shows in Drafts or Outbox, with our property and a
 * time, is deleted, and by an id that becomes invalid when the message is sent.
 *
 * @returns false if there was none
 * @throws GraphTransportError `EMESSAGE` for what is no Message-ID, `EAUTH` without `Mail.ReadWrite`
 */
export async function cancelScheduled(mailbox: Mailbox, messageId: string): Promise<boolean> {
  const filter = isScheduled(checkedMessageId(messageId));
  return needing('Mail.ReadWrite', 'transport.cancel()', async () => {
    const first = await cancelFound(mailbox, filter);
    if (first !== 'none found') return first === 'cancelled';
    await mailbox.requests.wait(SEARCH_LAG_MS);
    return (await cancelFound(mailbox, filter)) === 'cancelled';
  });
}

/** Drafts first: what exactly-once delivery has left there can then no longer be moved to Outbox. */
async function cancelFound(mailbox: Mailbox, filter: string): Promise<'none found' | 'gone' | 'cancelled'> {
  let fate: 'none found' | 'gone' | 'cancelled' = 'none found';
  for (const folder of ['drafts', 'outbox'] as const) {
    for (const message of await find(mailbox, filter, folder)) {
      if (await cancelDraft(mailbox, message, filter)) fate = 'cancelled';
      else if (fate === 'none found') fate = 'gone';
    }
  }
  return fate;
}

async function find(
  { requests, userId }: Mailbox,
  $filter: string,
  folder: WellKnownFolder,
): Promise<ScheduledMessage[]> {
  const options = { $filter, $select: SHOWN, $expand: WITH_TIME };
  const read = (message: unknown) => toScheduled(message, folder === 'drafts');
  const { messages } = await findAs(requests, userId, options, read, { folder });
  const unique = new Map(messages.flatMap((message) => (message ? [[message.id, message]] : [])));
  return [...unique.values()];
}

/** Undefined for a message that has no time or is not as unsent as it should be: it is not ours, or no longer. */
function toScheduled(value: unknown, isUnsent: boolean): ScheduledMessage | undefined {
  const { id, messageId, isDraft } = toMailboxMessage(value);
  if (isUnsent && !isDraft) return undefined;
  const [time] = listOf(value, 'singleValueExtendedProperties');
  const sendAt = new Date(String(property(time, 'value')));
  if (messageId === undefined || Number.isNaN(sendAt.getTime())) return undefined;
  const subject = property(value, 'subject');
  const to = listOf(value, 'toRecipients').flatMap((recipient) => {
    const address = property(property(recipient, 'emailAddress'), 'address');
    return typeof address === 'string' ? [address] : [];
  });
  return { messageId, id, subject: typeof subject === 'string' ? subject : '', to, sendAt };
}

function listOf(value: unknown, name: string): unknown[] {
  const list = property(value, name);
  return Array.isArray(list) ? list : [];
}

/** Whether it was deleted before it was sent. */
async function cancelDraft(mailbox: Mailbox, draft: ScheduledMessage, filter: string): Promise<boolean> {
  const { requests, userId, clock } = mailbox;
  const remove = () =>
    requests.call({
      method: 'DELETE',
      path: messagePath(userId, draft.id),
      what: 'the request to delete the scheduled message',
      expect: 204,
      alike: [200],
    });
  let unanswered: GraphTransportError | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      await untilPassed(requests, remove, { attempts: DELETES_UNTIL_GONE });
      return true;
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      if (isGone(error)) break;
      if (outcomeOf(error) !== 'unknown') throw isConflict(error) ? notDeleted(error) : error;
      unanswered = error;
      if (!(await requests.retry(error, attempt, true))) throw notKnown(error);
    }
  }
  if (!unanswered) return false;
  // It is gone, by our own unanswered request unless it was sent.
  if ((await find(mailbox, filter, 'sentitems')).length > 0) return false;
  if (draft.sendAt.getTime() - dateOf(clock) > SURELY_HELD_MS) return true;
  throw notKnown(unanswered);
}

/** Whether another change to the draft stood in the way. */
function isConflict({ responseCode }: GraphTransportError): boolean {
  return responseCode === 409 || responseCode === 412;
}

function notDeleted(error: GraphTransportError): GraphTransportError {
  return error.with({
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: 'The scheduled message was not deleted, because Exchange or another program was changing it. Cancel it again.',
    link: undefined,
    cause: error,
  });
}

function notKnown(error: GraphTransportError): GraphTransportError {
  return error.with({
    hint: 'It is not known whether the scheduled message was deleted. Cancel it again, or look in Sent Items.',
    cause: error,
  });
}
