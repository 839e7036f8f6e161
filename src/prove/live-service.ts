import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock';
import { hasMark, messageMark } from '../delivery/message-mark';
import { isUploadUrl } from '../delivery/upload-url';
import { parseJson, property } from '../graph/answer-error';
import type { ClientSecretOf } from '../options/client-secret';
import {
  createFetch,
  type FetchAnswer,
  type LiveAnswer,
  type LiveConnection,
  type LiveRequest,
  UnexpectedAnswer,
} from './live-http';

/** A service to check, and the mailbox and addresses to check it with. */
export interface LiveServiceOptions extends LiveConnection {
  tenantId: string;
  clientId: string;
  clientSecret: string | ClientSecretOf;
  userId: string;
  /** Who gets the messages of the checks. */
  to: string;
  /** An alias of the mailbox. */
  alias?: string;
  /** An address that the mailbox may not send as. */
  foreignFrom?: string;
  /**
   * Milliseconds between two searches for a message: Exchange takes a while to file what was sent.
   *
   * @default 3000
   */
  lookMs?: number;
}

export interface FoundMessage {
  /** The ordinary id, not the immutable one. */
  id: string;
  isDraft: boolean;
}

/** A service under check. Its requests are raw, so checks see the service itself and not this package's view of it. */
export interface LiveService
  extends Omit<LiveServiceOptions, 'clientSecret' | 'lookMs' | 'dispatcher' | 'log'> {
  /** The claims of the token. */
  claims: unknown;
  /** Requests a path below the mailbox. */
  ask(method: string, path: string, request?: LiveRequest): Promise<LiveAnswer>;
  /** Requests a path below Graph's endpoint. */
  askGraph(method: string, path: string, request?: LiveRequest): Promise<LiveAnswer>;
  /** Requests any URL without a token, such as that of an upload session. */
  askUpload(method: string, url: string, request?: LiveRequest): Promise<LiveAnswer>;
  /** A message to `to` that can be found by its mark. */
  message(mark: string): Record<string, unknown>;
  /** Searches all pages for messages with the mark, until there are as many as wanted or it takes too long. */
  find(mark: string, wanted: number, folder?: string): Promise<FoundMessage[]>;
  /** Searches like `find`, with any `$filter`. */
  filter(filter: string, wanted: number, folder?: string): Promise<FoundMessage[]>;
  /** Waits until it is time for another look. */
  pause(): Promise<void>;
  /** The result of a single search, page by page. */
  pages(filter: string, top: number): Promise<unknown[][]>;
}

export const SUBJECT = 'Live check of nodemailer-graph-transport';
export const IMMUTABLE = { prefer: 'IdType="ImmutableId"' };

/** How often to search for a message. */
const LOOKS = 10;
const MAX_PAGES = 100;

/** Entra answered, and refused. */
export class NoToken extends Error {}

/**
 * Gets a token.
 *
 * @throws Error that describes the failure without secrets
 */
export async function connectLiveService(options: LiveServiceOptions): Promise<LiveService> {
  const { clientSecret, lookMs = 3000, dispatcher, log, ...known } = options;
  const fetchAnswer = createFetch(options);
  const token = await tokenOf(options, fetchAnswer);
  const [, claims = ''] = token.split('.');
  const authorization = `Bearer ${token}`;
  const mailbox = `/v1.0/users/${encodeURIComponent(options.userId)}`;

  const askGraph: LiveService['askGraph'] = async (method, path, { headers, ...request } = {}) => {
    if (/\/\.{1,2}(?:[/?]|$)/.test(path)) throw new Error('Graph returned an id that leads to another path');
    return fetchAnswer(method, options.graphEndpoint + path, {
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
      await systemClock.sleep(lookMs);
    }
  };
  return {
    ...known,
    claims: parseJson(Buffer.from(claims, 'base64url').toString()),
    ask,
    askGraph,
    askUpload: async (method, url, request) => {
      if (!isUploadUrl(url, options.graphEndpoint))
        throw new Error('the upload URL is not one that Graph hands out');
      return fetchAnswer(method, url, request);
    },
    message: (mark) => ({
      subject: SUBJECT,
      body: { contentType: 'text', content: 'A check, to be deleted.' },
      toRecipients: [{ emailAddress: { address: options.to } }],
      singleValueExtendedProperties: [messageMark(mark)],
    }),
    filter,
    pause: () => systemClock.sleep(lookMs),
    find: (mark, wanted, folder) => filter(hasMark(mark), wanted, folder),
    pages: ($filter, top) => {
      const query = new URLSearchParams({ $filter, $select: 'id', $top: `${top}` });
      return readPages(`${mailbox}/messages?${query}`, options.graphEndpoint, askGraph);
    },
  };
}

/** The messages of each page of a search. */
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
    if (link !== undefined && pages.length === MAX_PAGES) throw new Error('the search has too many pages');
    path = link === undefined ? undefined : pathOf(String(link), graphEndpoint);
  }
  return pages;
}

/** The token goes to Graph only, whatever a link says. */
function pathOf(link: string, graphEndpoint: string): string {
  if (link.startsWith(`${graphEndpoint}/`)) return link.slice(graphEndpoint.length);
  throw new Error('the next page of the search is on another host');
}

async function tokenOf(options: LiveServiceOptions, fetchAnswer: FetchAnswer): Promise<string> {
  const { authorityHost, tenantId, clientId, clientSecret, graphEndpoint } = options;
  const { status, body } = await fetchAnswer('POST', `${authorityHost}/${tenantId}/oauth2/v2.0/token`, {
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
  throw new NoToken(`Entra issued no token: ${status}, ${aadsts}`);
}
