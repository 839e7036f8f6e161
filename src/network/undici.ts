/**
 * The only place that loads undici. It uses the file's name because Bun replaces the bare name with a stub of
 * its own (Bun 1.4), whose dispatchers make no requests.
 */
export { Agent, EnvHttpProxyAgent, fetch, Pool, ProxyAgent, request } from 'undici/index.js';
