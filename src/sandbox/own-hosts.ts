import type { SandboxSettings } from './settings';

/** A name or an address as a Host header has it, without a port. */
const HOST_NAME =
  /^(?:[a-z\d_](?:[a-z\d_-]*[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]*[a-z\d_])?)*|\[[\da-f:.]+\])$/i;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether nothing but this machine reaches a server that listens there. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

/** Whether a text can stand in a Host header, alone. */
export function isHostName(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 253 && HOST_NAME.test(text);
}

/**
 * Checks where a sandbox is to listen and what it may be called there.
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

/** Whether a Host header names the sandbox: as this machine, or by a name of the list, with any port. */
export function isOwnHost(header: string, allowedHosts: readonly string[]): boolean {
  return isOwnName(header.replace(/:\d+$/, ''), allowedHosts);
}

/**
 * Where the client of a request reaches the sandbox, for the links in its answer: a sandbox that listens for other
 * machines has several names, and not every client knows them all.
 *
 * @param otherwise for a sandbox with one name only
 */
export function originFor(
  request: Request,
  otherwise: string,
  { allowedHosts }: Pick<SandboxSettings, 'allowedHosts'>,
): string {
  return isOwnOrigin(request.url, allowedHosts) ? new URL(request.url).origin : otherwise;
}

/** Whether a URL leads to a sandbox with these names; false for one that has no names of its own. */
export function isOwnOrigin(text: string, allowedHosts: readonly string[]): boolean {
  if (allowedHosts.length === 0 || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'http:' && isOwnName(hostname, allowedHosts);
}

function isOwnName(name: string, allowedHosts: readonly string[]): boolean {
  const wanted = lowerCase(name);
  return [...LOOPBACK, ...allowedHosts].some((own) => lowerCase(own) === wanted);
}

/** A to Z alone: the KELVIN SIGN is no k, though `toLowerCase` makes one of it. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function wrong(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ECONFIG' });
}
