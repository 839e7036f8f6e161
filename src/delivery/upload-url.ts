/**
 * Whether an attachment may be uploaded to this URL. The URL comes from an answer and is its own authorisation,
 * so a forged answer could otherwise make this process write into its own network.
 *
 * - It must be https, on port 443 or the port of the Graph endpoint, at a public host name, without user info.
 * - If the Graph endpoint is on this machine, such as the sandbox, the URL may use any port of this machine,
 *   and http.
 * - If the endpoint has no public name, the URL may use the endpoint's own origin.
 * - If the endpoint is a sandbox on another machine, the URL must use its origin.
 *
 * Microsoft's host names are not listed here: the URL is opaque (Microsoft Graph documentation,
 * api-reference/v1.0/api/attachment-createuploadsession.md), and they may change.
 *
 * @param graphEndpoint origin of Graph
 * @param isAlone whether it is such a sandbox
 */
export function isUploadUrl(text: string, graphEndpoint: string, isAlone = false): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const endpoint = new URL(graphEndpoint);
  if (url.username || url.password) return false;
  if (isAlone) return url.origin === endpoint.origin;
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (isWeb && isLoopback(url.hostname) && isLoopback(endpoint.hostname)) return true;
  if (isWeb && url.origin === endpoint.origin && !isPublicName(endpoint.hostname)) return true;
  const isUsualPort = url.port === '' || (endpoint.protocol === 'https:' && url.port === endpoint.port);
  return url.protocol === 'https:' && isUsualPort && isPublicName(url.hostname);
}

/** @param hostname as `URL` writes it: IPv4 in decimal, however it was written, and IPv6 in brackets */
function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** At least two labels, the last not a number, and no trailing dot: no IP address looks like that. */
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

/** Names of this machine, and names that are not in public DNS (RFC 6761, RFC 6762 appendix G, RFC 8375). */
const PRIVATE = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;

function isPublicName(hostname: string): boolean {
  return NAME.test(hostname) && !PRIVATE.test(hostname);
}
