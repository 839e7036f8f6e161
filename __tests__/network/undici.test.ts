import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import undici from 'undici';
import type { StandIn } from '../../src/late-packages';
import { Agent, httpConnector, request, wholeUndici } from '../../src/network/undici';

type Network = typeof import('../../src/network/undici');

const file = join(__dirname, '../../src/network/undici.ts');
const typescript = join(__dirname, '../support/typescript.cjs');

/** The files of undici that a process loads, by their paths in it. */
function filesLoadedBy(script: string): string[] {
  const list = `${script}; console.log(JSON.stringify(Object.keys(require.cache)))`;
  const printed = execFileSync(process.execPath, ['--require', typescript, '-e', list], { encoding: 'utf8' });
  const loaded: string[] = JSON.parse(printed);
  return loaded.flatMap((name) => name.split(/node_modules[/\\]undici[/\\]/)[1] ?? []);
}

test("direct connections use undici's own Agent, without the rest of undici", () => {
  expect(Agent).toBe(undici.Agent);
  const loaded = filesLoadedBy(`require(${JSON.stringify(file)})`);
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.filter((name) => /^index|mock|web|interceptor|proxy-agent/.test(name))).toEqual([]);
});

test('requests are made by the function that undici itself gives its dispatchers', () => {
  expect(request).toBe(undici.Dispatcher.prototype.request);
});

test('proxies load all of undici', () => {
  const loaded = filesLoadedBy(`require(${JSON.stringify(file)}).wholeUndici()`);
  expect(loaded).toContain('index.js');
});

/** The module as it is loaded when others are what is given here. */
function loadedWith(others: Record<string, () => unknown>): Network {
  const loaded: Network[] = [];
  jest.isolateModules(() => {
    for (const [name, other] of Object.entries(others)) jest.doMock(name, other);
    try {
      loaded.push(require('../../src/network/undici'));
    } finally {
      for (const name of Object.keys(others)) jest.dontMock(name);
    }
  });
  const [network] = loaded;
  if (!network) throw new Error('nothing was loaded');
  return network;
}

test.each(['undici/lib/dispatcher/agent.js', 'undici/lib/api/api-request.js'])(
  'all of undici is loaded if it has no %s',
  (missing) => {
    const fallback = loadedWith({
      [missing]: () => {
        throw new Error(`Cannot find module '${missing}'`);
      },
      'undici/index.js': () => undici,
    });
    expect(fallback.Agent).toBe(undici.Agent);
    expect(fallback.request).toBe(undici.Dispatcher.prototype.request);
  },
);

test('direct connections work where the rest of undici cannot be loaded', () => {
  const network = loadedWith({
    'undici/index.js': () => {
      throw new Error('all of undici was loaded');
    },
  });
  expect(new network.Agent()).toMatchObject({ closed: false });
  expect(network.request).toHaveLength(undici.Dispatcher.prototype.request.length);
});

test("proxies connect by undici's own ProxyAgent", () => {
  expect(wholeUndici().ProxyAgent).toBe(undici.ProxyAgent);
});

test('HTTP/1.1 does not begin on a socket that has failed', async () => {
  const errored = new Error('the socket has failed');
  const beginning = async () => httpConnector()({}, { errored });
  await expect(beginning()).rejects.toBe(errored);
});

test('HTTP/2 is loaded when a server speaks it, and nothing else that a connection needs is late', async () => {
  const loadWith = jest.fn((_standInFor: (id: string) => StandIn | undefined, load: () => unknown) => load());
  loadedWith({ '../../src/late-packages': () => ({ loadWith }) });
  const [standInFor] = loadWith.mock.calls[0] ?? [];
  expect(standInFor?.('./client-h1.js')).toBeUndefined();
  const connectHttp2 = jest.fn(async () => 'connected');
  const load = jest.fn(() => connectHttp2);
  const late: unknown = Reflect.apply(standInFor?.('./client-h2.js') ?? (() => undefined), undefined, [load]);
  expect(load).not.toHaveBeenCalled();
  const connected = typeof late === 'function' ? late('client', 'socket') : undefined;
  expect(load).toHaveBeenCalledTimes(1);
  expect(connectHttp2).toHaveBeenCalledWith('client', 'socket');
  expect(await connected).toBe('connected');
});
