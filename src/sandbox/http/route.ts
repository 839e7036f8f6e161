import type { SandboxRequestName } from '../faults/fault';
import type { Route } from '../routes';

/** By method, `*` for any: a route that is one action has its name whatever the method. */
const NAMES: Partial<Record<Route['to'], Record<string, SandboxRequestName>>> = {
  token: { '*': 'token' },
  'send-mail': { '*': 'send-mail' },
  messages: { POST: 'create-draft', GET: 'find-messages' },
  'folder-messages': { GET: 'find-messages' },
  folders: { GET: 'read-folder' },
  folder: { GET: 'read-folder' },
  message: { GET: 'read-message', PATCH: 'update-message', DELETE: 'delete-message' },
  attachments: { POST: 'add-attachment', GET: 'list-attachments' },
  'upload-sessions': { '*': 'create-upload-session' },
  'send-draft': { '*': 'send-draft' },
  upload: { PUT: 'upload-range', GET: 'upload-status', DELETE: 'cancel-upload' },
};

/** Undefined for what meets no faults, such as Entra's documents and requests that lead nowhere. */
export function requestName(method: string, { to }: Route): SandboxRequestName | undefined {
  const names = NAMES[to];
  return names?.[method] ?? names?.['*'];
}
