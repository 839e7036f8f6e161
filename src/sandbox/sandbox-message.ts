/** One mailbox of a header such as From or To; `name` is empty when the request gave none. */
export interface SandboxAddress {
  name: string;
  address: string;
}

/** An attachment with its decoded bytes. */
export interface SandboxAttachment {
  name: string;
  contentType: string;
  /** The file's bytes; for an item attachment the JSON of the item, as UTF-8. */
  content: Buffer;
  isInline: boolean;
  /** As it came: one that still wears its `<>` matches no `cid:` link, here as in Exchange. */
  contentId?: string;
}

/** What both content types tell about a mail, before the sandbox has accepted it. */
export interface MessageContent {
  /** Which content type carried it: `application/json` or `text/plain`. */
  route: 'json' | 'mime';
  /** The mailbox itself, unless the message says else. */
  from: SandboxAddress;
  /** `from`, unless the message says else. */
  sender: SandboxAddress;
  replyTo: SandboxAddress[];
  to: SandboxAddress[];
  cc: SandboxAddress[];
  bcc: SandboxAddress[];
  subject: string;
  body: { contentType: 'text' | 'html'; content: string };
  importance: 'low' | 'normal' | 'high';
  /** Made up by the sandbox when the request has none. */
  internetMessageId: string;
  /** JSON: `internetMessageHeaders`. MIME: every header field but Bcc, unfolded and not decoded. */
  headers: { name: string; value: string }[];
  /** `singleValueExtendedProperties`; empty on the MIME route. */
  extendedProperties: { id: string; value: string }[];
  categories: string[];
  isReadReceiptRequested: boolean;
  isDeliveryReceiptRequested: boolean;
  attachments: SandboxAttachment[];
  savedToSentItems: boolean;
  /** MIME route only: the message as its recipients get it, without Bcc, else byte for byte. */
  mime?: Buffer;
  /** The JSON as it came, or the base64 text. */
  request: unknown;
}

/** A mail that the sandbox has accepted. */
export interface SandboxMessage extends MessageContent {
  id: string;
  receivedAt: Date;
  /** The user principal name of the mailbox that sent it. */
  mailbox: string;
  requestId: string;
  /** The GUID that the client chose for its request, if it did. */
  clientRequestId?: string;
}

/** A message that could be read, and the addresses that it claims to come from. */
export interface ReadMessage {
  content: MessageContent;
  claimedSenders: string[];
}
