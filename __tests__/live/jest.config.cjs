// The checks against a real tenant, which `npm test` leaves alone.
const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/live/live.ts'],
  testTimeout: 900_000,
};
