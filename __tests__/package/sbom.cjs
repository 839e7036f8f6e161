// Prints what is installed with this package, as CycloneDX. From a copy without the development's own packages:
// `npm sbom --omit=dev` leaves out those that both need.
const { execFileSync } = require('node:child_process');
const { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '../..');
const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
try {
  const { devDependencies, peerDependencies, peerDependenciesMeta, overrides, ...manifest } =
    read('package.json');
  const { packages, ...lock } = read('package-lock.json');
  const installed = Object.entries(packages).filter(
    ([path, { dev, devOptional, peer }]) => path !== '' && !dev && !devOptional && !peer,
  );
  // npm names what is described after the folder.
  const copy = join(folder, manifest.name);
  mkdirSync(copy);
  const write = (file, value) => writeFileSync(join(copy, file), JSON.stringify(value));
  write('package.json', manifest);
  write('package-lock.json', { ...lock, packages: { '': manifest, ...Object.fromEntries(installed) } });
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
  const sbom = execFileSync('npm', args, {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { components } = JSON.parse(sbom);
  if (components.length !== installed.length)
    throw new Error(`The list has ${components.length} of ${installed.length} packages.`);
  process.stdout.write(sbom);
} finally {
  rmSync(folder, { recursive: true });
}
