// Every package that is installed with this one has a licence that goes with MIT. Prints them all.
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '../..');
const COMPATIBLE = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'MIT-0',
  'BlueOak-1.0.0',
];

/** Whether one may choose a compatible licence from an SPDX expression. */
const isCompatible = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => COMPATIBLE.includes(each)));

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const installed = Object.entries(packages).filter(
  ([path, { dev, devOptional, peer }]) => path !== '' && !dev && !devOptional && !peer,
);
assert.ok(installed.length > 20, 'the dependencies were found');
const found = installed.map(([path]) => {
  const { name, version, license, licenses } = JSON.parse(
    readFileSync(join(root, path, 'package.json'), 'utf8'),
  );
  return { name: `${name}@${version}`, licence: license?.type ?? license ?? licenses?.[0]?.type ?? 'none' };
});
for (const { name, licence } of found.sort(
  (a, b) => a.licence.localeCompare(b.licence) || a.name.localeCompare(b.name),
))
  console.log(`${licence.padEnd(14)} ${name}`);
assert.deepEqual(
  found.filter(({ licence }) => !isCompatible(licence)),
  [],
);
