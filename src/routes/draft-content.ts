import type { RequestBody } from '../graph/request-body';
import type { GraphAttachment } from '../message/attachments';
import type { GraphMessage } from '../message/graph-message';
import { attachmentJson, messageJson } from './json-body';
import { MAX_REQUEST_BYTES } from './limits';
import { messageMark } from './message-mark';

/** What a draft is made of: one request, and the attachments that are added to it. */
export interface DraftContent {
  contentType: string;
  /** The request that makes the draft; the mark is in it, unless it is MIME. */
  body: RequestBody;
  isMime: boolean;
  added: readonly GraphAttachment[];
  /** Names of all attachments, for telling a whole draft from one that was left half made. */
  attachmentNames: readonly string[];
}

/** A message of JSON as a draft with the mark. As many of its attachments as fit are in the first request. */
export function toDraftContent(message: GraphMessage, mark: string): DraftContent {
  const { attachments = [], ...rest } = message;
  const marked = {
    ...rest,
    singleValueExtendedProperties: [...(rest.singleValueExtendedProperties ?? []), messageMark(mark)],
  };
  const inFirst = fitting(marked, attachments);
  return {
    contentType: 'application/json',
    body: messageJson({ ...marked, attachments: attachments.slice(0, inFirst) }),
    isMime: false,
    added: attachments.slice(inFirst),
    attachmentNames: attachments.map(({ name }) => name ?? ''),
  };
}

function fitting(message: GraphMessage, attachments: readonly GraphAttachment[]): number {
  let bytes = draftBytes(message);
  let count = 0;
  for (const attachment of attachments) {
    if (attachment.contentBytes.held === undefined) break;
    bytes += attachmentJson(attachment).length + ','.length;
    if (bytes > MAX_REQUEST_BYTES) break;
    count++;
  }
  return count;
}

/** Bytes of the request that makes the draft of a message, without its attachments. */
export function draftBytes(message: GraphMessage): number {
  return messageJson({ ...message, attachments: [] }).length + ',"attachments":[]'.length;
}
