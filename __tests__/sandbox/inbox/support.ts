import { Agent, request } from 'undici';
import type { RunningSandbox, SandboxMessage } from '../../../src/sandbox';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  text: string;
}

const dispatcher = new Agent({ keepAliveTimeout: 10 });

/** Asks a sandbox for a page of its inbox, over a socket. */
export async function get(
  { url }: RunningSandbox,
  path: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' | 'PUT' = 'GET',
): Promise<Answer> {
  const answer = await request(`${url}${path}`, { method, headers, dispatcher });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body, text: body.toString() };
}

/** Submits a form of the inbox as a browser would. */
export async function submit(
  { url }: RunningSandbox,
  path: string,
  values: Record<string, string> = {},
  headers: Record<string, string> = { origin: url, 'sec-fetch-site': 'same-origin' },
): Promise<Answer> {
  const answer = await request(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(values).toString(),
    dispatcher,
  });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body, text: body.toString() };
}

/** The path at which the inbox shows a message. */
export function pathOf(message: SandboxMessage | undefined, part = ''): string {
  return `/inbox/messages/${encodeURIComponent(message?.id ?? '')}${part}`;
}

/** The subjects in the order of the list. */
export function subjectsIn({ text }: Answer): (string | undefined)[] {
  return [...text.matchAll(/<span class="subject">(.*?)<\/span>\n/g)].map(([, subject]) => subject);
}
