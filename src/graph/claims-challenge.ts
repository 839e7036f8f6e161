/** A parameter of a challenge, with its value quoted or not, or the scheme that begins the next challenge. */
const PARAMETER_OR_SCHEME = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+)/g;

/**
 * The claims that Graph demands of the next token, from an answer's `WWW-Authenticate`; undefined if it demands
 * none. The claims are JSON in base64 (Microsoft Entra documentation,
 * docs/identity-platform/claims-challenge.md).
 *
 * There may also be a PoP challenge, in the same header or in a separate one (recorded). Its claims do not
 * apply to a bearer token.
 */
export function claimsOf(wwwAuthenticate: string | string[] | undefined): string | undefined {
  if (wwwAuthenticate === undefined) return undefined;
  let scheme = '';
  for (const match of [wwwAuthenticate].flat().join(', ').matchAll(PARAMETER_OR_SCHEME)) {
    const [, name, quoted, plain, nextScheme] = match;
    scheme = nextScheme?.toLowerCase() ?? scheme;
    if (scheme !== 'bearer' || name?.toLowerCase() !== 'claims') continue;
    const claims = Buffer.from(quoted ?? plain ?? '', 'base64').toString();
    if (isJsonObject(claims)) return claims;
  }
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
