// It relies on @azure/identity using few methods of a request's and a response's headers. A further one would be a
// TypeError on every request for a token; auth/credential.test.ts tells.
import type { ClientSecretCredentialOptions } from '@azure/identity';
import type { Dispatcher } from 'undici';
import { type Clock, startTimer } from '../clock';

/** The HTTP client that Azure's credentials accept, derived from the option that accepts it. */
export type AzureHttpClient = NonNullable<ClientSecretCredentialOptions['httpClient']>;
type AzureResponse = Awaited<ReturnType<AzureHttpClient['sendRequest']>>;

/** How a token request ended. Azure's errors describe refusals, but hide these details. */
export type Exchange =
  | { error: unknown }
  | { status: number; requestId: string | undefined; retryAfter: string | undefined };

interface AzureHttpSettings {
  /** The longest that a complete answer may take. */
  timeoutMs: number;
  clock: Clock;
  /** Receives every answer, and every failure to get one. */
  onExchange(exchange: Exchange): void;
}

/**
 * An HTTP client for Azure's credentials that uses undici, so that token requests and Graph share one
 * dispatcher, and with it the proxy, certificates and connections.
 *
 * @param authorityHost where Entra really is: Azure's credentials insist on https, so for a local Entra they
 *   are given `https://127.0.0.1:…`, and this client connects to `authorityHost` instead
 */
export function createAzureHttpClient(
  dispatcher: Dispatcher,
  authorityHost: string,
  { timeoutMs, clock, onExchange }: AzureHttpSettings,
): AzureHttpClient {
  return {
    async sendRequest(azureRequest): Promise<AzureResponse> {
      const { request }: typeof import('../network/undici') = require('../network/undici');
      const { method, body, abortSignal } = azureRequest;
      const abort = new AbortController();
      abortSignal?.addEventListener('abort', () => abort.abort());
      const stopTimer = startTimer(clock, timeoutMs, () => abort.abort(new SlowAnswerError(timeoutMs)));
      try {
        const url = new URL(azureRequest.url);
        if (url.origin === secureOrigin(authorityHost)) url.protocol = new URL(authorityHost).protocol;
        if (body !== undefined && body !== null && typeof body !== 'string') {
          throw new TypeError('The body of a token request must be a form.');
        }
        const answer = await request.call(dispatcher, {
          origin: url.origin,
          path: url.pathname + url.search,
          method,
          // Azure's pipeline offers gzip because its own client would decompress it; undici's request does not.
          headers: { ...azureRequest.headers.toJSON(), 'accept-encoding': 'identity' },
          body: body ?? null,
          signal: abort.signal,
        });
        const headers = new AzureHeaders();
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined) headers.set(name, [value].flat().join(', '));
        }
        const bodyAsText = await textOf(answer.body);
        onExchange({
          status: answer.statusCode,
          requestId: headers.get('x-ms-request-id'),
          retryAfter: headers.get('retry-after'),
        });
        return { request: azureRequest, status: answer.statusCode, headers, bodyAsText };
      } catch (error) {
        onExchange({ error });
        throw error;
      } finally {
        stopTimer();
      }
    },
  };
}

/** A token answer has a few kilobytes. */
const MAX_ANSWER_BYTES = 1_000_000;

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > MAX_ANSWER_BYTES) throw new LongAnswerError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** An answer that is too long to come from Entra. */
export class LongAnswerError extends Error {
  constructor() {
    super(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  }
}

/** Named after the code by which such failures are recognised. */
class SlowAnswerError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(timeoutMs: number) {
    super(`no complete answer within ${timeoutMs} ms`);
  }
}

/** The origin that Azure's credentials are given for an authority host. */
export function secureOrigin(authorityHost: string): string {
  return authorityHost.replace(/^http:/, 'https:');
}

/** Response headers as Azure's pipeline reads them. undici already gives the names in lower case. */
class AzureHeaders extends Map<string, string> {
  override get(name: string): string | undefined {
    return super.get(name.toLowerCase());
  }

  override has(name: string): boolean {
    return super.has(name.toLowerCase());
  }

  override set(name: string, value: string): this {
    return super.set(name.toLowerCase(), value);
  }

  override delete(name: string): boolean {
    return super.delete(name.toLowerCase());
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this);
  }
}
