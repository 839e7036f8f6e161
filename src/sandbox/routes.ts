import { firstUnknownSegment, isOfCollection, pathSegments, plainName } from './graph/known-segments';

/** What a path asks for, and the values in it, percent-decoded. */
export type Route = GraphRoute | UploadRoute | EntraRoute | { to: 'nowhere' };
export type GraphRoute =
  | { to: 'user' | 'send-mail' | 'messages' | 'folders'; user: string }
  | FolderRoute
  | MessageRoute
  | { to: 'me' }
  | { to: 'not-played' }
  | { to: 'unknown-segment'; segment: string };
export interface MessageRoute {
  to: 'message' | 'attachments' | 'upload-sessions' | 'send-draft';
  user: string;
  messageId: string;
}
export interface FolderRoute {
  to: 'folder' | 'folder-messages';
  user: string;
  /** A well-known name or an id. */
  folder: string;
}
export interface UploadRoute {
  to: 'upload';
  sessionId: string;
}
export type EntraRoute =
  | { to: 'token'; tenant: string }
  | { to: 'openid-configuration'; tenant: string }
  | { to: 'instance-discovery' };

/** Tells the services apart by path alone, so that one handler can stand behind any host name. */
export function chooseRoute(path: string): Route {
  const segments = pathSegments(path);
  if (segments === undefined) return { to: 'nowhere' };
  const [first = '', ...rest] = segments;
  if (/^(?:v1\.0|beta)$/i.test(first)) return chooseGraphRoute(first, rest);
  const [sessionId, ...more] = rest;
  if (first === 'upload' && sessionId !== undefined && more.length === 0) return { to: 'upload', sessionId };
  return chooseEntraRoute(first, rest.join('/').toLowerCase());
}

function chooseGraphRoute(version: string, segments: string[]): Route {
  const [collection = '', user = '', ...rest] = segments;
  if (/^me$/i.test(collection)) return { to: 'me' };
  if (version.toLowerCase() !== 'v1.0') return { to: 'not-played' };
  const route = /^users$/i.test(collection) && user !== '' ? chooseMailboxRoute(user, rest) : undefined;
  if (route !== undefined) return route;
  const segment = firstUnknownSegment(segments);
  return segment === undefined ? { to: 'not-played' } : { to: 'unknown-segment', segment };
}

/** Names without regard to case, ids with it. */
function chooseMailboxRoute(user: string, [name, ...rest]: string[]): GraphRoute | undefined {
  switch (name && plainName(name)) {
    case undefined:
      return { to: 'user', user };
    case 'sendmail':
      return rest.length === 0 ? { to: 'send-mail', user } : undefined;
    case 'mailfolders':
      return rest.length === 0 ? { to: 'folders', user } : chooseFolderRoute(user, rest);
    case 'messages':
      return rest.length === 0 ? { to: 'messages', user } : chooseMessageRoute(user, rest);
    default:
      return undefined;
  }
}

function chooseMessageRoute(user: string, [messageId = '', ...names]: string[]): MessageRoute | undefined {
  const to = MESSAGE_ROUTES.get(names.map(plainName).join('/'));
  return to && messageId !== '' && !isOfCollection(messageId) ? { to, user, messageId } : undefined;
}

function chooseFolderRoute(user: string, [folder = '', ...names]: string[]): FolderRoute | undefined {
  const to = FOLDER_ROUTES.get(names.map(plainName).join('/'));
  return to && folder !== '' && !isOfCollection(folder) ? { to, user, folder } : undefined;
}

const FOLDER_ROUTES = new Map<string, FolderRoute['to']>([
  ['', 'folder'],
  ['messages', 'folder-messages'],
]);

const MESSAGE_ROUTES = new Map<string, MessageRoute['to']>([
  ['', 'message'],
  ['attachments', 'attachments'],
  ['attachments/createuploadsession', 'upload-sessions'],
  ['send', 'send-draft'],
]);

function chooseEntraRoute(tenant: string, rest: string): Route {
  if (rest === 'oauth2/v2.0/token') return { to: 'token', tenant };
  if (rest === 'v2.0/.well-known/openid-configuration') return { to: 'openid-configuration', tenant };
  if (tenant === 'common' && rest === 'discovery/instance') return { to: 'instance-discovery' };
  return { to: 'nowhere' };
}
