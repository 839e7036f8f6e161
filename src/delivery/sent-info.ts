import type { SentMessageInfo } from 'nodemailer';

/** What `sendMail` reports of a message that Graph has accepted. */
export interface GraphSentMessageInfo extends SentMessageInfo {
  /** The envelope the message was sent with. */
  envelope: { from: string | false; to: string[] };
  /** The Message-ID that the recipients see, with `<>`. */
  messageId: string;
  /**
   * As Nodemailer has it: the Message-ID that the server says the message has, with `<>`. Graph says it of drafts
   * alone: of a message that went in one request this is undefined.
   */
  serverMessageId: string | undefined;
  /** Everybody the message was given to Graph for: to, cc and bcc. */
  accepted: string[];
  /** Always empty: Graph takes a message for all its recipients or for none; bounces come to the mailbox. */
  rejected: string[];
  /** Always empty. */
  pending: string[];
  /**
   * What had to stay behind, in words: an envelope sender other than the From, `saveToSentItems: false` on
   * the MIME and draft routes, and with `lossy` whatever the route has no place for.
   */
  dropped: string[];
  /** `202 Accepted`: Exchange has taken the message, which does not yet mean delivered. */
  response: string;
  /** Bytes of the message as it was read: attachments in base64, the text of a small message in 8 bits. */
  messageSize: number;
  /** Milliseconds that sending took, from the message's turn on. */
  messageTime: number;
  /** How the message went. */
  route: 'json' | 'mime' | 'draft';
  /** Why it went that way. */
  routeReason: string;
  /** How often the request that sends was made; 0 when the message had been sent before. */
  attempts: number;
  /** With `delivery: 'exactly-once'`: whether the message had been sent before, and was not sent again. */
  deduplicated: boolean;
  /** Id of a draft that is left in the mailbox though the message was sent: it could not be deleted. */
  draftId: string | undefined;
  /**
   * True when a draft whose id nobody knows may be left in the mailbox though the message was sent: Graph did not answer
   * when it was made, nor when it was looked for. Otherwise it is not there.
   */
  draftMayBeLeft?: true;
  /** Graph's id of the request, for Microsoft support. */
  requestId: string | undefined;
  /** Our id of the request, a GUID that Graph logs beside its own. */
  clientRequestId: string | undefined;
}
