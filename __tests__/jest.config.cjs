// What `npm test` runs with: the settings of package.json, which `npx jest` finds there, and one worker more than there
// are cores. Some tests wait for a timeout or another process, and the cores have work meanwhile.
const { availableParallelism } = require('node:os');
const { jest } = require('../package.json');

module.exports = { ...jest, rootDir: '..', maxWorkers: availableParallelism() + 1 };
