import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { hasMark, messageMark } from '../delivery/message-mark';
import { isUploadUrl } from '../delivery/upload-url';
import { parseJson, property } from '../graph/json-property';
import { fetch } from '../network/undici';
import type { ClientSecretOf } from '../options/client-secret';
import { UnexpectedAnswer } from './live-check';

/** Where a service is, and who may use it for what. */
export interface LiveServiceOptions {
  tenantId: string;
  clientId: string;
  clientSecret: string | ClientSecretOf;
  userId: string;
  authorityHost: string;
  graphEndpoint: string;
  /** Who gets the messages of the checks. */
  to: string;
  /** An alias of the mailbox. */
  alias?: string;
  /** An address that the mailbox may not send as. */
  foreignFrom?: string;
  /** Leads the requests, through a proxy for instance; Node's own way without one. */
  dispatcher?: Dispatcher;
  /** Is told of each request and its status, without secrets. */
  log?: (line: string) => void;
  /** Milliseconds between two looks for a message; Exchange takes a while to file what was sent. @default 3000 */
  lookMs?: number;
}

/** An answer, as far as checks look at it. */
export interface LiveAnswer {
  status: number;
  /** The code of an error. */
  code: string | undefined;
  headers: Headers;
  body: unknown;
  bytes: number;
}

export interface LiveRequest {
  /** JSON, or text as it is. */
  body?: object | string | Uint8Array<ArrayBuffer>;
  contentType?: string;
  headers?: Record<string, string>;
}

export interface FoundMessage {
  /** The usual one, not the immutable one. */
  id: string;
  isDraft: boolean;
}

/** A service under check: raw requests, so that what is seen is not what this package makes of it. */
export interface LiveService
  extends Omit<LiveServiceOptions, 'clientSecret' | 'lookMs' | 'dispatcher' | 'log'> {
  /** The claims of the token. */
  claims: unknown;
  /** Asks for a path below the mailbox. */
  ask(method: string, path: string, request?: LiveRequest): Promise<LiveAnswer>;
  /** Asks for a path below the endpoint. */
  askGraph(method: string, path: string, request?: LiveRequest): Promise<LiveAnswer>;
  /** Asks for the URL of an upload session, without a token. */
  askUpload(method: string, url: string, request?: LiveRequest): Promise<LiveAnswer>;
  /** A message to `to`, which can be found again by its mark. */
  message(mark: string): Record<string, unknown>;
  /** Messages with the mark, of all pages, once there are as many as wanted or it has taken too long. */
  find(mark: string, wanted: number, folder?: string): Promise<FoundMessage[]>;
  /** Messages that a `$filter` finds, as `find`. */
  filter(filter: string, wanted: number, folder?: string): Promise<FoundMessage[]>;
  /** What a `$filter` finds at once, page by page. */
  pages(filter: string, top: number): Promise<unknown[][]>;
}

export const SUBJECT = 'Live check of nodemailer-graph-transport';
export const IMMUTABLE = { prefer: 'IdType="ImmutableId"' };

/** How often a message is looked for. */
const LOOKS = 10;
const MOST_PAGES = 100;
const ANSWER_MS = 120_000;

/** Entra has answered, and refused. */
export class NoToken extends Error {}

/** Gets a token and is ready to ask. @throws Error that names the failure, and no secret */
export async function connectLiveService(options: LiveServiceOptions): Promise<LiveService> {
  const { clientSecret, lookMs = 3000, dispatcher, log, ...known } = options;
  const exchange = exchangeOver(options);
  const token = await tokenOf(options, exchange);
  const [, claims = ''] = token.split('.');
  const authorization = `Bearer ${token}`;
  const mailbox = `/v1.0/users/${encodeURIComponent(options.userId)}`;

  const askGraph: LiveService['askGraph'] = async (method, path, { headers, ...request } = {}) => {
    if (/\/\.{1,2}(?:[/?]|$)/.test(path)) throw new Error('Graph gave an id that leads to another path');
    return exchange(method, options.graphEndpoint + path, {
      ...request,
      headers: { 'client-request-id': randomUUID(), ...headers, authorization },
    });
  };
  const ask: LiveService['ask'] = (method, path, request) => askGraph(method, mailbox + path, request);
  const filter: LiveService['filter'] = async ($filter, wanted, folder) => {
    const query = new URLSearchParams({ $filter, $select: 'id,isDraft', $top: '50' });
    const place = folder === undefined ? '/messages' : `/mailFolders/${folder}/messages`;
    for (let look = 1; ; look++) {
      const pages = await readPages(`${mailbox}${place}?${query}`, options.graphEndpoint, askGraph);
      const found = pages.flat().map((message) => ({
        id: String(property(message, 'id')),
        isDraft: property(message, 'isDraft') === true,
      }));
      if (found.length >= wanted || look === LOOKS) return found;
      await sleep(lookMs);
    }
  };
  return {
    ...known,
    claims: parseJson(Buffer.from(claims, 'base64url').toString()),
    ask,
    askGraph,
    askUpload: async (method, url, request) => {
      if (!isUploadUrl(url, options.graphEndpoint))
        throw new Error('the upload URL is none that Graph gives out');
      return exchange(method, url, request);
    },
    message: (mark) => ({
      subject: SUBJECT,
      body: { contentType: 'text', content: 'A check, to be deleted.' },
      toRecipients: [{ emailAddress: { address: options.to } }],
      singleValueExtendedProperties: [messageMark(mark)],
    }),
    filter,
    find: (mark, wanted, folder) => filter(hasMark(mark), wanted, folder),
    pages: ($filter, top) => {
      const query = new URLSearchParams({ $filter, $select: 'id', $top: `${top}` });
      return readPages(`${mailbox}/messages?${query}`, options.graphEndpoint, askGraph);
    },
  };
}

