/**
 * What Exchange says became of a message for one recipient. Microsoft's list may grow: a status that is not in it is
 * passed on as it is (documented: exchangemessagetrace.md).
 */
export type TraceStatus =
  | 'gettingStatus'
  | 'pending'
  | 'failed'
  | 'delivered'
  | 'expanded'
  | 'quarantined'
  | 'filteredAsSpam'
  | 'recalled'
  | (string & Record<never, never>);

/** One step of a message on its way to a recipient. */
export interface TraceDetail {
  /** When it happened. */
  at: Date;
  /** What happened, in Exchange's word: `Receive`, `Deliver`, `Fail` and others. */
  event: string;
  /** What was done to the message. Undefined if Exchange does not say. */
  action: string | undefined;
  /** The same in a sentence. */
  description: string | undefined;
  /** More about it, usually as XML. */
  data: string | undefined;
}

/** What the message trace says about a message and one of its recipients. */
export interface MessageTrace {
  /** The address. */
  recipient: string;
  /** What Exchange says became of the message. */
  status: TraceStatus;
  /** When Exchange Online received the message, in whole seconds. */
  receivedAt: Date;
  /** The subject. Undefined if Exchange does not say, as are all that follow. */
  subject?: string | undefined;
  /** The IP address that the message came from. */
  fromIP?: string | undefined;
  /** The IP address that it went to; none if it stayed in Exchange Online. */
  toIP?: string | undefined;
  /** The size of the message in bytes. */
  size?: number | undefined;
  /** The id of the trace: the same for all recipients of a message. */
  id: string;
  /** The steps, oldest first; only with `details: true`. */
  details?: TraceDetail[];
}

/** What `transport.trace()` may be given. */
export interface TraceOptions {
  /**
   * Whether to ask for the steps of each recipient too. That is one more request for each.
   *
   * @default false
   */
  details?: boolean | undefined;
  /**
   * The message was received then or later. A date as text is read as by `new Date()`. At most 90 days back; each 10
   * days are a request.
   *
   * @default ten days ago
   */
  since?: Date | string | undefined;
  /** Ends the call: it then fails with `EABORT`. */
  signal?: AbortSignal | undefined;
}
