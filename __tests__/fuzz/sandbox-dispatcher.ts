import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Dispatcher } from 'undici';
import type { Sandbox } from '../../src/sandbox';

/** Leads undici's requests to a sandbox of this process: no socket, and so many times the mutants. */
export class SandboxDispatcher extends Dispatcher {
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    super();
    this.#sandbox = sandbox;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    void answer(this.#sandbox, options, handler);
    return true;
  }
}

async function answer(
  sandbox: Sandbox,
  { origin, path, method, headers, body }: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): Promise<void> {
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    abort: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
  try {
    handler.onRequestStart?.(controller, {});
    const bytes = body instanceof Readable ? await buffer(body) : Buffer.isBuffer(body) ? body : null;
    const response = await sandbox.handle(
      new Request(`${origin}${path}`, {
        method,
        headers: toHeaders(headers),
        body: bytes && new Uint8Array(bytes),
      }),
    );
    const head = Object.fromEntries(response.headers);
    handler.onResponseStart?.(controller, response.status, head, response.statusText);
    handler.onResponseData?.(controller, Buffer.from(await response.arrayBuffer()));
    handler.onResponseEnd?.(controller, {});
  } catch (error) {
    handler.onResponseError?.(controller, error instanceof Error ? error : new Error(String(error)));
  }
}

function toHeaders(headers: Dispatcher.DispatchOptions['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}
