import { parseJson, property } from '../graph/answer-error';
import { messagePath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import { LIKE_CREATED } from './draft-requests';
import { type MailboxMessage, toMailboxMessage } from './find-messages';
import { DEFERRED_SEND_TIME_ID } from './message-mark';
import { untilPassed } from './passing-state';
import { plainJson } from './request-bodies';

/*
 * A message that Exchange holds keeps its id, so a DELETE may find it whether it is held or not. That is why a scheduled
 * message that several processes send takes two steps. It is moved from Drafts to Outbox, which changes its id
 * (documented: message-move.md, outlook-immutable-id.md), so only one request can do that. From then on no process
 * deletes or moves it, and each may tell Graph to send it.
 */

/** PidTagMessageFlags. Graph shows ids without leading zeros. */
const MESSAGE_FLAGS_ID = 'Integer 0x0E07';
const SHOWN_MESSAGE_FLAGS_ID = /^Integer 0x0*E07$/i;
const SHOWN_DEFERRED_SEND_TIME_ID = /^SystemTime 0x0*3FEF$/i;
/** mfSubmitted: Exchange was told to send the message ([MS-OXCMSG] 2.2.1.6). */
const SUBMITTED = 4;

/** What Graph shows of an unsent message. */
export interface Schedule {
  /** When it is to be sent, if not at once. */
  sendAt: Date | undefined;
  /** Whether Exchange was told to send it. False also if Graph does not show that. */
  isSubmitted: boolean;
}

/** Asks for a draft's time. */
export async function readSchedule(
  requests: MessageRequests,
  userId: string,
  id: string,
  attempts?: number,
): Promise<Schedule> {
  const query = new URLSearchParams({
    $select: 'id',
    $expand: `singleValueExtendedProperties($filter=id eq '${DEFERRED_SEND_TIME_ID}' or id eq '${MESSAGE_FLAGS_ID}')`,
  });
  const read = () =>
    requests.call({
      method: 'GET',
      path: `${messagePath(userId, id)}?${query}`,
      what: 'the request for the time of the draft',
      expect: 200,
      wantsBody: true,
      check: (answer) => toMailboxMessage(parseJson(answer)),
      repeatable: true,
    });
  return toSchedule(parseJson((await untilPassed(requests, read, { attempts })).body));
}

/** Reads the time and the flag out of a message. */
export function toSchedule(message: unknown): Schedule {
  const properties = property(message, 'singleValueExtendedProperties');
  const shown = (id: RegExp) => {
    const all: unknown[] = Array.isArray(properties) ? properties : [];
    return String(
      property(
        all.find((one) => id.test(String(property(one, 'id')))),
        'value',
      ),
    );
  };
  const sendAt = new Date(shown(SHOWN_DEFERRED_SEND_TIME_ID));
  return {
    sendAt: Number.isNaN(sendAt.getTime()) ? undefined : sendAt,
    isSubmitted: (Number.parseInt(shown(SHOWN_MESSAGE_FLAGS_ID), 10) & SUBMITTED) !== 0,
  };
}

/** Moves a draft to Outbox. Not repeated if the answer is lost: the id may lead nowhere by then. */
export async function moveToOutbox(
  requests: MessageRequests,
  userId: string,
  id: string,
): Promise<MailboxMessage> {
  const { body } = await requests.call({
    method: 'POST',
    path: `${messagePath(userId, id)}/move`,
    what: 'the request to move the draft to Outbox',
    expect: 201,
    alike: LIKE_CREATED,
    wantsBody: true,
    check: (answer) => toMailboxMessage(parseJson(answer)),
    contentType: 'application/json',
    body: plainJson({ destinationId: 'outbox' }),
    creates: true,
  });
  return toMailboxMessage(parseJson(body));
}
