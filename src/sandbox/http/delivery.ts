/** What identifies one request: in its answer, in the list of requests and in an accepted message. */
export interface Call {
  requestId: string;
  /** The client's own name for it, if it gave one. */
  clientRequestId?: string;
  receivedAt: Date;
}

/** An answer and the way in which it is to reach the client, if it does. */
export type Delivery =
  | { manner: 'whole'; response: Response }
  | { manner: 'reset' }
  | { manner: 'silence' }
  | { manner: 'cut'; in: 'head' | 'body'; response: Response }
  | { manner: 'trickle'; in: 'head' | 'body'; response: Response; everyMs: number };

/** The status that the client gets to see, 0 for none. */
export function statusOf(delivery: Delivery): number {
  switch (delivery.manner) {
    case 'whole':
      return delivery.response.status;
    case 'cut':
    case 'trickle':
      return delivery.in === 'body' ? delivery.response.status : 0;
    case 'reset':
    case 'silence':
      return 0;
  }
}
