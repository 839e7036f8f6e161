import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of one request, in place of the host's own answer. */
export interface UploadFate {
  /** Undefined breaks the connection. */
  status: number | undefined;
  /** Whether it is carried out all the same. */
  carriedOut: boolean;
  body?: string;
  headers?: Record<string, string>;
}

/** Requests that a fate can be laid for. */
export type UploadStep = 'open' | 'put' | 'ask';

interface Session {
  draft: string;
  name: string;
  size: number;
  received: Buffer;
}

/**
 * Graph with drafts, and a host of upload sessions, which keep to their rules whatever they answer: a range is taken
 * where the last one ended, the last one makes an attachment and ends the session, once.
 */
export class UploadHost {
  /** Asked about each request of a session. */
  fate: (step: UploadStep, isLast: boolean) => UploadFate | undefined = () => undefined;
  /** How the host writes the start of the next range. */
  spelled: (next: number, size: number) => object = (next) => ({ nextExpectedRanges: [`${next}`] });
  readonly drafts = new Map<string, { name: string; content: Buffer }[]>();
  /** The attachments of each message that was sent. */
  readonly sent: { name: string; content: Buffer }[][] = [];
  readonly requests: string[] = [];
  sessionsOpened = 0;
  readonly #sessions = new Map<string, Session>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #ids = 0;

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  reset(): void {
    this.fate = () => undefined;
    this.spelled = (next) => ({ nextExpectedRanges: [`${next}`] });
    this.drafts.clear();
    this.sent.length = 0;
    this.requests.length = 0;
    this.sessionsOpened = 0;
    this.#sessions.clear();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method = '', url = '', headers } = request;
    this.requests.push(`${method} ${url.replace(/\?.*/, '')}`);
    const answer = (status: number, said?: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(said && JSON.stringify(said));
    const or = (step: UploadStep, isLast: boolean, carryOut: () => [status: number, said?: unknown]) => {
      const fate = this.fate(step, isLast);
      if (!fate) return answer(...carryOut());
      if (fate.carriedOut) carryOut();
      if (fate.status === undefined) return request.socket.destroy();
      response.writeHead(fate.status, { 'content-type': 'application/json', ...fate.headers });
      return response.end(fate.body);
    };

    const [, key = ''] = /^\/session\/([^/?]+)/.exec(url) ?? [];
    if (key) {
      const session = this.#sessions.get(key);
      const range = /bytes (\d+)-(\d+)\//.exec(headers['content-range'] ?? '');
      switch (method) {
        case 'PUT':
          return void or('put', Number(range?.[2]) + 1 === session?.size, () =>
            this.#put(key, session, Number(range?.[1]), body),
          );
        case 'GET':
          return void or('ask', false, () => (session ? [200, this.#progress(session)] : [404, GONE]));
        default:
          return void answer(this.#sessions.delete(key) ? 204 : 404);
      }
    }
    const [, id = '', action = ''] = /\/messages(?:\/([^/?]+))?(\/[a-zA-Z/]+)?/.exec(url) ?? [];
    const draft = this.drafts.get(id);
    if (method === 'POST' && id === '') {
      const made = `draft-${++this.#ids}`;
      this.drafts.set(made, []);
      return void answer(201, { id: made });
    }
    if (!draft) return void answer(404, { error: { code: 'ErrorItemNotFound', message: 'Not found.' } });
    switch (`${method} ${action}`) {
      case 'POST /attachments/createUploadSession':
        return void or('open', false, () => [
          201,
          this.#open(id, JSON.parse(body.toString()).AttachmentItem),
        ]);
      case 'GET /attachments':
        return void answer(200, {
          value: draft.map(({ name, content }) => ({ name, size: content.length + 300 })),
        });
      case 'POST /send':
        this.sent.push(draft);
        this.drafts.delete(id);
        return void answer(202);
      case 'DELETE ':
        this.drafts.delete(id);
        return void answer(204);
      default:
        return void answer(501);
    }
  }

  #open(draft: string, { name, size }: { name: string; size: number }): object {
    this.sessionsOpened++;
    const key = `secret-${++this.#ids}-of-a-session`;
    this.#sessions.set(key, { draft, name, size, received: Buffer.alloc(0) });
    return {
      uploadUrl: `${this.url}/session/${key}?authtoken=token%2Fof%2F${key}`,
      nextExpectedRanges: ['0-'],
    };
  }

  #put(key: string, session: Session | undefined, start: number, range: Buffer): [number, unknown?] {
    const draft = session && this.drafts.get(session.draft);
    if (!draft) return [404, GONE];
    if (start !== session.received.length) {
      return [416, { error: { code: 'invalidRange', message: 'Another range is expected.' } }];
    }
    session.received = Buffer.concat([session.received, range]);
    if (session.received.length < session.size) return [200, this.#progress(session)];
    draft.push({ name: session.name, content: session.received });
    this.#sessions.delete(key);
    return [201];
  }

  #progress({ received, size }: Session): object {
    return this.spelled(received.length, size);
  }
}

const GONE = { error: { code: 'uploadSessionNotFound', message: 'The session is gone.' } };
