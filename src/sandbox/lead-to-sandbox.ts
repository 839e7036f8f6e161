import type { Sandbox } from './create-sandbox';

/** One host whose requests a sandbox is to answer. */
export interface LeadToSandbox {
  /** Matches the addresses of the host. */
  addresses: RegExp;
  resolve(info: { request: Request }): Promise<Response>;
}

/** For each host, all that a handler of msw needs to know: of msw itself there may be two copies, each with its types. */
export function leadToSandbox(sandbox: Sandbox): LeadToSandbox[] {
  return sandbox.origins.map((origin) => ({
    addresses: new RegExp(`^${escapePattern(origin)}/`),
    resolve: async ({ request }) => sandbox.handle(await withLength(request)),
  }));
}

/** What the network would add: nothing says how long a body is before it is sent, and uploads have to. */
async function withLength(request: Request): Promise<Request> {
  if (request.body === null || request.headers.has('content-length')) return request;
  const body = await request.arrayBuffer();
  const headers = new Headers(request.headers);
  headers.set('content-length', `${body.byteLength}`);
  return new Request(request, { headers, body });
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
