// Relies on undici's ProxyAgent calling connect() of the pool from `clientFactory` without a callback. If undici ever
// passes one, Pool's own connect() takes over and only the clearer error is lost. network.test.ts notices.
import type { Dispatcher, Pool } from 'undici';
import { ProxyError } from '../errors/connection-error';
import { wholeUndici } from './undici';

type TunnelOptions = Omit<Dispatcher.ConnectOptions, 'origin'>;
type TunnelCallback = (error: Error | null, data: Dispatcher.ConnectData) => void;

/**
 * The connections to a proxy that undici's ProxyAgent tunnels through. Failures become errors that name the
 * proxy: undici itself would report a 407 as "aborted", and would retry forever a proxy that hangs up.
 */
export class ProxyPool extends wholeUndici().Pool {
  readonly #proxy: string;

  constructor(proxy: URL, options: Pool.Options) {
    super(proxy, options);
    this.#proxy = proxy.host;
  }

  override connect(options: TunnelOptions): Promise<Dispatcher.ConnectData>;
  override connect(options: TunnelOptions, callback: TunnelCallback): void;
  override connect(
    options: TunnelOptions,
    callback?: TunnelCallback,
  ): Promise<Dispatcher.ConnectData> | undefined {
    if (!callback) return this.#tunnel(options);
    super.connect(options, callback);
    return undefined;
  }

  async #tunnel(options: TunnelOptions): Promise<Dispatcher.ConnectData> {
    const proxy = this.#proxy;
    const answer = await super.connect(options).catch((cause: unknown) => {
      throw new ProxyError({ proxy, cause });
    });
    const { statusCode: status, headers, socket } = answer;
    // undici accepts no other status for a tunnel either, although HTTP would allow any 2xx.
    if (status === 200) return answer;
    socket.on('error', () => undefined).destroy();
    const logins = [headers['proxy-authenticate'] ?? []].flat().map((login) => login.split(' ')[0]);
    throw new ProxyError({ proxy, status, logins: logins.join(', ') || undefined });
  }
}
