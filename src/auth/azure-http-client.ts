import type { ClientSecretCredentialOptions } from '@azure/identity';
import type { Dispatcher } from 'undici';

/** The HTTP client that Azure's credentials take, by the type of the option that takes it. */
export type AzureHttpClient = NonNullable<ClientSecretCredentialOptions['httpClient']>;
type AzureResponse = Awaited<ReturnType<AzureHttpClient['sendRequest']>>;

/** What became of a request for a token: Azure's errors tell of refusals, but swallow these. */
export type Exchange =
  | { error: unknown }
  | { status: number; requestId: string | undefined; retryAfter: string | undefined };

/**
 * An HTTP client for Azure's credentials over undici, so that tokens and Graph share one dispatcher, and
 * with it proxy, certificates and connections.
 *
 * @param authorityHost where Entra really is: Azure's credentials insist on https, so for a local Entra
 *   they are told `https://127.0.0.1:…`, and this client goes to `authorityHost` instead
 * @param timeoutMs the longest that an answer may take, whole
 * @param onExchange is told of every answer and of every failure to get one
 */
export function createAzureHttpClient(
  dispatcher: Dispatcher,
  authorityHost: string,
  timeoutMs: number,
  onExchange: (exchange: Exchange) => void,
): AzureHttpClient {
  return {
    async sendRequest(azureRequest): Promise<AzureResponse> {
      const { request }: typeof import('../network/undici') = require('../network/undici');
      const { method, body, abortSignal } = azureRequest;
      const abort = new AbortController();
      abortSignal?.addEventListener('abort', () => abort.abort());
      const timer = setTimeout(() => abort.abort(new SlowAnswerError(timeoutMs)), timeoutMs);
      try {
        const url = new URL(azureRequest.url);
        if (url.origin === secureOrigin(authorityHost)) url.protocol = new URL(authorityHost).protocol;
        if (body !== undefined && body !== null && typeof body !== 'string') {
          throw new TypeError('a request for a token has a form as its body');
        }
        const answer = await request(url, {
          method,
          dispatcher,
          // Azure's pipeline offers gzip on behalf of a client that would undo it; undici's request does not.
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
        clearTimeout(timer);
      }
    },
  };
}

/** A token and what stands around it are a few kilobytes. */
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

/** An answer that is too long to be one of Entra. */
export class LongAnswerError extends Error {
  constructor() {
    super(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  }
}

/** Named for the code by which such failures are recognised. */
class SlowAnswerError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(timeoutMs: number) {
    super(`no whole answer within ${timeoutMs} ms`);
  }
}

/** The origin that Azure's credentials are told for an authority host. */
export function secureOrigin(authorityHost: string): string {
  return authorityHost.replace(/^http:/, 'https:');
}

/** Response headers as Azure's pipeline reads them. Names arrive in lower case from undici. */
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
