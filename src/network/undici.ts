// The only place that loads undici. It uses the names of files because Bun replaces the bare name with a stub of its
// own (Bun 1.4), whose dispatchers make no requests.
//
// Direct connections need a third of undici's files, and the rest takes a tenth of the time of a process that sends one
// message. So these files are loaded by their paths, which undici does not promise to keep. Without the first two all of
// undici is loaded, as for proxies; network/undici.test.ts tells when that happens. For the third see http-parser.ts.
import type { Dispatcher } from 'undici';
import { type Load, loadWith } from '../late-packages';

type Undici = typeof import('undici');

interface DirectConnections {
  Agent: Undici['Agent'];
  request(this: Dispatcher, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
}

/** All of undici. */
export function wholeUndici(): Undici {
  return require('undici/index.js');
}

/** Begins HTTP/1.1 on a socket. For the first one it makes the parser. */
export function httpConnector(): (client: object, socket: object) => Promise<unknown> {
  return require('undici/lib/dispatcher/client-h1.js');
}

/** What direct connections need. */
export const { Agent, request } = directConnections();

function directConnections(): DirectConnections {
  try {
    return loadWith(standInFor, () => ({
      Agent: require('undici/lib/dispatcher/agent.js'),
      request: require('undici/lib/api/api-request.js'),
    }));
  } catch {
    const { Agent, Dispatcher } = wholeUndici();
    return { Agent, request: Dispatcher.prototype.request };
  }
}

/** HTTP/2, and Node's part of it, is loaded when a server speaks it: only to a dispatcher of the app's. */
function standInFor(id: string) {
  if (id !== './client-h2.js') return undefined;
  return (load: Load) =>
    (...args: unknown[]) =>
      load<(...args: unknown[]) => unknown>()(...args);
}
