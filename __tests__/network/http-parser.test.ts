import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import { startSandbox } from '../../src/sandbox';
import { outcomeOf, startCli } from '../support/cli-process';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const typescript = join(__dirname, '../support/typescript.cjs');
const source = (name: string) => JSON.stringify(join(__dirname, '../../src', name));

/** How often V8 optimises WebAssembly in a process that gets ten answers. */
function optimised(setUp: string, flags: string[] = []): number {
  const script = `
    require('node:v8').setFlagsFromString('--trace-wasm-compilation-times');
    const { createDispatcher } = require(${source('network/dispatcher.ts')});
    const { makeParser } = require(${source('network/http-parser.ts')});
    const { request } = require(${source('network/undici.ts')});
    ${setUp};
    const dispatcher = createDispatcher({}, {});
    const server = require('node:http').createServer((_, response) => response.end('ok'));
    server.listen(0, '127.0.0.1', async () => {
      const origin = 'http://127.0.0.1:' + server.address().port;
      for (let n = 0; n < 10; n++) {
        const answer = await request.call(dispatcher, { origin, path: '/', method: 'GET' });
        await answer.body.text();
      }
      await dispatcher.close();
      server.close();
    });`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '--require', typescript, '-e', script],
    // Jest's own variable makes undici choose another parser.
    { encoding: 'utf8', env: { ...process.env, JEST_WORKER_ID: '', NODE_OPTIONS: '' } },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.match(/using TurboFan/g)?.length ?? 0;
}

test("V8 does not optimise undici's parser for the first answers", () => {
  expect(optimised('')).toBe(1);
  expect(optimised('makeParser()')).toBe(0);
});

test.each([
  ['a transport has that done', '', 0],
  ['not with tuneV8: false', 'tuneV8: false', 1],
  ["not with the app's own dispatcher, which may have another parser", 'dispatcher: { dispatch() {} }', 1],
])('%s', (_what, option, times) => {
  const transport = `
    const { GraphTransport } = require(${source('index.ts')});
    const credential = { getToken: async () => null };
    new GraphTransport({ userId: 'app@contoso.example', credential, ${option} });`;
  expect(optimised(transport)).toBe(times);
});

test('flags for WebAssembly that Node was started with stay as they are', () => {
  expect(optimised('makeParser()', ['--wasm-tiering-budget=1000000'])).toBe(1);
});

const makeIt = `require(${source('network/http-parser.ts')}).makeParser(); console.log('goes on');`;
const inWorker = `new (require('node:worker_threads').Worker)(${JSON.stringify(makeIt)}, { eval: true, execArgv: ['--require', ${JSON.stringify(typescript)}] })`;

test.each([
  ['goes on', makeIt],
  ['goes on in a worker that does not see them', inWorker],
])('a process whose flags are read-only %s', (_where, script) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--freeze-flags-after-init', '--require', typescript, '-e', script],
    { encoding: 'utf8', env: { ...process.env, JEST_WORKER_ID: '', NODE_OPTIONS: '' } },
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'goes on\n' });
});

test('the flag has its usual value again, so other modules are optimised as ever', () => {
  // A function that is called so often that it uses up the usual budget, but not the parser's.
  const wasm = `new WebAssembly.Module(Uint8Array.of(
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 1, 127, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0,
    10, 16, 1, 14, 0, 3, 64, 32, 0, 65, 1, 107, 34, 0, 13, 0, 11, 11))`;
  expect(optimised(`makeParser(); new WebAssembly.Instance(${wasm}).exports.f(3000000)`)).toBe(1);
});

