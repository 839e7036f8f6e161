import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { abortAfter } from './clock';
import { deliverRaw } from './deliver-raw';
import type { Delivery } from './http/delivery';
import { isOwnHost } from './own-hosts';

/** How long a client may keep writing once it has its answer. */
const LINGER_MS = 3000;

/**
 * Runs a handler of web-standard requests behind node:http.
 *
 * @param hosts accepted in the Host header, besides the names of this machine
 * @param keepHost whether the handler sees the host that the client asked for
 */
export function requestListener(
  handle: (request: Request) => Promise<Delivery>,
  hosts: readonly string[] = [],
  keepHost = false,
): RequestListener {
  return (incoming, outgoing) => {
    respond(incoming, handle, hosts, keepHost, whenLeft(outgoing))
      .then((delivery) => deliver(delivery, incoming, outgoing))
      .catch((error) => answerFailure(incoming, outgoing, error));
  };
}

async function respond(
  incoming: IncomingMessage,
  handle: (request: Request) => Promise<Delivery>,
  hosts: readonly string[],
  keepHost: boolean,
  signal: AbortSignal,
): Promise<Delivery> {
  const { host = '' } = incoming.headers;
  // Any web page can point its own host name at 127.0.0.1, and would then share our origin.
  if (!isOwnHost(host, hosts)) {
    const names = ['127.0.0.1', ...hosts.filter((name) => name !== '127.0.0.1')];
    const reason = `The sandbox answers to ${names.join(', ')} and localhost only.`;
    return { manner: 'whole', response: refusal(incoming, 403, 'forbidden', reason) };
  }
  const request = toRequest(incoming, keepHost ? host : '127.0.0.1', signal);
  if (request) return handle(request);
  const reason = 'The sandbox cannot read this request.';
  return { manner: 'whole', response: refusal(incoming, 400, 'bad-request', reason) };
}

/** Aborts when the client leaves before it has its answer: nobody waits for it any more. */
function whenLeft(outgoing: ServerResponse): AbortSignal {
  const left = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) left.abort();
  });
  return left.signal;
}

/** For programs in the shape that the API, and Graph, give all their refusals; for people as text. */
function refusal({ url = '/' }: IncomingMessage, status: number, code: string, message: string): Response {
  const isForPrograms = /^(?:https?:\/\/[^/?]*)?\/(?:inbox\/api|v1\.0|beta)(?:[/?]|$)/i.test(url);
  return isForPrograms
    ? Response.json({ error: { code, message } }, { status })
    : new Response(`${message}\n`, { status });
}

async function deliver(
  delivery: Delivery,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  switch (delivery.manner) {
    case 'whole':
      return answer(delivery.response, incoming, outgoing);
    case 'reset':
      incoming.socket.resetAndDestroy();
      return;
    case 'silence':
      // Until the client gives up, or the sandbox is closed.
      return;
    case 'cut':
    case 'trickle':
      return deliverRaw(delivery, incoming.socket);
  }
}

async function answer(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (response.headers.get('content-type') === 'text/event-stream') return answerForGood(outgoing, response);
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.statusCode = response.status;
  outgoing.setHeaders(response.headers);
  // Node discards every other unread body, and the connection stays open.
  if (response.status === 413) await answerEarly(incoming, outgoing, body);
  else outgoing.end(body);
}

/** Passes events on as they come, until the client leaves. */
async function answerForGood(outgoing: ServerResponse, { status, headers, body }: Response): Promise<void> {
  outgoing.statusCode = status;
  outgoing.setHeaders(headers);
  outgoing.flushHeaders();
  const reader = body?.getReader();
  const left = finished(outgoing)
    .catch(() => undefined)
    .then(() => reader?.cancel());
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    if (!outgoing.write(next.value)) await Promise.race([once(outgoing, 'drain'), left]);
  }
  outgoing.end();
}

/** Reports a failure of the sandbox itself to the client, which may have left already. */
function answerFailure(incoming: IncomingMessage, outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const response = refusal(incoming, 500, 'failed', `The sandbox failed: ${error}`);
  response.headers.set('connection', 'close');
  answer(response, incoming, outgoing).catch(() => outgoing.destroy());
}

/** Undefined for what node:http accepts and a web Request does not, such as the method TRACE. */
function toRequest(incoming: IncomingMessage, host: string, signal: AbortSignal): Request | undefined {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const init = { method, headers, signal, ...(hasBody && { body: streamOf(incoming), duplex: 'half' }) };
  try {
    return new Request(new URL(url, `http://${host}`), init);
  } catch {
    return undefined;
  }
}

/**
 * The body, read only as fast and as far as the handler asks: a reader left open would keep Node from discarding the
 * rest. Stopping halfway must not destroy the connection, which still has to carry the answer.
 */
function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

/**
 * Answers while the body is still arriving, and gives up the connection. The rest is discarded for a moment: closing
 * at once would reset the connection, and a client that is still writing would lose the answer.
 */
async function answerEarly(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<void> {
  outgoing.setHeader('connection', 'close');
  outgoing.setHeader('content-length', body.length);
  outgoing.write(body);
  incoming.resume();
  await finished(incoming, { signal: abortAfter(LINGER_MS) }).catch(() => undefined);
  outgoing.end();
}
