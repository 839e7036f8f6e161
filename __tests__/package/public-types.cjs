// The declarations that an app's compiler reads name only packages that the app has.
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const root = join(__dirname, '../..');
const { dependencies, peerDependencies, exports: entries } = require(join(root, 'package.json'));
const known = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
const seen = new Set();
const foreign = [];

function read(file) {
  if (seen.has(file)) return;
  seen.add(file);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import\(|import) ?'([^']+)'/g)) {
    if (target.startsWith('.')) {
      read(join(dirname(file), target.endsWith('.js') ? target.replace(/\.js$/, '.d.ts') : `${target}.d.ts`));
    } else if (
      !target.startsWith('node:') &&
      !known.some((name) => target === name || target.startsWith(`${name}/`))
    ) {
      foreign.push(`${file} imports ${target}`);
    }
  }
}

const types = (entry) =>
  typeof entry === 'string'
    ? []
    : [entry.types, ...Object.values(entry).flatMap((inner) => inner.types ?? [])];
for (const entry of Object.values(entries))
  for (const file of types(entry).filter(Boolean)) read(join(root, file));
assert.ok(seen.size > 5, 'the declarations were found');
assert.deepEqual(foreign, []);
