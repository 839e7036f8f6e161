import type { SeenRequest } from './recorded-requests';

/** An answer, as it goes over the wire. */
export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  /** An object is JSON. */
  body?: object | string;
}

/** What a service with one mailbox has done. */
export interface WellService {
  carryOut(request: SeenRequest): Answer;
  /** Messages that were sent, by either route: the bodies that made them. */
  sent: string[];
  /** Bytes of each attachment that was added to a draft, of each draft that was sent. */
  attached: number[][];
  /** Drafts that are there. */
  drafts(): string[];
}

export const DRAFTS = 'AAMkADU1N2Drafts=';
export const SENT_ITEMS = 'AAMkADU1N2SentItems=';
export const DELETED_ITEMS = 'AAMkADU1N2DeletedItems=';

interface StoredMessage {
  id: string;
  body: string;
  isDraft: boolean;
  parentFolderId: string;
  attachments: { name: string; bytes: number }[];
}

/** The tenant of the mailbox. */
export const TENANT_ID = 'db404958-8858-4f05-8a8c-91cbd9d89b21';

/** The canary that must not turn up in an error. */
export const ACCESS_TOKEN = 'canary-access-token';

const NOT_FOUND: Answer = {
  status: 404,
  body: { error: { code: 'ErrorItemNotFound', message: 'The specified object was not found in the store.' } },
};

/** Entra, Graph and the host of uploads as documents have them, as far as this transport asks for anything. */
export function createWellService(origin: string, uploadOrigin: string): WellService {
  const sent: string[] = [];
  const messages: StoredMessage[] = [];
  const attached: number[][] = [];
  const sessions = new Map<string, { draft: StoredMessage; name: string; received: number }>();
  let latest = 0;
  const newId = (kind: string) => `AAMkADU1N2${kind}${++latest}=`;

  function carryOut({ name, path, headers, body }: SeenRequest): Answer {
    switch (name) {
      case 'openid-configuration': {
        // Microsoft's client takes no authority but https; the transport carries its requests here.
        const authority = `${origin.replace('http:', 'https:')}/${TENANT_ID}`;
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
        const draft = { id: newId('D'), body, isDraft: true, parentFolderId: DRAFTS, attachments: [] };
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
        const draft = found(messageIn(path));
        if (!draft) return NOT_FOUND;
        const { name, contentBytes } = JSON.parse(body);
        draft.attachments.push({ name, bytes: Buffer.from(contentBytes, 'base64').length });
        return { status: 201, body: { id: newId('A') } };
      }
      case 'list-attachments': {
        const draft = found(messageIn(path));
        // Exchange counts more than the bytes of the file.
        const value = draft?.attachments.map(({ name, bytes }) => ({ name, size: bytes + 186 }));
        return value ? { status: 200, body: { value } } : NOT_FOUND;
      }
      case 'create-upload-session': {
        const draft = found(messageIn(path));
        if (!draft) return NOT_FOUND;
        const session = newId('S');
        const { name } = JSON.parse(body).AttachmentItem;
        sessions.set(session, { draft, name, received: 0 });
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
        session.draft.attachments.push({ name: session.name, bytes: total });
        return { status: 201, headers: { location: `${uploadOrigin}/api/gv1.0/attachments('x')` } };
      }
      case 'upload-status': {
        const session = sessions.get(sessionIn(path));
        return session ? { status: 200, body: { nextExpectedRanges: [`${session.received}-`] } } : NOT_FOUND;
      }
      case 'cancel-upload':
        return { status: 204 };
      case 'update-message':
        return found(messageIn(path)) ? { status: 200, body: { id: messageIn(path) } } : NOT_FOUND;
      case 'send-draft': {
        const draft = found(messageIn(path));
        if (!draft?.isDraft) return NOT_FOUND;
        sent.push(draft.body);
        attached.push(draft.attachments.map(({ bytes }) => bytes));
        // The message leaves its folder, and its id dies.
        Object.assign(draft, { id: newId('M'), isDraft: false, parentFolderId: SENT_ITEMS });
        return { status: 202 };
      }
      case 'delete-message': {
        const at = messages.findIndex(({ id }) => id === messageIn(path));
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

  return {
    carryOut,
    sent,
    attached,
    drafts: () => messages.filter(({ isDraft }) => isDraft).map(({ id }) => id),
  };
}

/** The id of the message that a path of Graph is about; empty where there is none. */
export function messageIn(path: string): string {
  return decodeURIComponent(/\/messages\/([^/?]+)/.exec(path)?.[1] ?? '');
}

function sessionIn(path: string): string {
  return /AttachmentSessions\('([^']+)'\)/.exec(path)?.[1] ?? '';
}
