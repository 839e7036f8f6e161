import { createHash } from 'node:crypto';
import type { SingleValueLegacyExtendedProperty } from '@microsoft/microsoft-graph-types';

/**
 * Our own named properties, which let us find drafts and sent messages without their ids. Named properties need
 * a GUID; this one is ours. They are not headers, so recipients do not see them.
 */
const NAMESPACE = 'String {6f0b1a52-8c55-4c1c-9a0e-0a7f3f3b9d21} Name nodemailer-graph-transport';

/** Identifies the message: the same in every process that sends it. */
const MARK_ID = NAMESPACE;
/** Identifies the draft: different each time a draft is created. */
const DRAFT_ID = `${NAMESPACE}-draft`;

/** On every scheduled draft, with the same value, to list them by. */
const SCHEDULED_ID = `${NAMESPACE}-scheduled`;
const SCHEDULED = 'yes';
/** On a scheduled draft, the digest of its Message-ID. */
const SCHEDULED_AS_ID = `${NAMESPACE}-scheduled-as`;
/** PidTagDeferredSendTime ([MS-OXOMSG] 2.2.3.9). Exchange holds a draft that has it (reported: openonion/connectonion #183). */
export const DEFERRED_SEND_TIME_ID = 'SystemTime 0x3FEF';

/** Message-IDs are case-sensitive and Graph's search is not, so they are searched for by a digest. */
export function digestOf(messageId: string): string {
  return createHash('sha256').update(messageId).digest('hex');
}

/** The property that marks a message. */
export function messageMark(value: string): SingleValueLegacyExtendedProperty {
  return { id: MARK_ID, value };
}

/** The property that finds a draft again if the answer to its creation was lost. */
export function draftMark(value: string): SingleValueLegacyExtendedProperty {
  return { id: DRAFT_ID, value };
}

/** The properties by which Exchange holds a draft, and by which we find it again. */
export function scheduleMarks(sendAt: Date, messageId: string): SingleValueLegacyExtendedProperty[] {
  return [
    { id: DEFERRED_SEND_TIME_ID, value: sendAt.toISOString() },
    { id: SCHEDULED_ID, value: SCHEDULED },
    { id: SCHEDULED_AS_ID, value: digestOf(messageId) },
  ];
}

/** `$filter` for scheduled messages: those with that Message-ID, or all. They keep the property once they are sent. */
export function isScheduled(messageId?: string): string {
  return messageId === undefined
    ? hasProperty(SCHEDULED_ID, SCHEDULED)
    : hasProperty(SCHEDULED_AS_ID, digestOf(messageId));
}

/** The mark of a draft that still lacks attachments, so no other process may send it. */
export function unfinished(mark: string): string {
  return `${mark}-unfinished`;
}

/**
 * `$filter` for messages with that mark (Microsoft Graph documentation,
 * api-reference/v1.0/api/singlevaluelegacyextendedproperty-get.md).
 *
 * @param value without quotes; Graph ignores its case
 */
export function hasMark(value: string): string {
  return hasProperty(MARK_ID, value);
}

/** `$filter` for the draft with that mark. */
export function hasDraftMark(value: string): string {
  return hasProperty(DRAFT_ID, value);
}

/** `$filter` for messages with that Message-ID. */
export function hasMessageId(messageId: string): string {
  return `internetMessageId eq '${messageId.replaceAll("'", "''")}'`;
}

function hasProperty(id: string, value: string): string {
  return `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq '${value}')`;
}
