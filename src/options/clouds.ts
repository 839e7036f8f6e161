/** Microsoft's clouds by the names of the option `cloud`. */
export type CloudName = 'global' | 'usgov' | 'usgov-dod' | 'china';

/** Where a cloud's Graph is, and the Entra that issues tokens for it. */
export interface Cloud {
  /** The tenants it is for. */
  serves: string;
  graphEndpoint: string;
  /** The documented origin first; then other spellings of the same Entra. */
  authorityHosts: readonly [string, ...string[]];
}

/**
 * Source: Microsoft Graph documentation, concepts/deployments.md. A token from one cloud is not valid in
 * another. Users report China's second authority host, a newer name for the first.
 */
export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  global: {
    serves: 'most tenants, including GCC',
    graphEndpoint: 'https://graph.microsoft.com',
    authorityHosts: ['https://login.microsoftonline.com'],
  },
  usgov: {
    serves: 'US Government L4 (GCC High)',
    graphEndpoint: 'https://graph.microsoft.us',
    authorityHosts: ['https://login.microsoftonline.us'],
  },
  'usgov-dod': {
    serves: 'US Government L5 (DoD)',
    graphEndpoint: 'https://dod-graph.microsoft.us',
    authorityHosts: ['https://login.microsoftonline.us'],
  },
  china: {
    serves: 'China, operated by 21Vianet',
    graphEndpoint: 'https://microsoftgraph.chinacloudapi.cn',
    authorityHosts: ['https://login.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn'],
  },
};

/** The names of the clouds, in the order of the table. */
export const CLOUD_NAMES = ['global', 'usgov', 'usgov-dod', 'china'] as const satisfies CloudName[];

/**
 * What is wrong when endpoints belong to different clouds. An origin that belongs to no cloud, such as a proxy
 * or the sandbox, may be combined with any other.
 *
 * @param chosen the option `cloud`, if it is given
 * @param authorityHost where tokens come from, if we request them ourselves
 */
export function cloudProblems(
  chosen: CloudName | undefined,
  graphEndpoint: string,
  authorityHost: string | undefined,
): string[] {
  const ofGraph = CLOUD_NAMES.filter((name) => CLOUDS[name].graphEndpoint === graphEndpoint);
  const ofAuthority = CLOUD_NAMES.filter((name) =>
    CLOUDS[name].authorityHosts.some((host) => host === authorityHost),
  );
  const foreign = [
    { what: `graphEndpoint ${graphEndpoint}`, clouds: ofGraph },
    { what: `authorityHost ${authorityHost}`, clouds: ofAuthority },
  ].filter(({ clouds }) => chosen && clouds.length > 0 && !clouds.includes(chosen));
  if (foreign.length > 0) {
    return foreign.map(
      ({ what, clouds }) =>
        `cloud is ${chosen}, but ${what} belongs to ${clouds.join(' and ')}: leave out one of them`,
    );
  }
  if (
    ofGraph.length === 0 ||
    ofAuthority.length === 0 ||
    ofGraph.some((name) => ofAuthority.includes(name))
  ) {
    return [];
  }
  return [
    `graphEndpoint ${graphEndpoint} belongs to the cloud ${ofGraph.join(' and ')} and authorityHost ${authorityHost} to ${ofAuthority.join(' and ')}, but Graph accepts tokens of its own cloud only: set cloud instead of both`,
  ];
}

/** Whether an endpoint is that of a national cloud, which lacks some of what the global one has. */
export function isNationalEndpoint(graphEndpoint: string): boolean {
  return CLOUD_NAMES.some((name) => name !== 'global' && CLOUDS[name].graphEndpoint === graphEndpoint);
}
