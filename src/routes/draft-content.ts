import type { AttachmentContent } from '../message/attachment-content';
import type { GraphAttachment } from '../message/attachments';
import type { GraphMessage } from '../message/graph-message';
import { MAX_REQUEST_BYTES } from './limits';
import { messageMark } from './message-mark';

/** What a draft is made of: one request, and the attachments that are added to it. */
export interface DraftContent {
  contentType: string;
  /** The request that makes the draft; the mark is in it, unless it is MIME. */
  body: Buffer;
  isMime: boolean;
  added: readonly { attachment: GraphAttachment; content: AttachmentContent }[];
  /** Names of all attachments, for telling a whole draft from one that was left half made. */
  attachmentNames: readonly string[];
}

/**
 * A message of JSON as a draft with the mark. As many of its attachments as fit are in the first request.
 *
 * @param contents those of `message.attachments`, in the same order
 */
export function toDraftContent(
  message: GraphMessage,
  contents: readonly AttachmentContent[],
  mark: string,
): DraftContent {
  const { attachments = [], ...rest } = message;
  const marked = {
    ...rest,
    singleValueExtendedProperties: [...(rest.singleValueExtendedProperties ?? []), messageMark(mark)],
  };
  const inFirst = fitting(marked, attachments, contents);
  const first = inFirst > 0 ? { ...marked, attachments: attachments.slice(0, inFirst) } : marked;
  return {
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(first)),
    isMime: false,
    added: attachments.slice(inFirst).flatMap((attachment, index) => {
      const content = contents[inFirst + index];
      return content ? [{ attachment, content }] : [];
    }),
    attachmentNames: attachments.map(({ name }) => name ?? ''),
  };
}

function fitting(
  message: GraphMessage,
  attachments: readonly GraphAttachment[],
  contents: readonly AttachmentContent[],
): number {
  let bytes = Buffer.byteLength(JSON.stringify({ ...message, attachments: [] }));
  let count = 0;
  for (const [index, attachment] of attachments.entries()) {
    if (contents[index]?.held === undefined) break;
    bytes += Buffer.byteLength(JSON.stringify(attachment)) + 1;
    if (bytes > MAX_REQUEST_BYTES) break;
    count++;
  }
  return count;
}
