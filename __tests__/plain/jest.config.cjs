// The same tests without the shortcuts, and on another clock: what Nodemailer and plain code do must be enough for each
// of them, and the machine's own time must not matter.
const { jest } = require('../../package.json');

const plain = (name) => [`/${name}$`, `<rootDir>/__tests__/plain/${name}.ts`];

// Workers inherit it.
process.env.ALL_FAULTS = '1';

module.exports = {
  ...jest,
  rootDir: '../..',
  setupFiles: ['<rootDir>/__tests__/plain/clock.ts'],
  // All that a mail passes through. The tests of nodemailer/ are about the shortcuts themselves.
  testMatch: ['transport', 'delivery', 'message', 'mime', 'evidence', 'bullmq', 'simulation'].map(
    (folder) => `<rootDir>/__tests__/${folder}/**/*.test.ts`,
  ),
  // Nodemailer leaves a lone CR in quoted-printable text as it is, and no two readers agree on it there: what the
  // shortcut sends as JSON is then sent as MIME, or refused.
  testPathIgnorePatterns: [
    '<rootDir>/__tests__/mime/body-text',
    // They are about shortcuts themselves.
    '<rootDir>/__tests__/mime/base64-lines',
    '<rootDir>/__tests__/mime/parse-at-once',
  ],
  moduleNameMapper: Object.fromEntries(
    ['compose-small', 'stream-large', 'base64-lines', 'parse-at-once'].map(plain),
  ),
};
