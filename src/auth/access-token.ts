import type { AccessToken } from '@azure/identity';
import { GraphTransportError } from '../errors';
import { unlessGivenUp } from '../given-up';
import type { Credential } from './credential';
import { toTokenError } from './token-error';

/** Tokens are renewed this long before they expire, so that none expires on its way to Graph. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

/** A refused token that is older than this may lack rights that the app has been given since. */
const MAY_LACK_RIGHTS_MS = 5 * 60 * 1000;

/**
 * Access tokens from a credential: kept while they last, and asked for once however many sends want one.
 * Azure's credentials keep tokens too, but ask anew for each of the calls that start before the first
 * answer is there.
 */
export class AccessTokenSource {
  readonly #credential: Credential;
  readonly #scope: string;
  #token: AccessToken | undefined;
  #flight: Promise<AccessToken> | undefined;
  #since = 0;

  constructor(credential: Credential, scope: string) {
    this.#credential = credential;
    this.#scope = scope;
  }

  /**
   * The bearer token.
   *
   * @param signal gives up the waiting, not the request, which others may wait for
   * @throws GraphTransportError `EAUTH` when there is none to be had, `ECONNECTION` or `ETIMEDOUT` when
   *   Entra cannot be asked, `EABORT` when the signal aborts
   */
  async get(signal?: AbortSignal): Promise<string> {
    const token = this.#token;
    if (token && token.expiresOnTimestamp - RENEW_BEFORE_MS > Date.now()) return token.token;
    const { token: bearer } = await unlessGivenUp(this.#ask(), signal);
    return bearer;
  }

  /**
   * A token in the place of one that Graph has refused.
   *
   * @param claims what Graph wants of the new one, from its challenge
   * @throws GraphTransportError as `get` does
   */
  async renew(refused: string, claims?: string, signal?: AbortSignal): Promise<string> {
    // Of the requests that were refused together, the first renews the token for all of them.
    if (this.#token && this.#token.token !== refused) return this.get(signal);
    this.#token = undefined;
    const { token: bearer } = await unlessGivenUp(this.#ask(claims ?? ''), signal);
    return bearer;
  }

  /**
   * A token of this moment, whatever is kept: to see whether there still is one, and the rights that the app
   * has been given by now.
   *
   * @throws GraphTransportError as `get` does
   */
  async fresh(signal?: AbortSignal): Promise<string> {
    const { token: bearer } = await unlessGivenUp(this.#ask(''), signal);
    return bearer;
  }

  /**
   * Forgets a token with which Graph has forbidden something, unless it is fresh: rights that were granted
   * meanwhile are in the next one only.
   */
  distrust(forbidden: string): void {
    if (this.#token?.token !== forbidden || Date.now() - this.#since < MAY_LACK_RIGHTS_MS) return;
    this.#token = undefined;
    this.#credential.forget();
  }

  /** @param claims given at all, it asks for a token that no cache has */
  #ask(claims?: string): Promise<AccessToken> {
    this.#flight ??= this.#request(claims).finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #request(claims: string | undefined): Promise<AccessToken> {
    if (claims !== undefined) this.#credential.forget();
    let token: AccessToken | null;
    try {
      token = await this.#credential.getToken(this.#scope, claims ? { claims } : {});
    } catch (error) {
      throw toTokenError(error, 'the credential');
    }
    if (!token?.token) throw new GraphTransportError('EAUTH', 'No token: the credential returned none.');
    this.#token = token;
    this.#since = Date.now();
    return token;
  }
}
