// The same tests without the shortcuts: what Nodemailer and plain code do must be enough for each of them.
const { jest } = require('../../package.json');

const plain = (name) => [`/${name}$`, `<rootDir>/__tests__/plain/${name}.ts`];

module.exports = {
  ...jest,
  rootDir: '../..',
  // These are about the shortcuts themselves.
  testPathIgnorePatterns: ['<rootDir>/__tests__/nodemailer/'],
  moduleNameMapper: Object.fromEntries(['compose-small', 'stream-large', 'base64-lines'].map(plain)),
};
