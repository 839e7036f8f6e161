import { GraphTransportError } from './graph-transport-error';

/** Reason of the signal of a send whose overall `timeout` is over. */
export class SendTimeout extends Error {
  constructor(readonly timeoutMs: number) {
    super(`The timeout of ${timeoutMs} ms is over`);
  }
}

/**
 * The error of a send that its caller, `close()` or its overall timeout has given up.
 *
 * @param mayBeSent whether the request that sends had gone out by then
 */
export function givenUpError(signal: AbortSignal, mayBeSent = false): GraphTransportError {
  const cause: unknown = signal.reason;
  const fate = mayBeSent
    ? 'The request had already reached Graph, so the message may have been sent.'
    : 'Nothing was sent.';
  if (cause instanceof SendTimeout) {
    return new GraphTransportError(
      'ETIMEDOUT',
      `The send took longer than its timeout, ${cause.timeoutMs} ms.`,
      {
        outcome: mayBeSent ? 'unknown' : 'not-accepted',
        hint: fate,
        cause,
      },
    );
  }
  // Whoever closes the transport may send the message with another; whoever aborts a message wants it no more.
  const unsent = cause instanceof GraphTransportError && cause.retryable ? 'not-accepted' : 'refused';
  return new GraphTransportError('EABORT', 'The send was aborted.', {
    outcome: mayBeSent ? 'unknown' : unsent,
    hint: fate,
    cause,
  });
}

/** @throws GraphTransportError `EABORT` or `ETIMEDOUT` of a send that was given up before it was sent */
export function throwIfGivenUp(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw givenUpError(signal);
}

/**
 * The result of something that others wait for too and that goes on whatever becomes of this send.
 *
 * @throws GraphTransportError `EABORT` or `ETIMEDOUT` when the send is given up first
 */
export async function unlessGivenUp<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  throwIfGivenUp(signal);
  let stop = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    const abort = () => reject(givenUpError(signal));
    signal.addEventListener('abort', abort, { once: true });
    stop = () => signal.removeEventListener('abort', abort);
  });
  // When the send is given up, nobody may be left to hear how the work ends.
  work.catch(() => undefined);
  return Promise.race([work, givenUp]).finally(stop);
}
