import type { SingleValueLegacyExtendedProperty } from '@microsoft/microsoft-graph-types';
import type { RequestBody } from '../graph/calls';
import type { GraphAttachment } from '../message/attachments';
import type { GraphMessage } from '../message/graph-message';
import { MAX_REQUEST_BYTES } from './limits';
import { draftMark, messageMark, unfinished } from './message-mark';
import { attachmentJson, messageJson } from './request-bodies';

/** What a draft can be found by. */
export interface DraftMarks {
  /** Identifies this draft alone. */
  draft: string;
  /**
   * Identifies the message, whichever process sends it. For exactly-once delivery; undefined with at-most-once
   * delivery, where other processes do not matter.
   */
  message: string | undefined;
  /** What makes Exchange hold the draft until its time; undefined if it goes at once. */
  schedule?: readonly SingleValueLegacyExtendedProperty[] | undefined;
}

/** What a draft is created from: one request, and the attachments that are added to it. */
export interface DraftContent {
  contentType: string;
  /** The request that creates the draft. JSON includes the marks; MIME cannot. */
  body: RequestBody;
  isMime: boolean;
  added: readonly GraphAttachment[];
  /** Names of the attachments that are in the request. */
  firstNames?: readonly string[];
}

/** A message that is sent as a draft. */
export interface DraftMessage {
  userId: string;
  content: DraftContent;
  marks: DraftMarks;
  /** With `<>`. */
  messageId: string;
  /** How long the mailbox's search may take to show what another process has sent. */
  searchLagMs: number | undefined;
  /** If it is made as a reply: to which message, and whether to all who got that. */
  reply?: { messageId: string; toAll: boolean } | undefined;
  /** What the message would have been in one request, in bytes; for errors. */
  bytes: number;
  onProgress: (attachment: string, sentBytes: number, totalBytes: number) => void;
}

/** A JSON message as a draft with its marks. The first request includes as many attachments as fit. */
export function toDraftContent(message: GraphMessage, marks: DraftMarks): DraftContent {
  const { attachments = [] } = message;
  const inFirst = fitting(withMarks(message, marks, true), attachments);
  const added = attachments.slice(inFirst);
  const marked = withMarks(message, marks, added.length > 0);
  return {
    contentType: 'application/json',
    body: messageJson({ ...marked, attachments: attachments.slice(0, inFirst) }),
    isMime: false,
    added,
    firstNames: attachments.slice(0, inFirst).map(({ name }) => name ?? ''),
  };
}

/** The changes to the draft of a reply, with its marks. All attachments are added to it one by one. */
export function toReplyDraft(
  { attachments = [], ...message }: GraphMessage,
  marks: DraftMarks,
): DraftContent {
  return {
    contentType: 'application/json',
    body: messageJson(withMarks(message, marks, attachments.length > 0)),
    isMime: false,
    added: attachments,
  };
}

/** The size of the request that creates a message's draft, without its attachments. */
export function draftBytes(message: GraphMessage, marks: DraftMarks): number {
  return bytesWithoutAttachments(withMarks(message, marks, true));
}

function withMarks(message: GraphMessage, marks: DraftMarks, isUnfinished: boolean): GraphMessage {
  const { singleValueExtendedProperties: before = [], ...rest } = message;
  const properties: SingleValueLegacyExtendedProperty[] = [
    ...(before ?? []),
    draftMark(marks.draft),
    ...(marks.schedule ?? []),
  ];
  if (marks.message !== undefined) {
    properties.push(messageMark(isUnfinished ? unfinished(marks.message) : marks.message));
  }
  return { ...rest, singleValueExtendedProperties: properties };
}

function fitting(message: GraphMessage, attachments: readonly GraphAttachment[]): number {
  let bytes = bytesWithoutAttachments(message);
  let count = 0;
  for (const attachment of attachments) {
    if (attachment.contentBytes.held === undefined) break;
    bytes += attachmentJson(attachment).length + ','.length;
    if (bytes > MAX_REQUEST_BYTES) break;
    count++;
  }
  return count;
}

function bytesWithoutAttachments(message: GraphMessage): number {
  return messageJson({ ...message, attachments: [] }).length + ',"attachments":[]'.length;
}
