import type { SingleValueLegacyExtendedProperty } from '@microsoft/microsoft-graph-types';
import type { RequestBody } from '../graph/request-body';
import type { GraphAttachment } from '../message/attachments';
import type { GraphMessage } from '../message/graph-message';
import { attachmentJson, messageJson } from './json-body';
import { MAX_REQUEST_BYTES } from './limits';
import { draftMark, messageMark, unfinished } from './message-mark';

/** What a draft is found by. */
export interface DraftMarks {
  /** Stands for this draft alone. */
  draft: string;
  /**
   * Stands for the message, whichever process sends it, for delivery exactly once; undefined where it is delivered
   * at most once and other processes do not matter.
   */
  message: string | undefined;
}

/** What a draft is made of: one request, and the attachments that are added to it. */
export interface DraftContent {
  contentType: string;
  /** The request that makes the draft. JSON has the marks in it; MIME has no place for them. */
  body: RequestBody;
  isMime: boolean;
  added: readonly GraphAttachment[];
  /** Names of the attachments that are in the request. */
  firstNames?: readonly string[];
}

/** A message that goes by way of a draft. */
export interface DraftMessage {
  userId: string;
  content: DraftContent;
  marks: DraftMarks;
  /** With `<>`. */
  messageId: string;
  /** How long the mailbox's search may take to show what another process has sent. */
  searchLagMs: number | undefined;
  /** Bytes of the message, had it gone in one request; for errors. */
  bytes: number;
  onProgress: (attachment: string, sentBytes: number, totalBytes: number) => void;
}

/** A message of JSON as a draft with its marks. As many of its attachments as fit are in the first request. */
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

/** Bytes of the request that makes the draft of a message, without its attachments. */
export function draftBytes(message: GraphMessage, marks: DraftMarks): number {
  return bytesWithoutAttachments(withMarks(message, marks, true));
}

function withMarks(message: GraphMessage, marks: DraftMarks, isUnfinished: boolean): GraphMessage {
  const { singleValueExtendedProperties: before = [], ...rest } = message;
  const properties: SingleValueLegacyExtendedProperty[] = [...(before ?? []), draftMark(marks.draft)];
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
