/**
 * What became of a message for one recipient:
 *
 * - `hard`: it was not delivered, and would not be if it were sent again: there is no such address, or it takes no
 *   mail from you
 * - `filtered`: it was not delivered because of its content or its sender: spam filters, block lists, SPF, DKIM,
 *   DMARC, rules. The address may be good
 * - `soft`: it was not delivered, for a reason that may pass: a full mailbox, a server that did not answer, a limit
 * - `delayed`: it was not delivered yet, and the server still tries
 * - `delivered`: it was delivered to the mailbox
 * - `relayed`: it was passed on to a server that sends no receipts
 * - `expanded`: it was delivered to a distribution list
 * - `read`: the recipient's mail program says that it was displayed
 * - `unread`: the recipient's mail program says that it was deleted or handled without being displayed
 */
export type BounceKind =
  | 'hard'
  | 'filtered'
  | 'soft'
  | 'delayed'
  | 'delivered'
  | 'relayed'
  | 'expanded'
  | 'read'
  | 'unread';

/** What a report says about one recipient. */
export interface ReportedRecipient {
  /** What became of the message there. */
  kind: BounceKind;
  /** The address that the message was sent to. */
  recipient: string;
  /** The address that it reached in the end, if that is another one: an alias or a forward. */
  finalRecipient?: string | undefined;
  /** The status code `x.y.z` (RFC 3463). Receipts of mail programs have none. */
  status?: string | undefined;
  /** In the report's words (RFC 3464): `failed`, `delayed` …; for mail programs (RFC 8098) `displayed`, `deleted` … */
  action?: string | undefined;
  /** What the server said, in one line: it comes from outside and may be any text. */
  diagnostic?: string | undefined;
  /** The server that refused the message or, if the report does not name it, the one that made the report. */
  remoteServer?: string | undefined;
  /** What the status code means in Exchange and what to do, if it is one that Microsoft explains. */
  hint?: string | undefined;
}

/** What a report says about one recipient of one message, and where the report is. */
export interface Bounce extends ReportedRecipient {
  /** The Message-ID of the message that was sent, with `<>`. Undefined if the report does not tell it. */
  messageId?: string | undefined;
  /** When the report arrived, to the second. */
  date: Date;
  /** The report's id in Graph, which stays the same if it is moved to another folder. */
  reportId: string;
  /** Where to continue after this one: keep it, and pass it as `since`. */
  token: string;
}

/** What `bounces()` reads. */
export interface BouncesOptions {
  /**
   * Where to begin: the time from which reports are read, or the `token` of the last bounce that you have handled.
   *
   * @default the oldest message in the Inbox
   */
  since?: Date | string | undefined;
  /**
   * The mailbox whose Inbox is read.
   *
   * @default the option `userId`, unless that is a function
   */
  userId?: string | undefined;
  /** Ends the reading: the iterator then throws `EABORT`. */
  signal?: AbortSignal | undefined;
}

/** The bounces, oldest report first. It ends when there are no more in the Inbox; call `bounces()` again later. */
export interface BounceIterator extends AsyncIterableIterator<Bounce> {
  /**
   * Where to continue: after the last bounce that was returned or, once the iterator has ended, after everything in
   * the Inbox.
   */
  readonly token: string;
}
