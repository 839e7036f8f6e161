import { types } from 'node:util';
import { ClientSecretError, type ClientSecretOf } from '../options/client-secret';

/** The client secret: asked for when it is first needed, and again when Entra refuses it. */
export class SecretSource {
  readonly #given: string | ClientSecretOf;
  readonly #timeoutMs: number;
  readonly #onSecret: (secret: string) => void;
  #secret: string | undefined;
  #asking: Promise<string> | undefined;

  /**
   * @param timeoutMs the longest that a function may take
   * @param onSecret is told every secret before it is used
   */
  constructor(given: string | ClientSecretOf, timeoutMs: number, onSecret: (secret: string) => void) {
    this.#given = given;
    this.#timeoutMs = timeoutMs;
    this.#onSecret = onSecret;
    if (typeof given !== 'string') return;
    this.#secret = given;
    onSecret(given);
  }

  /** @throws ClientSecretError when there is none to be had */
  async get(): Promise<string> {
    return this.#secret ?? this.#ask();
  }

  /**
   * The secret in the place of one that Entra has refused, which may be the same; undefined when there can be no other.
   *
   * @throws ClientSecretError when there is none to be had
   */
  async renew(refused: string): Promise<string | undefined> {
    if (typeof this.#given === 'string') return undefined;
    // Of the requests that were refused together, the first asks for all of them.
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
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `The clientSecret function has given no secret within ${this.#timeoutMs} ms.`;
      const fail = () => reject(new ClientSecretError('ETIMEDOUT', message, 'not-accepted'));
      timer = setTimeout(fail, this.#timeoutMs).unref();
    });
    // In a promise of its own: it may throw before it returns one.
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
      clearTimeout(timer);
    }
  }
}

function checked(secret: unknown): string {
  if (typeof secret === 'string' && secret.trim() !== '') return secret.trim();
  const got = typeof secret === 'string' ? 'an empty one' : typeof secret;
  throw new ClientSecretError(
    'ECONFIG',
    `The clientSecret function must give a string, got ${got}.`,
    'refused',
  );
}
