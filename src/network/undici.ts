/**
 * The one place where undici is loaded. By the name of its file: Bun replaces the bare name by a stub of its own
 * (Bun 1.4), whose dispatchers make no request.
 */
export { Agent, EnvHttpProxyAgent, fetch, Pool, ProxyAgent, request } from 'undici/index.js';
