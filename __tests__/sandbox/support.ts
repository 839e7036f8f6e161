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

/** What a refusal of Graph says, without what changes from call to call. */
export async function refusal(
  answer: Response | Promise<Response>,
): Promise<{ status: number; code: string; message: string }> {
  const response = await answer;
  const { error } = await response.json();
  return { status: response.status, code: error.code, message: error.message };
}
