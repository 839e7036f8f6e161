import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer as it was recorded, or `'broken'`: the connection ends after the request was carried out. */
export type Recorded = RecordedAnswer | 'broken';

export interface RecordedAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  /** An object is JSON. */
  body?: object | string;
  /** Whether the request is carried out before it is answered so. */
  carriedOut?: boolean;
}

/**
 * What a kind of request is answered, one after the other. `'well'` is carried out and answered as documented, and
 * so are those after the last. `always` is for all of them.
 */
export type Script = Partial<Record<RequestName, readonly (Recorded | 'well')[] | { always: Recorded }>> & {
  /** Requests that make something and are answered 200 in place of 201. */
  as200?: readonly RequestName[];
};

/** The requests of this transport, by method and path. */
const REQUESTS = {
  'openid-configuration': /^GET \/[^/]+\/v2\.0\/\.well-known\/openid-configuration(?:\?|$)/,
  token: /^POST \/[^/]+\/oauth2\/v2\.0\/token(?:\?|$)/,
  'send-mail': /^POST \/v1\.0\/users\/[^/]+\/sendMail$/,
  'create-draft': /^POST \/v1\.0\/users\/[^/]+\/messages$/,
  'find-messages': /^GET \/v1\.0\/users\/[^/]+\/messages\?/,
  'read-folder': /^GET \/v1\.0\/users\/[^/]+\/mailFolders\/[^/]+\?/,
  'add-attachment': /^POST \/v1\.0\/users\/[^/]+\/messages\/[^/]+\/attachments$/,
  'create-upload-session': /^POST \/v1\.0\/users\/[^/]+\/messages\/[^/]+\/attachments\/createUploadSession$/,
  'update-message': /^PATCH \/v1\.0\/users\/[^/]+\/messages\/[^/]+$/,
  'send-draft': /^POST \/v1\.0\/users\/[^/]+\/messages\/[^/]+\/send$/,
  'delete-message': /^DELETE \/v1\.0\/users\/[^/]+\/messages\/[^/]+$/,
  'upload-range': /^PUT \/api\/gv1\.0\//,
  'upload-status': /^GET \/api\/gv1\.0\//,
  'cancel-upload': /^DELETE \/api\/gv1\.0\//,
} as const;

export type RequestName = keyof typeof REQUESTS;

