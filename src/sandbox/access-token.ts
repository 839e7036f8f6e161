import { createHmac, randomBytes } from 'node:crypto';
import { GraphRefusal } from './graph-answer';
import { isSameSecret } from './same-secret';
import type { SandboxSettings } from './settings';

interface Claims {
  aud: string;
  exp: number;
  roles?: string[];
}

/** Issues and checks the tokens of one sandbox; the key that signs them exists nowhere else. */
export interface AccessTokens {
  issue(audience: string): string;
  /** The roles that the token grants. @throws GraphRefusal given a token that this Graph does not take */
  check(token: string): readonly string[];
}

export function createAccessTokens(settings: SandboxSettings): AccessTokens {
  const key = randomBytes(32);
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');

  return {
    issue(audience) {
      const unsigned = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claimsFor(audience, settings))}`;
      return `${unsigned}.${sign(unsigned)}`;
    },

    check(token) {
      const [header = '', payload = '', signature = '', ...more] = token.split('.');
      if (more.length > 0 || !isEncodedJson(header) || !isEncodedJson(payload)) {
        throw unauthorized('CompactToken parsing failed with error code: 80049217');
      }
      // Before any claim is looked at: from here on the claims are known to be our own.
      if (!isSameSecret(signature, sign(`${header}.${payload}`))) {
        throw unauthorized('Access token validation failure. Invalid signature.');
      }
      const claims: Claims = JSON.parse(decode(payload));
      if (claims.aud !== settings.graphEndpoint) {
        throw unauthorized('Access token validation failure. Invalid audience.');
      }
      if (settings.now() >= claims.exp * 1000) {
        throw unauthorized('Lifetime validation failed, the token is expired.');
      }
      return claims.roles ?? [];
    },
  };
}

/** 401 with the one code that Graph has for every fault of a token; the sentence tells them apart. */
export function unauthorized(message: string): GraphRefusal {
  return new GraphRefusal(401, 'InvalidAuthenticationToken', message);
}

function claimsFor(audience: string, settings: SandboxSettings): Claims & Record<string, unknown> {
  const issuedAt = Math.floor(settings.now() / 1000);
  return {
    aud: audience,
    iss: `https://sts.windows.net/${settings.tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + settings.tokenLifetime,
    appid: settings.clientId,
    idtyp: 'app',
    tid: settings.tenantId,
    // An app without consent gets a token all the same, only without this claim.
    ...(settings.roles.length > 0 && { roles: settings.roles }),
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString();
}

function isEncodedJson(part: string): boolean {
  try {
    JSON.parse(decode(part));
    return true;
  } catch {
    return false;
  }
}
