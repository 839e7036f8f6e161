import { type HttpHandler, http } from 'msw';
import { createSandbox, type Sandbox } from './create-sandbox';
import { leadToSandbox } from './lead-to-sandbox';

/**
 * Handlers for msw that lead whatever is sent to Entra, Graph and the place of uploads to a sandbox: to the hosts of
 * the public cloud, unless the sandbox was created with others.
 *
 * msw does not see what is sent through the package `undici`, as this package's own transport does: give that one a
 * running sandbox (`startSandbox`) instead.
 */
export function sandboxHandlers(sandbox: Sandbox = createSandbox({ explain: true })): HttpHandler[] {
  return leadToSandbox(sandbox).map(({ addresses, resolve }) => http.all(addresses, resolve));
}