export interface SeenRequest {
  name: RequestName | 'unknown';
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface RecordedService {
  /** To be spread into the options of the transport. */
  options: {
    tenantId: string;
    clientId: string;
    clientSecret: string;
    userId: string;
    authorityHost: string;
    graphEndpoint: string;
  };
  requests: SeenRequest[];
  /** How many requests of a kind there were. */
  count(name: RequestName): number;
  /** Messages that were sent, by either route: the bodies that made them. */
  sent: string[];
  /** Bytes of each attachment that was added to a draft, of each draft that was sent. */
  attached: number[][];
  /** Drafts that are there. */
  drafts(): string[];
  /** The most requests for one draft that there were at once. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

export const DRAFTS = 'AAMkADU1N2Drafts=';
export const SENT_ITEMS = 'AAMkADU1N2SentItems=';
export const DELETED_ITEMS = 'AAMkADU1N2DeletedItems=';

interface StoredMessage {
  id: string;
  body: string;
  isDraft: boolean;
  parentFolderId: string;
  attached: number[];
}

/**
 * Entra, Graph and the host of uploads, which answer as they were recorded to, and otherwise as documented. It knows
 * nothing of the sandbox, so it cannot share the sandbox's mistakes.
 */
export async function startRecordedService(script: Script = {}): Promise<RecordedService> {
  const requests: SeenRequest[] = [];
  const sent: string[] = [];
  const messages: StoredMessage[] = [];
  const attached: number[][] = [];
  const sessions = new Map<string, { draft: StoredMessage; received: number }>();
  const underWay = new Map<string, number>();
  let mostAtOnce = 0;
  let latest = 0;
  const newId = (kind: string) => `AAMkADU1N2${kind}${++latest}=`;
  const idIn = (path: string) => decodeURIComponent(/\/messages\/([^/?]+)/.exec(path)?.[1] ?? '');

  function carryOut({ name, path, headers, body }: SeenRequest): RecordedAnswer {
    switch (name) {
      case 'openid-configuration': {
        // Microsoft's client takes no authority but https; the transport carries its requests here.
        const authority = `${origin.replace('http:', 'https:')}/${APP.tenantId}`;
        return {
          status: 200,
          body: {
            issuer: `${authority}/v2.0`,
            authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
            token_endpoint: `${authority}/oauth2/v2.0/token`,
            jwks_uri: `${authority}/discovery/v2.0/keys`,
          },
        };
      }
      case 'token':
        return {
          status: 200,
          headers: { 'cache-control': 'no-store, no-cache' },
          body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: ACCESS_TOKEN },
        };
      case 'send-mail':
        sent.push(body);
        return { status: 202 };
      case 'create-draft': {
        const draft = { id: newId('D'), body, isDraft: true, parentFolderId: DRAFTS, attached: [] };
        messages.push(draft);
        const { id, isDraft, parentFolderId } = draft;
        return {
          status: 201,
          body: { id, createdDateTime: '2022-09-30T20:31:22Z', isDraft, parentFolderId },
        };
      }
      case 'find-messages':
        return {
          status: 200,
          body: {
            value: messages.map(({ id, isDraft, parentFolderId }) => ({ id, isDraft, parentFolderId })),
          },
        };
      case 'read-folder':
        return { status: 200, body: { id: path.includes('drafts') ? DRAFTS : SENT_ITEMS } };
      case 'add-attachment': {
        const draft = found(idIn(path));
        if (!draft) return NOT_FOUND;
        draft.attached.push(Buffer.from(JSON.parse(body).contentBytes, 'base64').length);
        return { status: 201, body: { id: newId('A') } };
      }
      case 'create-upload-session': {
        const draft = found(idIn(path));
        if (!draft) return NOT_FOUND;
        const session = newId('S');
        sessions.set(session, { draft, received: 0 });
        const uploadUrl = `${uploadOrigin}/api/gv1.0/users('u@t')/messages('m')/AttachmentSessions('${session}')?authtoken=eyJhbGciOi.a%2Bb`;
        return { status: 201, body: { uploadUrl, nextExpectedRanges: ['0-'] } };
      }
      case 'upload-range': {
        const session = sessions.get(sessionIn(path));
        if (!session) return NOT_FOUND;
        const range = /bytes (\d+)-(\d+)\/(\d+)/.exec(headers['content-range'] ?? '') ?? [];
        const [start, end, total] = range.slice(1).map(Number);
        if (start !== session.received || end === undefined) return { status: 416 };
        session.received = end + 1;
        if (session.received !== total) {
          return { status: 200, body: { nextExpectedRanges: [`${session.received}`] } };
        }
        sessions.delete(sessionIn(path));
        session.draft.attached.push(total);
        return { status: 201, headers: { location: `${uploadOrigin}/api/gv1.0/attachments('x')` } };
      }
      case 'upload-status': {
        const session = sessions.get(sessionIn(path));
        return session ? { status: 200, body: { nextExpectedRanges: [`${session.received}-`] } } : NOT_FOUND;
      }
      case 'cancel-upload':
        return { status: 204 };
      case 'update-message':
        return found(idIn(path)) ? { status: 200, body: { id: idIn(path) } } : NOT_FOUND;
      case 'send-draft': {
        const draft = found(idIn(path));
        if (!draft?.isDraft) return NOT_FOUND;
        sent.push(draft.body);
        attached.push(draft.attached);
        // The message leaves its folder, and its id dies.
        Object.assign(draft, { id: newId('M'), isDraft: false, parentFolderId: SENT_ITEMS });
        return { status: 202 };
      }
      case 'delete-message': {
        const at = messages.findIndex(({ id }) => id === idIn(path));
        if (at === -1) return NOT_FOUND;
        messages.splice(at, 1);
        return { status: 204 };
      }
      case 'unknown':
        return { status: 599, body: `nothing was recorded for ${path}` };
    }
  }

  function found(id: string): StoredMessage | undefined {
    return messages.find((message) => message.id === id);
  }

  const turns = new Map<string, number>();
  function nextOf(name: SeenRequest['name']): Recorded | 'well' {
    const answers = name === 'unknown' ? undefined : script[name];
    if (answers === undefined) return 'well';
    if ('always' in answers) return answers.always;
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    return answers[turn] ?? 'well';
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const draft = idIn(url);
    const atOnce = (underWay.get(draft) ?? 0) + 1;
    underWay.set(draft, atOnce);
    if (draft !== '') mostAtOnce = Math.max(mostAtOnce, atOnce);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request = {
      name: nameOf(`${method} ${url}`),
      method,
      path: url,
      headers,
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(request);
    const next = nextOf(request.name);
    const isRecorded = next !== 'well' && next !== 'broken';
    const done = !isRecorded || next.carriedOut ? carryOut(request) : undefined;
    const answer = isRecorded ? next : (done ?? NOT_FOUND);
    underWay.set(draft, atOnce - 1);
    if (next === 'broken') incoming.socket.destroy();
    else {
      const is200 = !isRecorded && script.as200?.some((name) => name === request.name);
      write(is200 ? { ...answer, status: 200 } : answer, request, outgoing);
    }
  }

  const servers = [createServer(), createServer()];
  for (const server of servers) server.on('request', (incoming, outgoing) => void serve(incoming, outgoing));
  const [origin = '', uploadOrigin = ''] = await Promise.all(servers.map(listen));
  return {
    options: { ...APP, authorityHost: origin, graphEndpoint: origin },
    requests,
    count: (name) => requests.filter((request) => request.name === name).length,
    sent,
    attached,
    drafts: () => messages.filter(({ isDraft }) => isDraft).map(({ id }) => id),
    mostAtOnce: () => mostAtOnce,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

/** The canary that must not turn up in an error. */
export const ACCESS_TOKEN = 'canary-access-token';

const APP = {
  tenantId: 'db404958-8858-4f05-8a8c-91cbd9d89b21',
  clientId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
  clientSecret: 'canary~client~secret',
  userId: 'app@contoso.example',
};

const NOT_FOUND: RecordedAnswer = {
  status: 404,
  body: { error: { code: 'ErrorItemNotFound', message: 'The specified object was not found in the store.' } },
};

function nameOf(line: string): SeenRequest['name'] {
  const found = Object.entries(REQUESTS).find(([, pattern]) => pattern.test(line));
  return isRequestName(found?.[0]) ? found[0] : 'unknown';
}

function isRequestName(name: string | undefined): name is RequestName {
  return name !== undefined && Object.hasOwn(REQUESTS, name);
}

function sessionIn(path: string): string {
  return /AttachmentSessions\('([^']+)'\)/.exec(path)?.[1] ?? '';
}

function write(
  { status, headers = {}, body = '' }: RecordedAnswer,
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
