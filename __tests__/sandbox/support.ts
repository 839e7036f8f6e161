import type { Sandbox } from '../../src/sandbox';

export const LUNCH = {
  subject: 'Meet for lunch?',
  body: { contentType: 'text', content: 'At the new place.' },
  toRecipients: [{ emailAddress: { address: 'megan@fabrikam.example' } }],
};

/** Asks for a token with the sandbox's own credentials, some of them replaced, or left out where undefined. */
export function askForToken(
  sandbox: Sandbox,
  changes: Record<string, string | undefined> = {},
  tenant = sandbox.options.tenantId,
  contentType = 'application/x-www-form-urlencoded',
): Promise<Response> {
  const fields: Record<string, string | undefined> = {
    grant_type: 'client_credentials',
    client_id: sandbox.options.clientId,
    client_secret: sandbox.options.clientSecret,
    scope: `${sandbox.options.graphEndpoint}/.default`,
    ...changes,
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value);
  return sandbox.handle(
    new Request(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: form.toString(),
    }),
  );
}

export async function tokenFor(sandbox: Sandbox, changes?: Record<string, string>): Promise<string> {
  const { access_token: token } = await (await askForToken(sandbox, changes)).json();
  return token;
}

export interface SendOptions {
  user?: string;
  /** Null for no Authorization header at all. */
  authorization?: string | null;
  contentType?: string | null;
  headers?: Record<string, string>;
}

/** Posts a body as it is to sendMail. */
export async function post(sandbox: Sandbox, body: BodyInit, options: SendOptions = {}): Promise<Response> {
  const { user = sandbox.options.userId, contentType = 'application/json' } = options;
  const { authorization = `Bearer ${await tokenFor(sandbox)}` } = options;
  const headers = new Headers(options.headers);
  if (authorization !== null) headers.set('authorization', authorization);
  // As bytes: a body of text would get a content type of its own where a test wants none.
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  if (contentType !== null) headers.set('content-type', contentType);
  const url = `https://graph.microsoft.com/v1.0/users/${encodeURIComponent(user)}/sendMail`;
  return sandbox.handle(new Request(url, { method: 'POST', headers, body: bytes }));
}

/** Posts a message as JSON. */
export function send(sandbox: Sandbox, message: object, options?: SendOptions): Promise<Response> {
  return post(sandbox, JSON.stringify({ message }), options);
}

/** Posts a MIME message, its lines given one by one. */
export function sendMime(sandbox: Sandbox, lines: string[], options?: SendOptions): Promise<Response> {
  const mime = Buffer.from(lines.join('\r\n'));
  return post(sandbox, mime.toString('base64'), { contentType: 'text/plain', ...options });
}

/** A request to Graph for a path below a mailbox: a body is JSON, given as what it holds or as its text. */
export async function ask(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: object | string,
  options: SendOptions = {},
): Promise<Response> {
  const { user = sandbox.options.userId, contentType = 'application/json' } = options;
  const { authorization = `Bearer ${await tokenFor(sandbox)}` } = options;
  const headers = new Headers(options.headers);
  if (authorization !== null) headers.set('authorization', authorization);
  if (body !== undefined && contentType !== null) headers.set('content-type', contentType);
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const bytes = text === undefined ? undefined : new TextEncoder().encode(text);
  const url = `https://graph.microsoft.com/v1.0/users/${encodeURIComponent(user)}/${path}`;
  return sandbox.handle(new Request(url, { method, headers, body: bytes }));
}

export const IMMUTABLE = { prefer: 'IdType="ImmutableId"' };

/** Makes a draft that can be sent and tells its id. */
export async function makeDraft(
  sandbox: Sandbox,
  message: object = LUNCH,
  options?: SendOptions,
): Promise<string> {
  const { id } = await (await ask(sandbox, 'POST', 'messages', message, options)).json();
  return id;
}

/** Searches a mailbox with a `$filter` and other query options. */
export function find(
  sandbox: Sandbox,
  filter: string,
  query: Record<string, string> = {},
  options?: SendOptions,
): Promise<Response> {
  const search = new URLSearchParams({ $filter: filter, ...query });
  return ask(sandbox, 'GET', `messages?${search}`, undefined, options);
}

export const TEXT_FILE = {
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: 'greeting.txt',
  contentType: 'text/plain',
  contentBytes: Buffer.from('Hello').toString('base64'),
};

export function attach(sandbox: Sandbox, id: string, attachment: object = TEXT_FILE): Promise<Response> {
  return ask(sandbox, 'POST', `messages/${id}/attachments`, attachment);
}

/** Asks for an upload session, by default for a file of ten bytes, which the limits have to allow. */
export function askForSession(sandbox: Sandbox, id: string, changes: object = {}): Promise<Response> {
  const AttachmentItem = { attachmentType: 'file', name: 'ten.bin', size: 10, ...changes };
  return ask(sandbox, 'POST', `messages/${id}/attachments/createUploadSession`, { AttachmentItem });
}

export async function openSession(sandbox: Sandbox, id: string, changes?: object): Promise<string> {
  const { uploadUrl } = await (await askForSession(sandbox, id, changes)).json();
  return uploadUrl;
}

/** Puts a range; `null` leaves a header out. */
export function putRange(
  sandbox: Sandbox,
  url: string,
  bytes: BodyInit & { length: number },
  contentRange: string | null,
  changes: Record<string, string | null> = {},
): Promise<Response> {
  const headers = new Headers();
  const given = {
    'content-length': `${bytes.length}`,
    'content-type': 'application/octet-stream',
    'content-range': contentRange,
    ...changes,
  };
  for (const [name, value] of Object.entries(given)) if (value !== null) headers.set(name, value);
  const body = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return sandbox.handle(new Request(url, { method: 'PUT', headers, body }));
}

/** What a refusal of Graph says, without what changes from call to call. */
export async function refusal(
  answer: Response | Promise<Response>,
): Promise<{ status: number; code: string; message: string }> {
  const response = await answer;
  const { error } = await response.json();
  return { status: response.status, code: error.code, message: error.message };
}
