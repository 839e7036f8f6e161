import type { SandboxSettings } from './settings';

/** A name or an address as in a Host header, without the port. */
const HOST_NAME =
  /^(?:[a-z\d_](?:[a-z\d_-]*[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]*[a-z\d_])?)*|\[[\da-f:.]+\])$/i;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether an endpoint belongs to a cloud that is separate from the public one. */
export function isNationalCloud(endpoint: string): boolean {
  return /(?:^|\.)(?:microsoft\.us|chinacloudapi\.cn)$/i.test(new URL(endpoint).hostname);
}

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

/** Whether a text can be a Host header without a port. */
export function isHostName(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 253 && HOST_NAME.test(text);
}

/**
 * Checks where a sandbox is to listen, and its names there.
 *
 * @throws TypeError with the code `ECONFIG`
 */
export function checkHosts(host: unknown, allowedHosts: unknown): void {
  if (typeof host !== 'string' || host === '') throw wrong('Expected `host` to be an address or a name');
  if (!Array.isArray(allowedHosts)) throw wrong('Expected `allowedHosts` to be a list of host names');
  for (const name of allowedHosts) {
    if (isHostName(name)) continue;
    throw wrong(
      `Expected \`allowedHosts\` to hold host names without a port, such as sandbox, got ${JSON.stringify(name)}`,
    );
  }
  if (isLoopback(host) || allowedHosts.length > 0) return;
  throw wrong(
    `With \`host\` ${host} other machines can reach the sandbox: list in \`allowedHosts\` the names by which they call it, such as ['sandbox']`,
  );
}

/** Whether a Host header means the sandbox: a name of this machine or one of the list, with any port. */
export function isOwnHost(header: string, allowedHosts: readonly string[]): boolean {
  return isOwnName(header.replace(/:\d+$/, ''), allowedHosts);
}

/**
 * The origin at which the client of a request reaches the sandbox, for links in the answer: a sandbox on a network has
 * several names, and not every client knows them all.
 *
 * @param otherwise the origin of a sandbox with one name only
 */
export function originFor(
  request: Request,
  otherwise: string,
  { allowedHosts }: Pick<SandboxSettings, 'allowedHosts'>,
): string {
  return isOwnOrigin(request.url, allowedHosts) ? new URL(request.url).origin : otherwise;
}

/** Whether a URL leads to a sandbox with these names. Always false without names. */
export function isOwnOrigin(text: string, allowedHosts: readonly string[]): boolean {
  if (allowedHosts.length === 0 || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'http:' && isOwnName(hostname, allowedHosts);
}

function isOwnName(name: string, allowedHosts: readonly string[]): boolean {
  const wanted = lowerCase(name);
  return [...LOOPBACK, ...allowedHosts].some((own) => lowerCase(own) === wanted);
}

/** Changes A to Z only: `toLowerCase` would also turn the KELVIN SIGN into k. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function wrong(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ECONFIG' });
}
