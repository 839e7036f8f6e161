import { unlessGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { AccessToken } from '../options/options';
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
  readonly #onToken: (token: string) => void;
  #token: AccessToken | undefined;
  /** What the token that is kept was asked to hold. */
  #claims: string | undefined;
  /** The requests under way, by the claims that they ask for; undefined are those that any token will do for. */
  readonly #flights = new Map<string | undefined, Promise<AccessToken>>();
  #since = 0;
  #requests = 0;
  /** The number of the request that brought the token. */
  #broughtBy = 0;

  /** @param onToken is told every token before it is used */
  constructor(credential: Credential, scope: string, onToken: (token: string) => void = () => undefined) {
    this.#credential = credential;
    this.#scope = scope;
    this.#onToken = onToken;
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
    // Of the requests that were refused together, the first renews the token for all of them that want the same.
    const isRenewed = this.#token !== undefined && this.#token.token !== refused;
    if (isRenewed && (claims === undefined || claims === this.#claims)) return this.get(signal);
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

  /**
   * Joins a request that asks for the same, since another's token need not hold what these claims are for.
   *
   * @param claims given at all, it asks for a token that no cache has
   */
  #ask(claims?: string): Promise<AccessToken> {
    // Who needs nothing in particular does well with whatever comes first.
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
      throw toTokenError(error, 'the credential');
    }
    if (!token?.token) throw new GraphTransportError('EAUTH', 'No token: the credential returned none.');
    this.#onToken(token.token);
    // One that was asked for earlier, and holds less, must not take the place of one that has come meanwhile.
    if (number > this.#broughtBy) {
      this.#token = token;
      this.#claims = claims;
      this.#since = Date.now();
      this.#broughtBy = number;
    }
    return token;
  }
}
