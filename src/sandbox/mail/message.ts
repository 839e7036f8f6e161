/** One mailbox of a header such as From or To; `name` is empty when the request gave none. */
export interface SandboxAddress {
  /** Decoded. */
  name: string;
  /** As the request has it. */
  address: string;
}

/** An attachment with its decoded bytes. */
export interface SandboxAttachment {
  /** Of the file. */
  name: string;
  /** Of MIME, as the request has it. */
  contentType: string;
  /** The file's bytes; for an item attachment the JSON of the item, as UTF-8. Empty where only `sha256` is kept. */
  content: Buffer;
  /** The number of bytes that came. */
  size: number;
  /** In place of `content` given the option `keepContent: 'hash'` and an upload session; in hex. */
  sha256?: string;
  /** In how many ranges it came, given an upload session. */
  uploadRanges?: number;
  /** Whether it is shown in the body rather than to be opened. */
  isInline: boolean;
  /** As it came: one that still wears its `<>` matches no `cid:` link, here as in Exchange. */
  contentId?: string;
}

/** What both content types tell about a mail, before the sandbox has accepted it. */
export interface MessageContent {
  /** By sendMail as `application/json`, by sendMail as `text/plain`, or made as a draft first, by either. */
  route: 'json' | 'mime' | 'draft';
  /** The mailbox itself, unless the message says else. */
  from: SandboxAddress;
  /** `from`, unless the message says else. */
  sender: SandboxAddress;
  /** Where answers go, if not to `from`. */
  replyTo: SandboxAddress[];
  /** In the order of the request. */
  to: SandboxAddress[];
  /** In the order of the request. */
  cc: SandboxAddress[];
  /** In the order of the request; unseen by the others. */
  bcc: SandboxAddress[];
  /** Decoded; empty when there is none. */
  subject: string;
  /** The one that mail clients show: HTML where there is some. */
  body: { contentType: 'text' | 'html'; content: string };
  /** From MIME only: the text that the message brings beside its HTML body. */
  textAlternative?: string;
  /** `normal`, unless the message says else. */
  importance: 'low' | 'normal' | 'high';
  /** Made up by the sandbox when the request has none. */
  internetMessageId: string;
  /** JSON: `internetMessageHeaders`. MIME: every header field but Bcc, unfolded and not decoded. */
  headers: { name: string; value: string }[];
  /** `singleValueExtendedProperties`; empty on the MIME route. */
  extendedProperties: { id: string; value: string }[];
  /** Outlook's categories of the copy in Sent Items. */
  categories: string[];
  /** Whether the sender is to hear when it is read. */
  isReadReceiptRequested: boolean;
  /** Whether the sender is to hear when it has arrived. */
  isDeliveryReceiptRequested: boolean;
  /** In the order in which they came. */
  attachments: SandboxAttachment[];
  /** Whether a copy stays in Sent Items. */
  savedToSentItems: boolean;
  /**
   * From MIME only: the message as its recipients get it, without Bcc, else byte for byte. Of a draft it is what the
   * draft was made of, so what was added or changed later is missing.
   */
  mime?: Buffer;
  /** The JSON as it came, or the base64 text; of a draft the request that made it. */
  request: unknown;
}

/** A mail that the sandbox has accepted. */
export interface SandboxMessage extends MessageContent {
  /** Leads to the copy in Sent Items, if there is one: of a draft the id that its client was told. */
  id: string;
  /** By the sandbox's clock. */
  receivedAt: Date;
  /** The user principal name of the mailbox that sent it. */
  mailbox: string;
  /** The `request-id` of the request that sent it. */
  requestId: string;
  /** The GUID that the client chose for its request, if it did. */
  clientRequestId?: string;
}

/** A message that could be read, and the addresses that it claims to come from. */
export interface ReadMessage {
  content: MessageContent;
  claimedSenders: string[];
}

/**
 * About how many bytes of memory a message takes: its attachments, its MIME and its request, which holds the
 * attachments once more, as base64.
 */
export function sizeOfMessage(
  content: MessageContent,
  requestBytes = sizeOfRequest(content.request),
): number {
  const { attachments, body, mime } = content;
  const attached = attachments.reduce((sum, { size, sha256 }) => sum + (sha256 === undefined ? size : 0), 0);
  return attached + body.content.length + (mime?.length ?? 0) + requestBytes;
}

/** Takes time: a request may have millions of characters. */
export function sizeOfRequest(request: unknown): number {
  if (typeof request === 'string') return request.length;
  return typeof request === 'object' && request !== null ? JSON.stringify(request).length : 8;
}
