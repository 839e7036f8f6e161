import Module from 'node:module';
import { type Load, latePackage, loadWith, type StandIn } from '../src/late-packages';

/** Requires something as a module of a package does. */
const required = (id: string): unknown => new Module('/a/module.js').require(id);
let load: Load | undefined;
const lateUrl: StandIn = (loadUrl) => {
  load = loadUrl;
  return 'late';
};
const standInForUrl = (id: string) => (id === 'node:url' ? lateUrl : undefined);

test('what is loaded here gets the stand-in, which can load the package, and all else as it is', () => {
  const { late, other } = loadWith(standInForUrl, () => ({
    late: required('node:url'),
    other: required('node:path'),
  }));
  expect(other).toHaveProperty('join');
  expect(late).toBe('late');
  expect(load?.()).toHaveProperty('URL');
});

test('the app gets the package itself afterwards, even if loading has failed', () => {
  loadWith(standInForUrl, () => undefined);
  expect(required('node:url')).toHaveProperty('URL');
  const fail = () => {
    throw new Error('Cannot find module');
  };
  expect(() => loadWith(standInForUrl, fail)).toThrow('Cannot find module');
  expect(required('node:url')).toHaveProperty('URL');
});

test('where modules have no require of their own, as in a bundle, everything is loaded at once', () => {
  const { require } = Module.prototype;
  Reflect.set(Module.prototype, 'require', undefined);
  try {
    expect(loadWith(standInForUrl, () => 'loaded')).toBe('loaded');
    expect(Reflect.get(Module.prototype, 'require')).toBeUndefined();
  } finally {
    Reflect.set(Module.prototype, 'require', require);
  }
});

test('a late package is loaded when something is read that is not known of it', () => {
  let loads = 0;
  const holder: object = {
    package: { convert: 'converted', __esModule: 'read', [Symbol.toStringTag]: 'Package' },
  };
  const load: Load = () => {
    loads++;
    return Reflect.get(holder, 'package');
  };
  const late = latePackage(load, { __esModule: undefined, version: '1' });
  expect([Reflect.get(late, '__esModule'), Reflect.get(late, 'version'), loads]).toEqual([undefined, '1', 0]);
  expect([Reflect.get(late, 'convert'), loads]).toEqual(['converted', 1]);
  // Not what every object has.
  expect([Reflect.get(late, 'toString'), loads]).toEqual([Object.prototype.toString, 2]);
  expect([Reflect.get(late, Symbol.toStringTag), loads]).toEqual(['Package', 3]);
  expect(Reflect.get(latePackage(load), '__esModule')).toBe('read');
});
