import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { GraphTransportOptions } from '../../src/index';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../support/connect-proxy';
import { TLS } from '../support/tls';
import { startTlsSandbox, type TlsSandbox } from '../support/tls-sandbox';

let sandbox: TlsSandbox;
const proxies: ConnectProxy[] = [];
beforeEach(async () => {
  sandbox = await startTlsSandbox();
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await sandbox.close();
});

async function startProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options);
  proxies.push(proxy);
  return proxy;
}

/** Sends from a process whose environment has Node check no certificates, and tells what that process wrote. */
function sendUnchecked(options: GraphTransportOptions, env: Record<string, string> = {}): Promise<string> {
  const files = ['typescript.cjs', 'send-job.ts'].map((file) => join(__dirname, '../support', file));
  const mail = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--require', ...files],
      { env: { PATH: process.env.PATH, NODE_TLS_REJECT_UNAUTHORIZED: '0', ...env } },
      (_, stdout, stderr) => resolve(stdout + stderr),
    );
    child.stdin?.end(
      JSON.stringify({ options: { ...sandbox.options, retry: { attempts: 1 }, ...options }, mail }),
    );
  });
}

const onThisMachine = () => ({
  authorityHost: `https://localhost:${sandbox.port}`,
  graphEndpoint: `https://localhost:${sandbox.port}`,
});

test.each<[string, () => Promise<[GraphTransportOptions, Record<string, string>?]>]>([
  ['of Entra', async () => [onThisMachine()]],
  [
    'of Entra, given other options of tls',
    async () => [{ ...onThisMachine(), tls: { minVersion: 'TLSv1.2' } }],
  ],
  ['of Entra behind a proxy', async () => [{ proxy: (await startProxy()).url }]],
  ['of a proxy', async () => [{ proxy: (await startProxy({ secure: true })).url }]],
  [
    'of a proxy of the environment',
    async () => [{}, { HTTPS_PROXY: (await startProxy({ secure: true })).url }],
  ],
  ['of Entra behind such a proxy', async () => [{}, { HTTPS_PROXY: (await startProxy()).url }]],
  [
    'of a host that no proxy is for',
    async () => [onThisMachine(), { HTTPS_PROXY: (await startProxy()).url }],
  ],
])('NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch off the check of the certificate %s', async (_, given) => {
  const [options, env] = await given();
  const said = await sendUnchecked(options, env);
  expect(said).toContain("code: 'ECONNECTION'");
  expect(said).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  expect(sandbox.requests).toEqual([]);
  if (options.proxy?.startsWith('https:')) expect(proxies[0]?.tunnels).toEqual([]);
});

test.each<[string, ConnectProxyOptions]>([
  ['a proxy', {}],
  ['a proxy over TLS', { secure: true }],
])('with that variable and the right authority a message goes through %s', async (_, kind) => {
  const { url: proxy } = await startProxy(kind);
  await sendUnchecked({ proxy, tls: { ca: TLS.ca, rejectUnauthorized: true } });
  expect(sandbox.messages).toHaveLength(1);
});
