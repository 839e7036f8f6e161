import type { FileAttachment } from '@microsoft/microsoft-graph-types';
import { decodeBytes, decodeWords } from '../mime/decode-text';
import { readHeaderBlock } from '../mime/header-block';
import type { MailAttachment } from '../mime/mail-content';
import { libmime } from '../mime/mail-packages';
import type { AttachmentContent } from '../mime/spool';

/** A Graph attachment with the type annotation that OData requires. */
export type GraphAttachment = Omit<FileAttachment, 'contentBytes'> & {
  '@odata.type': '#microsoft.graph.fileAttachment';
  /** Encoded as base64 when it is sent. */
  contentBytes: AttachmentContent;
};

/** The attachments of a message as Graph's file attachments, in order. */
export function toGraphAttachments(
  attachments: readonly MailAttachment[],
  html: string | undefined,
): GraphAttachment[] {
  const wanted = new Set(attachments.flatMap(({ contentId }) => contentId ?? []));
  const shown = contentIdsIn(html ?? '', wanted);
  return attachments.map((attachment, index) => {
    const { type, contentId, disposition, related, content } = attachment;
    const inline =
      contentId !== undefined && shown.has(contentId) && (related || disposition !== 'attachment');
    return {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: attachmentName(attachment, index),
      contentType: type.value,
      contentBytes: content,
      isInline: inline,
      ...(contentId === undefined ? {} : { contentId }),
    };
  });
}

/**
 * The file name that a recipient sees. Graph refuses an attachment without a name, a path is the sender's
 * private information, and a name should have no control characters.
 */
function attachmentName(attachment: MailAttachment, index: number): string {
  const { filename, type, content } = attachment;
  const base = filename
    ?.split(/[/\\]/)
    .pop()
    ?.replace(/\p{Cc}/gu, ' ')
    .trim();
  if (type.value !== 'message/rfc822')
    return base || `attachment-${index + 1}.${libmime.detectExtension(type.value)}`;
  if (base) return /\.eml$/i.test(base) ? base : `${base}.eml`;
  return `${innerSubject(content.held) || `attachment-${index + 1}`}.eml`;
}

function innerSubject(message: Buffer | undefined): string {
  // A message that is too large to be in memory gets a number instead.
  const start = message?.toString('latin1', 0, MAX_INNER_HEADER) ?? '';
  const subject = readHeaderBlock(start).fields.find(({ key }) => key === 'subject')?.value ?? '';
  return decodeWords(decodeBytes(subject).text)
    .text.replace(/[/\\\p{Cc}]+/gu, ' ')
    .trim();
}

/** How much of an attached message is searched for its Subject. */
const MAX_INNER_HEADER = 64 * 1024;

/** The content ids that the HTML refers to, in every known spelling of `cid:` links. */
function contentIdsIn(html: string, wanted: ReadonlySet<string>): Set<string> {
  const ids = new Set<string>();
  const seen = new Set<string>();
  const link = /\bcid:([^"'\s<>]+)/gi;
  for (let found = link.exec(html); found && ids.size < wanted.size; found = link.exec(html)) {
    const [, written = ''] = found;
    if (seen.has(written)) continue;
    seen.add(written);
    // A link in a style ends at its bracket, unless the bracket is part of the id.
    for (const spelling of [written, written.replace(/\).*/, '')]) {
      const plain = spelling.replace(/&amp;/g, '&').replace(/&#64;/g, '@');
      for (const id of [plain, percentDecoded(plain)]) {
        if (wanted.has(id)) ids.add(id);
      }
    }
  }
  return ids;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
