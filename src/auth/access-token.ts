import { type Clock, dateOf, systemClock } from '../clock';
import { unlessGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { AnySignal } from '../errors/signal';
import type { AccessToken } from '../options/options';
import type { Credential } from './credential';
import { toTokenError } from './token-error';

/** Tokens are renewed this long before they expire, so that none expires on the way to Graph. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

/** A refused token that is older than this may lack permissions that the app was granted later. */
const MAY_LACK_RIGHTS_MS = 5 * 60 * 1000;

/**
 * Access tokens from a credential. A token is cached until it is about to expire, and concurrent sends share
 * one request for it. Azure's credentials cache tokens too, but make a request for every call that starts
 * before the first answer arrives.
 */
export class AccessTokenSource {
  readonly #credential: Credential;
  readonly #scope: string;
  readonly #onToken: (token: string) => void;
  readonly #clock: Clock;
  #token: AccessToken | undefined;
  /** The claims that the cached token was requested with. */
  #claims: string | undefined;
  /**
   * Requests in progress, by the claims they ask for. Undefined stands for requests that any token satisfies.
   */
  readonly #flights = new Map<string | undefined, Promise<AccessToken>>();
  #since = 0;
  #requests = 0;
  /** The number of the request that returned the cached token. */
  #broughtBy = 0;

  /** @param onToken receives every token before it is used */
  constructor(
    credential: Credential,
    scope: string,
    onToken: (token: string) => void = () => undefined,
    clock: Clock = systemClock,
  ) {
    this.#credential = credential;
    this.#scope = scope;
    this.#onToken = onToken;
    this.#clock = clock;
  }

  /**
   * The bearer token.
   *
   * @param signal ends the wait, but not the request, which others may be waiting for
   * @throws GraphTransportError `EAUTH` if there is no token, `ECONNECTION` or `ETIMEDOUT` if Entra cannot be
   *   reached, `EABORT` if the signal aborts
   */
  async get(signal?: AnySignal): Promise<string> {
    const token = this.#token;
    if (token && token.expiresOnTimestamp - RENEW_BEFORE_MS > dateOf(this.#clock)) return token.token;
    const { token: bearer } = await unlessGivenUp(this.#ask(), signal);
    return bearer;
  }

  /**
   * A token to replace one that Graph has refused.
   *
   * @param claims what Graph's challenge demands of the new token
   * @throws GraphTransportError as `get` does
   */
  async renew(refused: string, claims?: string, signal?: AnySignal): Promise<string> {
    // When several requests are refused at once, the first renews the token for all that need the same claims.
    const isRenewed = this.#token !== undefined && this.#token.token !== refused;
    if (isRenewed && (claims === undefined || claims === this.#claims)) return this.get(signal);
    this.#token = undefined;
    const { token: bearer } = await unlessGivenUp(this.#ask(claims ?? ''), signal);
    return bearer;
  }

  /**
   * A new token, bypassing the cache: to check that the app can still get one, and which permissions it has
   * now.
   *
   * @throws GraphTransportError as `get` does
   */
  async fresh(signal?: AnySignal): Promise<string> {
    const { token: bearer } = await unlessGivenUp(this.#ask(''), signal);
    return bearer;
  }

  /**
   * Drops a token that Graph has answered with 403, unless it is recent: permissions granted in the meantime
   * are only in the next token.
   */
  distrust(forbidden: string): void {
    if (this.#token?.token !== forbidden || dateOf(this.#clock) - this.#since < MAY_LACK_RIGHTS_MS) return;
    this.#token = undefined;
    this.#credential.forget();
  }

  /**
   * Joins a request for the same claims. A token requested for other claims need not satisfy these.
   *
   * @param claims if given, the token must not come from any cache
   */
  #ask(claims?: string): Promise<AccessToken> {
    // A caller that needs no particular claims can take the result of any request.
    const under =
      this.#flights.get(claims) ?? (claims === undefined ? this.#flights.values().next().value : undefined);
    if (under) return under;
    const flight = this.#request(claims).finally(() => this.#flights.delete(claims));
    this.#flights.set(claims, flight);
    return flight;
  }

  async #request(claims: string | undefined): Promise<AccessToken> {
    const number = ++this.#requests;
    if (claims !== undefined) this.#credential.forget();
    let token: AccessToken | null;
    try {
      token = await this.#credential.getToken(this.#scope, claims ? { claims } : {});
    } catch (error) {
      throw toTokenError(error, 'the credential', { clock: this.#clock });
    }
    if (!token?.token) throw new GraphTransportError('EAUTH', 'No token: the credential returned none.');
    this.#onToken(token.token);
    // A token that was requested earlier, with fewer claims, must not replace one that has arrived since.
    if (number > this.#broughtBy) {
      this.#token = token;
      this.#claims = claims;
      this.#since = dateOf(this.#clock);
      this.#broughtBy = number;
    }
    return token;
  }
}
