import { ADDRESS_HEADERS, type MailAddress, readMailboxes } from './address';
import { decodeBytes, decodeWords } from './decode-text';
import type { HeaderBlock } from './header-block';
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

const NONE: readonly never[] = [];

/** The headers of this name, in order. Most messages have few of the headers that are asked for. */
export function headersOf({ headers }: Pick<MailContent, 'headers'>, key: string): readonly MailHeader[] {
  let found: MailHeader[] | undefined;
  for (const header of headers) {
    if (header.key !== key) continue;
    if (found) found.push(header);
    else found = [header];
  }
  return found ?? NONE;
}

/** The values of a header, in order; empty if the message has no such header. */
export function headerValues(content: MailContent, key: string): string[] {
  return headersOf(content, key).map(({ value }) => value);
}

/** A part of a message as its header declares it, and the parts inside it. */
export interface MailPart {
  /** `type/subtype` in lower case. */
  type: string;
  /** Parameters of the type by lower-case name. */
  params: Readonly<Record<string, string | undefined>>;
  /** In lower case; empty if the part declares none. */
  disposition: string;
  filename: string | undefined;
  /** Content-Transfer-Encoding in lower case; empty when the part declares none. */
  encoding: string;
  /** Without `<>`. */
  contentId: string | undefined;
  /** Whether the part has a Content-Location. */
  hasLocation: boolean;
  /** What it becomes in JSON: part of the body, a file, or a container for its parts. */
  use: 'body' | 'attachment' | 'multipart';
  /** What cannot be read in exactly one way, or at all. */
  faults: Loss[];
  /** Body text, once the part has ended: its transfer encoding is decoded, its charset is not. */
  body: Buffer | undefined;
  /** The decoded bytes of an attachment, once the part has ended. */
  content: Promise<AttachmentContent> | undefined;
  children: MailPart[];
}

/** Notes what cannot be read of a part in exactly one way. */
export function addFault(
  part: MailPart | undefined,
  what: string,
  because: 'structure' | 'encoding' = 'structure',
): void {
  if (!part?.faults.some((known) => known.what === what)) part?.faults.push({ because, what });
}

/** Whether a part belongs to the body. */
export function isBodyText({ use }: MailPart): boolean {
  return use === 'body';
}

/** A part and all parts inside it, each with the multiparts around it, innermost first. */
export function walk(part: MailPart): [MailPart, readonly MailPart[]][] {
  const found: [MailPart, readonly MailPart[]][] = [];
  const visit = (next: MailPart, around: readonly MailPart[]) => {
    found.push([next, around]);
    if (next.children.length === 0) return;
    const within = [next, ...around];
    for (const child of next.children) visit(child, within);
  };
  visit(part, []);
  return found;
}

/** Why JSON cannot carry a message whole, most important reason first. */
export type LossReason =
  | 'encrypted'
  | 'signed'
  | 'report'
  | 'invitation'
  | 'alternative'
  | 'structure'
  | 'encoding'
  | 'charset'
  | 'control-characters'
  | 'several-from'
  | 'receipt-address'
  | 'content-location'
  | 'header'
  | 'too-many-headers';

/** Something in a message that Graph's JSON cannot carry. */
export interface Loss {
  because: LossReason;
  /** What would be lost, in words. */
  what: string;
  /** The header that is lost, if it is one: a draft may carry it as a property. */
  header?: MailHeader;
}

/** A header of the message, as written and decoded. */
export interface MailHeader {
  /** Name in lower case. */
  key: string;
  /** Name as written. */
  name: string;
  /** Value unfolded, with encoded words decoded, trimmed. */
  value: string;
  /** What decoding loses of the value, in words. */
  fault: string | undefined;
  /** The mailboxes in it, if it is one of `ADDRESS_HEADERS`. */
  addresses: readonly MailAddress[];
}

const ADDRESSES: ReadonlySet<string> = new Set(ADDRESS_HEADERS);
/** The envelope decides who receives the message, not these. */
const NAMES_RECIPIENTS: ReadonlySet<string> = new Set(['to', 'cc', 'bcc', 'resent-to', 'resent-cc']);

/** The headers of a message, decoded. */
export function toHeaders({ fields }: HeaderBlock): MailHeader[] {
  return fields.map((field) => {
    const { key, name, value } = field;
    const bytes = decodeBytes(value.replaceAll('\t', ' '));
    const words = decodeWords(bytes.text);
    // Addresses are separated before encoded words are decoded, which may produce commas and brackets.
    const fault = bytes.fault ?? words.fault;
    if (!ADDRESSES.has(key)) return { key, name, value: words.text, fault, addresses: [] };
    const found = readMailboxes(bytes.text, bytes.fault !== undefined);
    const { mailboxes, isCertain } = found;
    if (!value.includes('\t')) field.mailboxes = found;
    const isGuess = !isCertain && value !== '' && !NAMES_RECIPIENTS.has(key);
    const guess = isGuess ? 'text that is not a list of addresses' : undefined;
    return { key, name, value: words.text, fault: fault ?? guess, addresses: mailboxes };
  });
}
