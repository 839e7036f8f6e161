import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Dispatcher } from 'undici';

/** The controller of an exchange that nothing can stop. */
export const CONTROLLER: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  rawHeaders: null,
  rawTrailers: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** A request as the service receives it. */
export interface SeenRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** What a dispatcher without sockets is asked to send. */
export async function requestOf(options: Dispatcher.DispatchOptions): Promise<SeenRequest> {
  const { method, path, headers, body } = options;
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
  const bytes =
    body instanceof Readable ? await buffer(body) : Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  return { method, path, headers: Object.fromEntries(named), body: bytes };
}
