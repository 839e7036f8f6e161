/** Identifies one request: in its answer, in the list of requests and in a sent message. */
export interface Call {
  requestId: string;
  /** The id that the client gave it, if it did. */
  clientRequestId?: string;
  receivedAt: Date;
}

/** An answer, and how the client gets it, if it does. */
export type Delivery =
  | { manner: 'whole'; response: Response }
  | { manner: 'reset' }
  | { manner: 'silence' }
  | { manner: 'cut'; in: 'head' | 'body'; response: Response }
  | { manner: 'trickle'; in: 'head' | 'body'; response: Response; everyMs: number };

/** The status that the client sees, or 0 if it sees none. */
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
