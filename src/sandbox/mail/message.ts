/** An address in a header such as From or To. `name` is empty if the request gave none. */
export interface SandboxAddress {
  /** Decoded. */
  name: string;
  /** As in the request. */
  address: string;
}

/** An attachment, decoded. */
export interface SandboxAttachment {
  /** The file name. */
  name: string;
  /** The media type, as in the request. */
  contentType: string;
  /** The file's bytes; for an item attachment its JSON as UTF-8. Empty if only `sha256` is kept. */
  content: Buffer;
  /** The number of bytes received. */
  size: number;
  /** In hex, in place of `content`, for uploads to a sandbox with `keepContent: 'hash'`. */
  sha256?: string;
  /** The number of ranges, if it was uploaded. */
  uploadRanges?: number;
  /** Whether it is shown in the body. */
  isInline: boolean;
  /** As received: with its `<>` it matches no `cid:` link, in Exchange as here. */
  contentId?: string;
}

/** What JSON and MIME have in common, before the sandbox has accepted the message. */
export interface MessageContent {
  /** `json` or `mime` in one sendMail, or a `draft` made from either. */
  route: 'json' | 'mime' | 'draft';
  /** The mailbox itself, unless the message says otherwise. */
  from: SandboxAddress;
  /** `from`, unless the message says otherwise. */
  sender: SandboxAddress;
  /** Where replies go, if not to `from`. */
  replyTo: SandboxAddress[];
  /** In the order of the request. */
  to: SandboxAddress[];
  /** In the order of the request. */
  cc: SandboxAddress[];
  /** In the order of the request; hidden from the others. */
  bcc: SandboxAddress[];
  /** Decoded; empty if there is none. */
  subject: string;
  /** The body that mail clients show: HTML if there is any. */
  body: { contentType: 'text' | 'html'; content: string };
  /** From MIME only: the text alternative of an HTML body. */
  textAlternative?: string;
  /** `normal`, unless the message says otherwise. */
  importance: 'low' | 'normal' | 'high';
  /** Made up by the sandbox if the request has none. */
  internetMessageId: string;
  /** JSON: `internetMessageHeaders`. MIME: every header field but Bcc, unfolded and not decoded. */
  headers: { name: string; value: string }[];
  /** `singleValueExtendedProperties`; empty for MIME. */
  extendedProperties: { id: string; value: string }[];
  /** Outlook's categories, on the copy in Sent Items. */
  categories: string[];
  /** Whether the sender asked for a read receipt. */
  isReadReceiptRequested: boolean;
  /** Whether the sender asked for a delivery receipt. */
  isDeliveryReceiptRequested: boolean;
  /** In the order of the request. */
  attachments: SandboxAttachment[];
  /** Whether a copy is kept in Sent Items. */
  savedToSentItems: boolean;
  /**
   * From MIME only: the message as its recipients get it, byte for byte except for Bcc. For a draft, what it was
   * created from, without later changes.
   */
  mime?: Buffer;
  /** The JSON or base64 text as received; for a draft, the request that created it. */
  request: unknown;
}

/** A message that the sandbox has accepted, as it is stored. */
export interface SentMessage extends MessageContent {
  /** The id of the copy in Sent Items, if there is one; for a draft, the id that its client got. */
  id: string;
  /** On the sandbox's clock. */
  receivedAt: Date;
  /** The user principal name of the mailbox that sent it. */
  mailbox: string;
  /** The `request-id` of the request that sent it. */
  requestId: string;
  /** The `client-request-id` of that request, if it had one. */
  clientRequestId?: string;
}

/**
 * A message that the sandbox has accepted. The members that this interface adds are not enumerable: they are left out
 * of JSON, of copies and of comparisons such as `toEqual`.
 */
export interface SandboxMessage extends SentMessage {
  /** What a reader sees as text: the text body or alternative, or else the text of the HTML. */
  readonly text: string;
  /** The HTML body, as the message has it. Undefined if it has only text. */
  readonly html: string | undefined;
  /**
   * The addresses of the links in the HTML and in the text (`http:`, `https:`, `mailto:` and `tel:`), decoded, in the
   * order in which they appear, each once. Those of the HTML come first.
   */
  readonly links: string[];
  /**
   * The message as an `.eml` file: its MIME, without Bcc, or one composed from its JSON. It shows what the message
   * contains, not how Exchange composes it.
   */
  readonly raw: Buffer;
  /** The first attachment with that file name, or whose name the expression matches. Undefined if there is none. */
  attachment(name: string | RegExp): SandboxAttachment | undefined;
}

/** A message as read from a request, and the addresses that it claims to come from. */
export interface ReadMessage {
  content: MessageContent;
  claimedSenders: string[];
}

/**
 * About the memory that a message takes, in bytes: its attachments, its MIME and its request, which holds the
 * attachments again, as base64.
 */
export function sizeOfMessage(
  content: MessageContent,
  requestBytes = sizeOfRequest(content.request),
): number {
  const { attachments, body, mime } = content;
  const attached = attachments.reduce((sum, { size, sha256 }) => sum + (sha256 === undefined ? size : 0), 0);
  return attached + body.content.length + (mime?.length ?? 0) + requestBytes;
}

/** Slow for large requests, which may have millions of characters. */
export function sizeOfRequest(request: unknown): number {
  if (typeof request === 'string') return request.length;
  return typeof request === 'object' && request !== null ? JSON.stringify(request).length : 8;
}
