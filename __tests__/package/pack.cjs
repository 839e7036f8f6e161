// What `npm publish` would upload: all that the package needs, and nothing else.
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '../..');
const manifest = require(join(root, 'package.json'));

const printed = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});
// npm 12 gives an object by package name where older ones give a list.
const [{ files, size }] = Object.values(JSON.parse(printed));
const packed = files.map(({ path }) => path);

/** What the pages of the inbox load: not compiled, but copied. */
const COPIED = 'dist/sandbox/inbox/public/';

/** The source that a file in `dist` was made of. */
const sourceOf = (path) =>
  path.startsWith(COPIED)
    ? path.replace(/^dist/, 'src')
    : path
        .replace(/^dist/, 'src')
        .replace(/\.(?:d\.([mc]?)ts|([mc]?)js)$/, (_, a, b) => `.${a ?? b ?? ''}ts`);
const foreign = packed
  .filter((path) => !['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'].includes(path))
  .filter((path) => !/^docs\/[\w-]+\.(?:md|svg)$/.test(path))
  .filter((path) => !path.startsWith('dist/') || !existsSync(join(root, sourceOf(path))));
assert.deepEqual(foreign, [], 'files that nothing of src was made into');

/** Every path that package.json names. */
const named = (value) =>
  typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap((inner) => named(inner));
const { main, types, bin, exports: entries, typesVersions } = manifest;
const wanted = [main, types, ...named(bin), ...named(entries), ...named(typesVersions)].map((path) =>
  path.replace(/^\.\//, ''),
);
const copied = readdirSync(join(root, COPIED.replace(/^dist/, 'src'))).map((name) => COPIED + name);
assert.deepEqual(
  [...wanted, ...copied, 'README.md', 'LICENSE', 'CHANGELOG.md'].filter((path) => !packed.includes(path)),
  [],
  'files that are missing',
);

const { scripts } = manifest;
const atInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
assert.deepEqual(
  atInstall.filter((name) => name in scripts),
  [],
  'scripts that run when somebody installs the package',
);
assert.ok(size < 650_000, `the package has grown to ${size} bytes`);
console.log(`${packed.length} files, ${size} bytes packed`);
