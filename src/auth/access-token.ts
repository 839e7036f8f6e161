import type { AccessToken, TokenCredential } from '@azure/identity';
import { GraphTransportError } from '../errors';
import { toTokenError } from './token-error';

/** Tokens are renewed this long before they expire, so that none expires on its way to Graph. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

/**
 * Access tokens from a credential: kept while they last, and asked for once however many sends want one.
 * Azure's credentials keep tokens too, but ask anew for each of the calls that start before the first
 * answer is there.
 */
export class AccessTokenSource {
  readonly #credential: TokenCredential;
  readonly #scope: string;
  #token: AccessToken | undefined;
  #flight: Promise<AccessToken> | undefined;

  constructor(credential: TokenCredential, scope: string) {
    this.#credential = credential;
    this.#scope = scope;
  }

  /**
   * The bearer token.
   *
   * @throws GraphTransportError `EAUTH` when there is none to be had, `ECONNECTION` or `ETIMEDOUT` when
   *   Entra cannot be asked
   */
  async get(): Promise<string> {
    if (!this.#token || this.#token.expiresOnTimestamp - RENEW_BEFORE_MS <= Date.now()) {
      this.#flight ??= this.#ask().finally(() => {
        this.#flight = undefined;
      });
      this.#token = await this.#flight;
    }
    return this.#token.token;
  }

  async #ask(): Promise<AccessToken> {
    let token: AccessToken | null;
    try {
      token = await this.#credential.getToken(this.#scope);
    } catch (error) {
      throw toTokenError(error, 'the credential');
    }
    if (!token?.token) throw new GraphTransportError('EAUTH', 'No token: the credential returned none.');
    return token;
  }
}
