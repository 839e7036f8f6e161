import type { Loss } from './loss';
import type { MailHeader } from './mail-header';
import type { MailPart } from './mail-part';
import type { AttachmentContent } from './spool';

/** A Content-Type, decoded. */
export interface MediaType {
  /** `type/subtype` in lower case. */
  value: string;
  /** Parameters by lower-case name. */
  params: Readonly<Record<string, string | undefined>>;
}

/** A part that is not body text. */
export interface MailAttachment {
  filename: string | undefined;
  /** As the part declares it, or guessed from the file name if it does not. */
  type: MediaType;
  /** `attachment`, `inline`, or anything else that the part declares; undefined if it does not. */
  disposition: string | undefined;
  /** Without `<>`. */
  contentId: string | undefined;
  /** Whether the part is in a `multipart/related`, like images shown in the HTML. */
  related: boolean;
  /** The decoded content. */
  content: AttachmentContent;
}

/** A message that has been read. This is all that the rest of the package knows about MIME. */
export interface MailContent {
  /** The message as the tree of its parts. */
  structure: MailPart;
  /** What is left over once all its parts have been used. */
  losses: readonly Loss[];
  /** Headers of the message itself, in order. */
  headers: readonly MailHeader[];
  text: string | undefined;
  html: string | undefined;
  attachments: readonly MailAttachment[];
}

/** The values of a header, in order; empty if the message has no such header. */
export function headerValues(content: MailContent, key: string): string[] {
  return content.headers.filter((header) => header.key === key).map((header) => header.value);
}
