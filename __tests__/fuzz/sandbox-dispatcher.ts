import { Dispatcher } from 'undici';
import type { Sandbox } from '../../src/sandbox';
import { CONTROLLER, requestOf } from '../support/in-process';

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
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): Promise<void> {
  try {
    handler.onRequestStart?.(CONTROLLER, {});
    const { method, path, headers, body } = await requestOf(options);
    const response = await sandbox.handle(
      new Request(`${options.origin}${path}`, {
        method,
        headers,
        body: body.length > 0 ? new Uint8Array(body) : null,
      }),
    );
    const head = Object.fromEntries(response.headers);
    handler.onResponseStart?.(CONTROLLER, response.status, head, response.statusText);
    handler.onResponseData?.(CONTROLLER, Buffer.from(await response.arrayBuffer()));
    handler.onResponseEnd?.(CONTROLLER, {});
  } catch (error) {
    handler.onResponseError?.(CONTROLLER, error instanceof Error ? error : new Error(String(error)));
  }
}
