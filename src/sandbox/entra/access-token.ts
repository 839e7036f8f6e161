import { createHash, createPrivateKey, createPublicKey, sign as signBytes } from 'node:crypto';
import { claimsChallenge, unauthorized } from '../http/graph-refusal';
import { type Ids, isSameSecret } from '../http/ids';
import { parseNestedJson } from '../nested-json';
import type { SandboxSettings } from '../settings';

interface Claims {
  aud: string;
  exp: number;
  /** Opaque in Entra's tokens; here their number. */
  uti: string;
  roles?: string[];
  /** Delegated permissions, separated by spaces. */
  scp?: string;
  /** Not a claim of Entra: the claims that the token request asked for. */
  sandbox_claims?: unknown;
}

/** Issues and checks the tokens of one sandbox; no other sandbox has its key. */
export interface AccessTokens {
  /** @param claims what the token request asked for besides the usual */
  issue(audience: string, claims?: unknown): string;
  /** The permissions in a token. @throws GraphRefusal if this Graph does not accept the token */
  check(token: string): readonly string[];
  /** The public key that the tokens are signed with, as a JWK. */
  readonly publicKey: object;
  /** From now on, accepts only tokens whose request asked for these claims, given as JSON. */
  demand(claims: string): void;
  /** Accepts tokens without the demanded claims again. */
  forgetDemand(): void;
  /** Refuses every token issued so far. */
  revoke(): void;
}

/**
 * Ed25519 and not Entra's RS256: 32 random bytes are a key, so the same seed makes the same tokens, while an RSA key
 * takes a tenth of a second or more to find, in each test process.
 */
export const TOKEN_ALGORITHM = 'EdDSA';

/** What precedes the 32 bytes of an Ed25519 key in PKCS #8. [RFC 8410] */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function createAccessTokens(settings: SandboxSettings, ids: Ids): AccessTokens {
  const key = createPrivateKey({
    key: Buffer.concat([ED25519_PREFIX, ids.bytes(32)]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = toKeySetEntry(createPublicKey(key).export({ format: 'jwk' }));
  const sign = (text: string) => signBytes(null, Buffer.from(text), key).toString('base64url');
  let issued = 0;
  let revoked = 0;
  let demanded: string | undefined;

  return {
    issue(audience, claims) {
      issued += 1;
      const payload = { ...claimsFor(audience, settings), uti: `${issued}`, sandbox_claims: claims };
      const unsigned = `${encode({ typ: 'JWT', alg: TOKEN_ALGORITHM, kid: publicKey.kid })}.${encode(payload)}`;
      return `${unsigned}.${sign(unsigned)}`;
    },

    check(token) {
      const [header = '', payload = '', signature = '', ...more] = token.split('.');
      if (more.length > 0 || !isEncodedJson(header) || !isEncodedJson(payload)) {
        throw unauthorized('token-unreadable', 'CompactToken parsing failed with error code: 80049217');
      }
      // Checked before the claims, which are known to be our own from here on.
      if (!isSameSecret(signature, sign(`${header}.${payload}`))) {
        throw unauthorized('token-signature', 'Access token validation failure. Invalid signature.');
      }
      const claims: Claims = JSON.parse(decode(payload));
      if (claims.aud !== settings.graphEndpoint) {
        throw unauthorized('token-audience', 'Access token validation failure. Invalid audience.');
      }
      if (settings.now() >= claims.exp * 1000) {
        throw unauthorized('token-expired', 'Lifetime validation failed, the token is expired.');
      }
      if (Number(claims.uti) <= revoked)
        throw unauthorized('token-revoked', 'Access token has been revoked.');
      if (demanded !== undefined && !hasClaims(claims.sandbox_claims, JSON.parse(demanded))) {
        throw claimsChallenge(demanded, settings);
      }
      return claims.roles ?? claims.scp?.split(' ') ?? [];
    },

    publicKey,

    demand(claims) {
      demanded = claims;
    },

    forgetDemand() {
      demanded = undefined;
    },

    revoke() {
      revoked = issued;
    },
  };
}

function toKeySetEntry({ crv, kty, x }: JsonWebKey) {
  // The key's thumbprint. [RFC 7638]
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  return { kty, use: 'sig', kid, crv, x, alg: TOKEN_ALGORITHM };
}

function claimsFor(audience: string, settings: SandboxSettings): object {
  const issuedAt = Math.floor(settings.now() / 1000);
  return {
    aud: audience,
    iss: `https://sts.windows.net/${settings.tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + settings.tokenLifetime,
    appid: settings.clientId,
    tid: settings.tenantId,
    ...permissionClaims(settings),
  };
}

/**
 * An app without consent still gets a token, without roles.
 * [rule: token-roles] [rule: token-without-consent]
 */
function permissionClaims({ scp, roles, mailboxes }: SandboxSettings): object {
  if (scp.length > 0) {
    const { id, userPrincipalName } = mailboxes[0] ?? {};
    return { idtyp: 'user', scp: scp.join(' '), oid: id, upn: userPrincipalName };
  }
  return { idtyp: 'app', ...(roles.length > 0 && { roles }) };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString();
}

function isEncodedJson(part: string): boolean {
  try {
    parseNestedJson(decode(part));
    return true;
  } catch {
    return false;
  }
}

/** Whether the demanded claims are among those of a token request, which may ask for more. */
function hasClaims(given: unknown, demanded: unknown): boolean {
  if (typeof demanded !== 'object' || demanded === null) return given === demanded;
  if (typeof given !== 'object' || given === null) return false;
  const properties = new Map<string, unknown>(Object.entries(given));
  return Object.entries(demanded).every(([name, value]) => hasClaims(properties.get(name), value));
}
