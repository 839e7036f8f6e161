import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import undici from 'undici';
import { Agent, request } from '../../src/network/undici';

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

test.each(['undici/lib/dispatcher/agent.js', 'undici/lib/api/api-request.js'])(
  'all of undici is loaded if it has no %s',
  (missing) => {
    jest.isolateModules(() => {
      jest.doMock(missing, () => {
        throw new Error(`Cannot find module '${missing}'`);
      });
      jest.doMock('undici/index.js', () => undici);
      const fallback: typeof import('../../src/network/undici') = require('../../src/network/undici');
      expect(fallback.Agent).toBe(undici.Agent);
      expect(fallback.request).toBe(undici.Dispatcher.prototype.request);
    });
  },
);