/** The messages of each page of a search, to the last one. */
async function readPages(
  search: string,
  graphEndpoint: string,
  askGraph: LiveService['askGraph'],
): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  for (let path: string | undefined = search; path !== undefined; ) {
    const { status, code, body }: LiveAnswer = await askGraph('GET', path);
    if (status !== 200) throw new UnexpectedAnswer('the search', status, code);
    const value = property(body, 'value');
    pages.push(Array.isArray(value) ? value : []);
    const link = property(body, '@odata.nextLink');
    if (link !== undefined && pages.length === MOST_PAGES)
      throw new Error('the pages of the search have no end');
    path = link === undefined ? undefined : pathOf(String(link), graphEndpoint);
  }
  return pages;
}

/** A token is for the service alone, whatever a link says. */
function pathOf(link: string, graphEndpoint: string): string {
  if (link.startsWith(`${graphEndpoint}/`)) return link.slice(graphEndpoint.length);
  throw new Error('the search leads on to another host');
}

type Exchange = (method: string, url: string, request?: LiveRequest) => Promise<LiveAnswer>;

async function tokenOf(options: LiveServiceOptions, exchange: Exchange): Promise<string> {
  const { authorityHost, tenantId, clientId, clientSecret, graphEndpoint } = options;
  const { status, body } = await exchange('POST', `${authorityHost}/${tenantId}/oauth2/v2.0/token`, {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: typeof clientSecret === 'string' ? clientSecret : await clientSecret(),
      scope: `${graphEndpoint}/.default`,
    }).toString(),
    contentType: 'application/x-www-form-urlencoded',
  });
  const token = property(body, 'access_token');
  if (typeof token === 'string') return token;
  const [aadsts = 'no code'] = /AADSTS\d+/.exec(String(property(body, 'error_description'))) ?? [];
  throw new NoToken(`Entra gave no token: ${status}, ${aadsts}`);
}

/** npm's fetch, since a dispatcher of npm's undici need not suit the undici of Node. */
function exchangeOver({ dispatcher, log, authorityHost, graphEndpoint }: LiveServiceOptions): Exchange {
  return async (method, url, request) => {
    // The whole URL of an upload session is a secret.
    const isKnown = [authorityHost, graphEndpoint].some((origin) => url.startsWith(`${origin}/`));
    const what = `${method} ${isKnown ? new URL(url).pathname : 'to an upload URL'}`;
    const answer = await exchangeBy(dispatcher, method, url, request).catch((error: unknown) => {
      log?.(`${what}: no answer`);
      throw error;
    });
    log?.(`${what}: ${answer.status}${answer.code === undefined ? '' : ` ${answer.code}`}`);
    return answer;
  };
}

/** Longest answer that is read: one with a page of messages is far shorter. */
const MAX_ANSWER_BYTES = 24_000_000;

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function exchangeBy(
  dispatcher: Dispatcher | undefined,
  method: string,
  url: string,
  { body, contentType, headers }: LiveRequest = {},
): Promise<LiveAnswer> {
  const isJson = typeof body === 'object' && !(body instanceof Uint8Array);
  const type = contentType ?? (isJson ? 'application/json' : undefined);
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(type && { 'content-type': type }) },
    body: isJson ? JSON.stringify(body) : (body ?? (method === 'POST' ? '' : null)),
    redirect: 'manual',
    ...(dispatcher && { dispatcher }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await textOf(answer.body);
  const parsed = parseJson(text);
  const code = property(property(parsed, 'error'), 'code');
  return {
    status: answer.status,
    code: typeof code === 'string' ? code : undefined,
    headers: new Headers([...answer.headers]),
    body: parsed,
    bytes: Buffer.byteLength(text),
  };
}
