import { sleep } from './clock';
import type { Delivery } from './http/delivery';

/**
 * The closest a web Response comes to a delivery: a network error if the connection breaks before the body, and a
 * promise that only the request's signal ends if no answer comes.
 */
export async function toResponse(delivery: Delivery, { signal }: Request): Promise<Response> {
  switch (delivery.manner) {
    case 'whole':
      return delivery.response;
    case 'reset':
      return Response.error();
    case 'silence':
      return aborted(signal);
    case 'cut':
      return delivery.in === 'head' ? Response.error() : cut(delivery.response);
    case 'trickle':
      return delivery.in === 'head' ? aborted(signal) : trickle(delivery.response, delivery.everyMs);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Half of the body, then the error of a closed connection. */
async function cut(response: Response): Promise<Response> {
  const body = new Uint8Array(await response.arrayBuffer());
  const half = body.subarray(0, body.length / 2);
  let isGiven = half.length === 0;
  return withBody(response, {
    pull(controller) {
      if (isGiven) controller.error(new TypeError('terminated'));
      else controller.enqueue(half);
      isGiven = true;
    },
  });
}

async function trickle(response: Response, everyMs: number): Promise<Response> {
  const body = new Uint8Array(await response.arrayBuffer());
  const gone = new AbortController();
  let given = 0;
  return withBody(response, {
    async pull(controller) {
      await sleep(everyMs, undefined, { signal: gone.signal }).catch(() => undefined);
      if (gone.signal.aborted) return;
      controller.enqueue(given < body.length ? body.subarray(given, given + 1) : SPACE);
      given += 1;
    },
    cancel() {
      gone.abort();
    },
  });
}

/** White space after JSON does not change it. */
const SPACE = new TextEncoder().encode(' ');

function withBody({ status, headers }: Response, source: UnderlyingDefaultSource<Uint8Array>): Response {
  const body = status === 204 ? null : new ReadableStream(source, { highWaterMark: 0 });
  return new Response(body, { status, headers });
}
