/** What identifies one request: in its answer, in the list of requests and in an accepted message. */
export interface Call {
  requestId: string;
  /** The client's own name for it, if it gave one. */
  clientRequestId?: string;
  receivedAt: Date;
}
