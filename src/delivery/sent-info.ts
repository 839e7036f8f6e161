import type { SentMessageInfo } from 'nodemailer';

/** The copy of a sent message in Sent Items. Each is undefined if it is not known, and never made up. */
export interface SentItem {
  /** Graph's id of the copy, good until it leaves the folder. */
  id: string | undefined;
  /** Graph's id of the conversation in this mailbox. It stays the same when a message moves (reported). */
  conversationId: string | undefined;
  /** Opens the copy in Outlook on the web, for someone who may read the mailbox. */
  webLink: string | undefined;
}

/** What `sendMail` returns for a message that Graph has accepted. */
export interface GraphSentMessageInfo extends SentMessageInfo {
  /** The envelope the message was sent with. */
  envelope: { from: string | false; to: string[] };
  /** The Message-ID that the recipients see, with `<>`. */
  messageId: string;
  /**
   * The Message-ID that the server says the message has, with `<>`, as in Nodemailer. Graph reports it for
   * drafts only, so it is undefined for a message sent in one request.
   */
  serverMessageId: string | undefined;
  /** Everyone the message was sent to: to, cc and bcc. */
  accepted: string[];
  /** Always empty: Graph accepts a message for all its recipients or for none. Bounces come to the mailbox. */
  rejected: string[];
  /** Always empty. */
  pending: string[];
  /**
   * What was left out, in words: an envelope sender other than the From, `saveToSentItems: false` if a copy stays
   * in Sent Items all the same, and with `lossy` anything that the route cannot carry.
   */
  dropped: string[];
  /** `202 Accepted`: Exchange has accepted the message, which does not mean that it has been delivered. */
  response: string;
  /** Bytes of the message as it was read: attachments in base64, the text of a small message in 8 bits. */
  messageSize: number;
  /** Milliseconds from the message's turn until it was sent. */
  messageTime: number;
  /** The route that the message took. */
  route: 'json' | 'mime' | 'draft';
  /** Why it took that route. */
  routeReason: string;
  /** How many times the sending request was made; 0 if the message had been sent before. */
  attempts: number;
  /** With `delivery: 'exactly-once'`: true if the message had been sent or scheduled before and was not sent again. */
  deduplicated: boolean;
  /** Id of a draft that could not be deleted, and so stays in the mailbox although the message was sent. */
  draftId: string | undefined;
  /**
   * True if a draft with an unknown id may be left in the mailbox although the message was sent: Graph answered
   * neither the request that created it nor the search for it, or it was a reply, which cannot be searched for.
   * Absent otherwise.
   */
  draftMayBeLeft?: true;
  /** Whether Exchange holds the message until `sendAt`. */
  scheduled: boolean;
  /** When Exchange will send the message, if it holds it. A message that was scheduled before keeps its time. */
  sendAt: Date | undefined;
  /**
   * The copy in Sent Items, as far as the requests that sent the message have shown it: all of it if the mailbox
   * was searched and the copy was found (`deduplicated`, or after a lost answer), only `conversationId` after any
   * other draft, whose own id is not that of the copy. Undefined for a message sent in one request:
   * `transport.sentItem(messageId)` looks it up.
   */
  sentItem: SentItem | undefined;
  /** Graph's id of the request, for Microsoft support. */
  requestId: string | undefined;
  /** Our id for the request, a GUID that Graph logs along with its own. */
  clientRequestId: string | undefined;
}

/** How much of an attachment has been uploaded: the argument of `progress` events. */
export interface UploadProgress {
  /** The Message-ID, with `<>`. */
  messageId: string;
  /** Name of the attachment. */
  attachment: string;
  /** Bytes that Graph has received. */
  sentBytes: number;
  /** Bytes of the whole attachment. */
  totalBytes: number;
}
