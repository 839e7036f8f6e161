import type { MailAddress } from './address';
import type { Loss } from './loss';
import type { MailPart } from './mail-part';
import type { AttachmentContent } from './spool';

/** A header of the message as it was written, decoded. */
export interface MailHeader {
  /** Name in lower case. */
  key: string;
  /** Name as written. */
  name: string;
  /** Value unfolded, encoded words decoded, trimmed. */
  value: string;
  /** What of the value is lost by decoding it, in words. */
  fault: string | undefined;
  /** The mailboxes that it names, if it is one of `ADDRESS_HEADERS`. */
  addresses: readonly MailAddress[];
}

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
  /** As the part declares it; guessed by the file name where it does not. */
  type: MediaType;
  /** `attachment`, `inline`, or whatever else the part declares; undefined when it does not. */
  disposition: string | undefined;
  /** Without `<>`. */
  contentId: string | undefined;
  /** Whether the part sits in `multipart/related`, as images shown in the HTML do. */
  related: boolean;
  /** The decoded content. */
  content: AttachmentContent;
}

/** A message that has been read: all that the rest of the package knows of MIME. */
export interface MailContent {
  /** The message as the tree of its parts. */
  structure: MailPart;
  /** What of its parts is left over when all of them have been used. */
  losses: readonly Loss[];
  /** Headers of the message itself, in order. */
  headers: readonly MailHeader[];
  text: string | undefined;
  html: string | undefined;
  attachments: readonly MailAttachment[];
}

/** The values of a header, in order; none when the message has no such header. */
export function headerValues(content: MailContent, key: string): string[] {
  return content.headers.filter((header) => header.key === key).map((header) => header.value);
}
