import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RequestName, requestName, type SeenRequest } from './recorded-requests';
import { type Answer, createWellService, messageIn, TENANT_ID, type WellService } from './well-service';

/** An answer as it was recorded. */
export interface RecordedAnswer extends Answer {
  /** Whether the request is carried out before it is answered so. */
  carriedOut?: boolean;
}

/**
 * What a kind of request is answered, one after the other. `'well'` is carried out and answered as documented, and so
 * are those after the last; `'broken'` is carried out, and the connection ends. `always` is for all of them.
 */
export type Script = Partial<
  Record<RequestName, readonly (RecordedAnswer | 'well' | 'broken')[] | { always: RecordedAnswer }>
> & {
  /** Requests that make something and are answered 200 in place of 201. */
  as200?: readonly RequestName[];
};

export interface RecordedService extends Omit<WellService, 'carryOut'> {
  /** To be spread into the options of the transport. */
  options: typeof APP & { authorityHost: string; graphEndpoint: string };
  requests: SeenRequest[];
  /** How many requests of a kind there were. */
  count(name: SeenRequest['name']): number;
  /** The most requests for one message that there were at once. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

const APP = {
  tenantId: TENANT_ID,
  clientId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
  clientSecret: 'canary~client~secret',
  userId: 'app@contoso.example',
};

/**
 * Entra, Graph and the host of uploads, which answer as they were recorded to, and otherwise as documented. It knows
 * nothing of the sandbox, so it cannot share the sandbox's mistakes.
 */
export async function startRecordedService(script: Script = {}): Promise<RecordedService> {
  const requests: SeenRequest[] = [];
  const underWay: string[] = [];
  let mostAtOnce = 0;
  const servers = [createServer(), createServer()];
  for (const server of servers) server.on('request', (incoming, outgoing) => void serve(incoming, outgoing));
  const [origin = '', uploadOrigin = ''] = await Promise.all(servers.map(listen));
  const { carryOut, ...well } = createWellService(origin, uploadOrigin);
  const turnOf = turns(script);

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    const message = messageIn(path);
    if (message !== '') underWay.push(message);
    mostAtOnce = Math.max(mostAtOnce, underWay.filter((other) => other === message).length);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const name = requestName(`${method} ${path}`);
    const request = { name, method, path, headers, body };
    requests.push(request);
    const turn = turnOf(name);
    if (message !== '') underWay.splice(underWay.indexOf(message), 1);
    if (turn === 'broken') {
      carryOut(request);
      incoming.socket.destroy();
    } else if (turn === 'well') {
      const answer = carryOut(request);
      const is200 = script.as200?.some((other) => other === name);
      write(is200 ? { ...answer, status: 200 } : answer, request, outgoing);
    } else {
      if (turn.carriedOut) carryOut(request);
      write(turn, request, outgoing);
    }
  }

  return {
    ...well,
    options: { ...APP, authorityHost: origin, graphEndpoint: origin },
    requests,
    count: (name) => requests.filter((request) => request.name === name).length,
    mostAtOnce: () => mostAtOnce,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

/** What comes next for a kind of request. */
function turns(script: Script): (name: SeenRequest['name']) => RecordedAnswer | 'well' | 'broken' {
  const taken = new Map<string, number>();
  return (name) => {
    const answers = name === 'unknown' ? undefined : script[name];
    if (answers === undefined) return 'well';
    if ('always' in answers) return answers.always;
    const turn = taken.get(name) ?? 0;
    taken.set(name, turn + 1);
    return answers[turn] ?? 'well';
  };
}

function write(
  { status, headers = {}, body = '' }: Answer,
  { headers: asked }: SeenRequest,
  outgoing: ServerResponse,
): void {
  const requestId = randomUUID();
  const isText = typeof body === 'string';
  outgoing.writeHead(status, {
    'request-id': requestId,
    // Seen to echo the request id where the client sent none.
    'client-request-id': asked['client-request-id'] ?? requestId,
    ...(!isText && { 'content-type': 'application/json' }),
    ...headers,
  });
  outgoing.end(isText ? body : JSON.stringify(body));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
