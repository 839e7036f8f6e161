// It relies on Node's modules loading others through `Module.prototype.require`. Where they do not, as in a bundle, the
// packages are loaded at once; mime/mail-packages.test.ts tells.
import Module from 'node:module';

/** Loads the package itself. */
export type Load = <T>() => T;

/** Makes what a module gets in place of a package. */
export type StandIn = (load: Load) => unknown;

/**
 * Loads something, with stand-ins for packages that it needs only for what is seldom asked of it. Just the modules that
 * are loaded here get the stand-ins, never the app.
 *
 * @param standInFor the stand-in for what a module requires by that name; undefined to load it
 */
export function loadWith<T>(standInFor: (id: string) => StandIn | undefined, load: () => T): T {
  const prototype: Partial<Module> | undefined = Module.prototype;
  const original = prototype?.require;
  if (!prototype || !original) return load();
  prototype.require = function require(this: Module, id: string): unknown {
    const standIn = standInFor(id);
    return standIn ? standIn(() => original.call(this, id)) : original.call(this, id);
  };
  try {
    return load();
  } finally {
    prototype.require = original;
  }
}

/**
 * A stand-in that loads the package as soon as something of it is read.
 *
 * @param known what is certain without loading it
 */
export function latePackage(load: Load, known: Readonly<Record<string, unknown>> = {}): object {
  return new Proxy(
    {},
    {
      get: (_, name) =>
        typeof name === 'string' && Object.hasOwn(known, name)
          ? known[name]
          : Reflect.get(load<object>(), name),
    },
  );
}
