import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getResponse, HttpResponse, http, type RequestHandler } from 'msw';
import { Agent, type Dispatcher } from 'undici';
import { MAILBOX } from './options';

/** A request as it arrived. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: Headers;
  body: string;
}

export interface GraphWire {
  /** Leads every request, wherever it is addressed to, to the handlers, over a real socket. */
  dispatcher: Dispatcher;
  /** Handlers that come before the others, for one test. */
  use(...handlers: RequestHandler[]): void;
  /** Forgets the handlers of `use` and the requests seen. */
  reset(): void;
  requests: SeenRequest[];
  /** Requests to Graph's sendMail, of `requests`. */
  sends(): SeenRequest[];
  close(): Promise<void>;
}

export const TOKEN = 'canary-access-token';
export const tokenUrl = 'https://login.microsoftonline.com/:tenant/oauth2/v2.0/token';
export const sendMailUrl = 'https://graph.microsoft.com/v1.0/users/:user/sendMail';

/** Entra and Graph as they are when all is well. */
const wellHandlers = [
  http.post(tokenUrl, () =>
    HttpResponse.json({ token_type: 'Bearer', expires_in: 3599, access_token: TOKEN }),
  ),
  http.post(
    sendMailUrl,
    ({ request }) =>
      new HttpResponse(null, {
        status: 202,
        headers: {
          'request-id': '6ed2ae40-0000-4000-8000-000000000001',
          'client-request-id': request.headers.get('client-request-id') ?? '',
        },
      }),
  ),
];

/**
 * msw handlers behind npm's undici, which msw itself does not intercept: a dispatcher sends every request
 * to a loopback server, and that asks the handlers.
 */
export async function startGraphWire(): Promise<GraphWire> {
  let extra: RequestHandler[] = [];
  const requests: SeenRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const [, origin = '', path = ''] = /^\/([^/]+)(.*)$/.exec(incoming.url ?? '') ?? [];
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (name !== 'host' && value !== undefined) headers.set(name, String(value));
    }
    const body = Buffer.concat(chunks);
    const url = decodeURIComponent(origin) + path;
    requests.push({ method: incoming.method ?? '', url, headers, body: body.toString() });
    const request = new Request(url, {
      method: incoming.method ?? 'GET',
      headers,
      body: body.length > 0 ? body : null,
    });
    const response = await getResponse([...extra, ...wellHandlers], request);
    if (!response) {
      outgoing.writeHead(501).end(`no handler for ${incoming.method} ${url}`);
    } else if (response.type === 'error') {
      incoming.socket.destroy();
    } else {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new Agent();
  return {
    dispatcher: agent.compose(
      (dispatch) => (options, handler) =>
        dispatch(
          {
            ...options,
            origin: local,
            path: `/${encodeURIComponent(String(options.origin))}${options.path}`,
          },
          handler,
        ),
    ),
    use: (...handlers) => {
      extra = [...handlers, ...extra];
    },
    reset: () => {
      extra = [];
      requests.length = 0;
    },
    requests,
    sends: () => requests.filter(({ url }) => url.endsWith('/sendMail')),
    close: async () => {
      await agent.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Graph's answer to a message that it does not take. */
export function graphRefuses(status: number, code: string, message: string): RequestHandler {
  return http.post(sendMailUrl, () =>
    HttpResponse.json(
      {
        error: {
          code,
          message,
          innerError: { date: '2026-11-23T10:00:00', 'request-id': MAILBOX.requestId },
        },
      },
      { status, headers: { 'request-id': MAILBOX.requestId } },
    ),
  );
}

/** Entra's answer to an app that it does not know or trust. */
export function entraRefuses(status: number, aadsts: number, sentence: string): RequestHandler {
  return http.post(tokenUrl, () =>
    HttpResponse.json(
      {
        error: status === 401 ? 'invalid_client' : 'invalid_request',
        error_description: `AADSTS${aadsts}: ${sentence} Trace ID: 0c1d Correlation ID: 2e3f Timestamp: 2026-11-23 10:00:00Z`,
        error_codes: [aadsts],
        timestamp: '2026-11-23 10:00:00Z',
        trace_id: '0c1d',
        correlation_id: '2e3f',
      },
      { status, headers: { 'x-ms-request-id': MAILBOX.requestId } },
    ),
  );
}

/** The wire of a test file: opened before its tests, reset after each of them, and closed at the end. */
export function useGraphWire(): GraphWire {
  let opened: GraphWire | undefined;
  const wire = () => {
    if (opened === undefined) throw new Error('The wire is open only while tests run.');
    return opened;
  };
  beforeAll(async () => {
    opened = await startGraphWire();
  });
  afterEach(() => opened?.reset());
  afterAll(() => opened?.close());
  return {
    get dispatcher() {
      return wire().dispatcher;
    },
    get requests() {
      return wire().requests;
    },
    use: (...handlers) => wire().use(...handlers),
    reset: () => wire().reset(),
    sends: () => wire().sends(),
    close: () => wire().close(),
  };
}
