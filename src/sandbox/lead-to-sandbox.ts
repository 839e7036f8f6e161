import type { Sandbox } from './create-sandbox';

/** One host whose requests the sandbox answers. */
export interface LeadToSandbox {
  /** Matches the host's URLs. */
  addresses: RegExp;
  resolve(info: { request: Request }): Promise<Response>;
}

/**
 * What a handler of msw needs, for each host. msw itself is not imported here: there may be two copies of it, each
 * with its own types.
 */
export function leadToSandbox(sandbox: Sandbox): LeadToSandbox[] {
  return sandbox.origins.map((origin) => ({
    addresses: new RegExp(`^${escapePattern(origin)}/`),
    resolve: async ({ request }) => sandbox.handle(await withLength(request)),
  }));
}

/** Adds the Content-Length that a network would: uploads require it, and a Request does not have it yet. */
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
