/**
 * What Graph wants of the next token, out of the `WWW-Authenticate` of an answer; undefined when it asks for
 * nothing in particular. The claims are JSON, in base64
 * (Microsoft Entra documentation, docs/identity-platform/claims-challenge.md).
 */
export function claimsOf(wwwAuthenticate: string | undefined): string | undefined {
  const encoded = /\bclaims="?([\w+/=-]+)"?/i.exec(wwwAuthenticate ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const claims = Buffer.from(encoded, 'base64').toString();
  try {
    return typeof JSON.parse(claims) === 'object' ? claims : undefined;
  } catch {
    return undefined;
  }
}
