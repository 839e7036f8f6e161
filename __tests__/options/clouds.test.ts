import { CLOUD_NAMES, CLOUDS, cloudProblems, isNationalEndpoint } from '../../src/options/clouds';
import { ALL_PAGES, tableOf } from '../support/pages';

test('the table of clouds has the endpoints of the code', () => {
  expect(tableOf(ALL_PAGES, '`cloud`', 'Serves', 'Graph', 'Entra')).toEqual(
    CLOUD_NAMES.map((name) => {
      const { serves, graphEndpoint, authorityHosts } = CLOUDS[name];
      const authorities = authorityHosts.map((host) => `\`${host}\``).join(' or ');
      return [`\`${name}\``, serves, `\`${graphEndpoint}\``, authorities];
    }),
  );
});

test('knows which clouds lack what only the global one has', () => {
  expect(CLOUD_NAMES.filter((name) => isNationalEndpoint(CLOUDS[name].graphEndpoint))).toEqual(
    CLOUD_NAMES.filter((name) => name !== 'global'),
  );
  expect(isNationalEndpoint('http://127.0.0.1:4250')).toBe(false);
});

test.each(CLOUD_NAMES)(
  'each Entra of the cloud %s goes with its Graph, and no Graph of another cloud',
  (cloud) => {
    const { graphEndpoint, authorityHosts } = CLOUDS[cloud];
    for (const authorityHost of authorityHosts) {
      expect(cloudProblems(cloud, graphEndpoint, authorityHost)).toEqual([]);
      expect(cloudProblems(undefined, graphEndpoint, authorityHost)).toEqual([]);
      for (const other of CLOUD_NAMES) {
        const isOurs = CLOUDS[other].authorityHosts.some((host) => host === authorityHost);
        const problems = cloudProblems(undefined, CLOUDS[other].graphEndpoint, authorityHost);
        expect([other, problems.length]).toEqual([other, isOurs ? 0 : 1]);
      }
    }
  },
);

test('an endpoint that is not in a cloud goes with any', () => {
  expect(cloudProblems('china', 'http://127.0.0.1:4250', 'http://127.0.0.1:4250')).toEqual([]);
});
