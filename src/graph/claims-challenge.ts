/** A parameter of a challenge, its value quoted or not; or else the scheme with which the next challenge begins. */
const PARAMETER_OR_SCHEME = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+)/g;

/**
 * What Graph wants of the next token, out of the `WWW-Authenticate` of an answer; undefined when it asks for
 * nothing in particular. The claims are JSON, in base64
 * (Microsoft Entra documentation, docs/identity-platform/claims-challenge.md).
 *
 * There may be a PoP challenge as well, in the same header or in one of its own (recorded). Its claims are not for
 * a bearer token.
 */
export function claimsOf(wwwAuthenticate: string | string[] | undefined): string | undefined {
  let scheme = '';
  for (const match of [wwwAuthenticate ?? []].flat().join(', ').matchAll(PARAMETER_OR_SCHEME)) {
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