test('the command has it done once it connects, and not to show its help', async () => {
  const preload = join(folder(), 'tell.cjs');
  const telling = 'require("node:v8").setFlagsFromString = (flag) => process.stderr.write(flag + "\\n");';
  writeFileSync(preload, telling);
  const sandbox = await startSandbox();
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--require ${preload}`, ...sandbox.env };
  const flagsOf = async (...args: string[]) => (await outcomeOf(startCli(args, { env }))).stderr;
  expect(await flagsOf('verify')).toMatch(/^--wasm-tiering-budget=\d+\n--wasm-tiering-budget=\d+\n/);
  expect(await flagsOf('verify', '--help')).toBe('');
  await sandbox.close();
});

describe('in a process', () => {
  const { versions, execArgv } = process;
  const options = process.env.NODE_OPTIONS;
  afterEach(() => {
    Object.assign(process, { execArgv });
    Object.defineProperty(process, 'versions', { value: versions });
    if (options === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = options;
    jest.restoreAllMocks();
  });

  interface Surroundings {
    v8?: string;
    electron?: string;
    args?: string[];
    nodeOptions?: string;
  }

  /** What makeParser() does, called twice: the flags that it sets, and when undici makes its parser. */
  function stepsOf(
    { v8: version = '12.4.254.21-node.57', electron, args = [], nodeOptions = '' }: Surroundings,
    connect = failed,
  ) {
    const steps: string[] = [];
    Object.assign(process, { execArgv: args });
    Object.defineProperty(process, 'versions', {
      value: { ...versions, v8: version, ...(electron && { electron }) },
    });
    process.env.NODE_OPTIONS = nodeOptions;
    jest.spyOn(v8, 'setFlagsFromString').mockImplementation((flag) => steps.push(flag));
    jest.isolateModules(() => {
      jest.doMock('../../src/network/undici', () => ({
        httpConnector: () => (_client: object, socket: { errored?: Error }) => {
          steps.push('the parser is made');
          return connect(socket);
        },
      }));
      const {
        makeParser,
      }: typeof import('../../src/network/http-parser') = require('../../src/network/http-parser');
      makeParser();
      makeParser();
    });
    jest.dontMock('../../src/network/undici');
    return steps;
  }

  async function failed({ errored }: { errored?: Error }) {
    if (errored) throw errored;
    throw new Error('a connection was begun on no socket');
  }

  test.each([
    ['11.3.244.8-node.38', 1_800_000],
    ['12.4.254.21-node.57', 13_000_000],
    ['13.6.233.17-node.53', 13_000_000],
  ])('of V8 %s the parser is made once, and the flag is then what it was', (version, usual) => {
    expect(stepsOf({ v8: version })).toEqual([
      expect.stringMatching(/^--wasm-tiering-budget=\d{9}$/),
      'the parser is made',
      `--wasm-tiering-budget=${usual}`,
    ]);
  });

  test('of a V8 whose usual value is not known, no flag changes', () => {
    expect(stepsOf({ v8: '99.1.2.3-node.4' })).toEqual([]);
    expect(stepsOf({ v8: '' })).toEqual([]);
  });

  test.each<[string, Surroundings]>([
    ['Electron', { v8: '12.4.254.20-electron.0', electron: '31.0.0' }],
    ['an Electron that calls its V8 as Node does', { electron: '31.0.0' }],
    ["a program with Chromium's V8", { v8: '12.4.254.20' }],
    ['Deno', { v8: '13.0.245.12-rusty' }],
  ])('in %s, where flags may be read-only, no flag changes', (_program, surroundings) => {
    expect(stepsOf(surroundings)).toEqual([]);
  });

  test('the flag is what it was also if undici fails', () => {
    const connect = () => {
      throw new Error('undici has changed');
    };
    expect(stepsOf({}, connect).at(-1)).toBe('--wasm-tiering-budget=13000000');
  });

  test.each<[string, Surroundings]>([
    ['on the command line', { args: ['--no-warnings', '--wasm-tiering-budget=1'] }],
    ['in NODE_OPTIONS', { nodeOptions: '--no-warnings --no-wasm-opt' }],
    ['in quotes', { nodeOptions: '"--wasm-tiering-budget=1"' }],
    ['with underscores', { args: ['--wasm_tiering_budget=1'] }],
  ])('that has flags for WebAssembly %s, they stay', (_where, surroundings) => {
    expect(stepsOf(surroundings)).toEqual([]);
  });

  test.each<[string, Surroundings]>([
    ['other flags', { args: ['--expose-gc'], nodeOptions: '--max-old-space-size=4096 --title app--wasm' }],
    ['a file named after WebAssembly', { args: ['--require', './wasm.js'] }],
  ])('that has %s, the parser is made', (_what, surroundings) => {
    expect(stepsOf(surroundings)).toHaveLength(3);
  });
});
