// Lets a child process of a test run the sources as they are: `node --require` this file. What is compiled once is
// kept: the tests start hundreds of processes, each of which needs a hundred files.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('@swc/core/package.json');

const OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
};
const KEPT = join(__dirname, '../../node_modules/.cache/tests-typescript');

require.extensions['.ts'] = (module, filename) => {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256')
    .update(JSON.stringify([version, OPTIONS, filename, source]))
    .digest('hex');
  module._compile(kept(key) ?? compile(source, filename, key), filename);
};

function kept(key) {
  try {
    return readFileSync(join(KEPT, key), 'utf8');
  } catch {
    return undefined;
  }
}

function compile(source, filename, key) {
  const { code } = require('@swc/core').transformSync(source, { ...OPTIONS, filename });
  // Another process may read it meanwhile, so it comes whole or not at all.
  const temporary = join(KEPT, `${key}.${process.pid}`);
  try {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(temporary, code);
    renameSync(temporary, join(KEPT, key));
  } catch {
    // Where nothing can be written, all of it is compiled every time.
  }
  return code;
}
