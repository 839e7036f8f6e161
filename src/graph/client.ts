import { randomUUID } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import { toConnectionError } from '../connection-error';
import { toAnswerError } from './answer-error';

/** What Graph says of a message that it has accepted. */
export interface Accepted {
  status: number;
  requestId: string | undefined;
  clientRequestId: string;
}

export interface GraphClientOptions {
  /** Origin of Graph. */
  endpoint: string;
  /** Gives the bearer token for a request. */
  getToken: () => Promise<string>;
  dispatcher: Dispatcher;
}

/** Error bodies are a few hundred bytes; a gateway's page, or an attacker's, is cut here. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Requests to Graph. It knows endpoints, tokens and answers, and nothing of mail. */
export class GraphClient {
  readonly #options: GraphClientOptions;

  constructor(options: GraphClientOptions) {
    this.#options = options;
  }

  /**
   * Posts one body; resolves only when the answer is 202.
   *
   * @throws GraphTransportError for every other answer, and when none comes
   */
  async post(path: string, contentType: string, body: Buffer): Promise<Accepted> {
    const { endpoint, getToken, dispatcher } = this.#options;
    const token = await getToken();
    const clientRequestId = randomUUID();
    const answer = await request(endpoint + path, {
      method: 'POST',
      dispatcher,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': contentType,
        'client-request-id': clientRequestId,
        'return-client-request-id': 'true',
      },
      body,
    }).catch((error: unknown) => {
      throw toConnectionError(error, endpoint, { clientRequestId });
    });
    const requestId = firstValue(answer.headers['request-id']);
    if (answer.statusCode === 202) {
      await answer.body.dump();
      return { status: 202, requestId, clientRequestId };
    }
    throw toAnswerError({
      status: answer.statusCode,
      body: await readStart(answer.body),
      requestId,
      clientRequestId,
    });
  }
}

/** The start of a body. The status line has said what matters: a body that breaks off is no reason to lose it. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What has come so far is reported below.
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
}

function firstValue(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
