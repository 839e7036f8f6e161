import type { IncomingHttpHeaders } from 'node:http';

/** The requests of this transport, by method and path. */
const REQUESTS = {
  'openid-configuration': /^GET \/[^/]+\/v2\.0\/\.well-known\/openid-configuration(?:\?|$)/,
  token: /^POST \/[^/]+\/oauth2\/v2\.0\/token(?:\?|$)/,
  'send-mail': /^POST \/v1\.0\/users\/[^/]+\/sendMail$/,
  'create-draft': /^POST \/v1\.0\/users\/[^/]+\/messages$/,
  'find-messages': /^GET \/v1\.0\/users\/[^/]+\/messages\?/,
  'read-folder': /^GET \/v1\.0\/users\/[^/]+\/mailFolders\/[^/]+\?/,
  'add-attachment': /^POST \/v1\.0\/users\/[^/]+\/messages\/[^/]+\/attachments$/,
  'list-attachments': /^GET \/v1\.0\/users\/[^/]+\/messages\/[^/]+\/attachments(?:\?|$)/,
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
  headers: IncomingHttpHeaders;
  body: string;
}

/** Which request it is, by `METHOD /path`. */
export function requestName(line: string): SeenRequest['name'] {
  const found = Object.entries(REQUESTS).find(([, pattern]) => pattern.test(line));
  return isRequestName(found?.[0]) ? found[0] : 'unknown';
}

function isRequestName(name: string | undefined): name is RequestName {
  return name !== undefined && Object.hasOwn(REQUESTS, name);
}
