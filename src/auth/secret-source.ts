import { types } from 'node:util';
import { type Clock, startTimer, systemClock } from '../clock';
import { ClientSecretError, type ClientSecretOf } from '../options/client-secret';

/** The client secret: fetched when it is first needed, and again when Entra refuses it. */
export class SecretSource {
  readonly #given: string | ClientSecretOf;
  readonly #timeoutMs: number;
  readonly #onSecret: (secret: string) => void;
  readonly #clock: Clock;
  #secret: string | undefined;
  #asking: Promise<string> | undefined;

  /**
   * @param timeoutMs the longest that a function may take
   * @param onSecret receives every secret before it is used
   */
  constructor(
    given: string | ClientSecretOf,
    timeoutMs: number,
    onSecret: (secret: string) => void,
    clock: Clock = systemClock,
  ) {
    this.#given = given;
    this.#timeoutMs = timeoutMs;
    this.#onSecret = onSecret;
    this.#clock = clock;
    if (typeof given !== 'string') return;
    this.#secret = given;
    onSecret(given);
  }

  /** @throws ClientSecretError if there is no secret */
  async get(): Promise<string> {
    return this.#secret ?? this.#ask();
  }

  /**
   * The secret to replace one that Entra has refused. It may be the same; undefined if there can be no other.
   *
   * @throws ClientSecretError if there is no secret
   */
  async renew(refused: string): Promise<string | undefined> {
    if (typeof this.#given === 'string') return undefined;
    // When several requests are refused at once, the first fetches the secret for all.
    return this.#secret === undefined || this.#secret === refused ? this.#ask() : this.#secret;
  }

  #ask(): Promise<string> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askOnce(): Promise<string> {
    const given = this.#given;
    if (typeof given === 'string') return given;
    let stopTimer = () => {};
    const late = new Promise<never>((_, reject) => {
      const message = `The clientSecret function returned no secret within ${this.#timeoutMs} ms.`;
      const fail = () => reject(new ClientSecretError('ETIMEDOUT', message, 'not-accepted'));
      stopTimer = startTimer(this.#clock, this.#timeoutMs, fail, true);
    });
    // Inside an async function, because `given` may throw before it returns a promise.
    const asked = (async (): Promise<unknown> => given())();
    try {
      const secret = await Promise.race([asked, late]);
      const found = checked(secret);
      this.#onSecret(found);
      this.#secret = found;
      return found;
    } catch (error) {
      if (error instanceof ClientSecretError) throw error;
      const why = types.isNativeError(error) ? error.message : String(error);
      throw new ClientSecretError(
        'EAUTH',
        `The clientSecret function failed: ${why}.`,
        'not-accepted',
        error,
      );
    } finally {
      stopTimer();
    }
  }
}

function checked(secret: unknown): string {
  if (typeof secret === 'string' && secret.trim() !== '') return secret.trim();
  const got = typeof secret === 'string' ? 'an empty string' : typeof secret;
  throw new ClientSecretError(
    'ECONFIG',
    `The clientSecret function must return a string, got ${got}.`,
    'refused',
  );
}
