import { CLOUDS } from './clouds';
import { shownValue } from './given-options';

/** Domains of Microsoft's, besides those of the clouds' endpoints. */
const MICROSOFT = [
  'microsoft.com',
  'microsoft.us',
  'microsoftonline.com',
  'microsoftonline.us',
  'windows.net',
  'azure.com',
  'office.com',
  'office365.com',
  'office365.us',
  'outlook.com',
  'live.com',
  'chinacloudapi.cn',
  'partner.microsoftonline.cn',
];

/** What `insecureSandbox` is set to, and what is wrong with the value. */
export function isInsecureSandbox(
  option: unknown,
  variable: string | undefined,
): { isOn: boolean; problems: string[] } {
  if (option !== undefined) {
    const problems = typeof option === 'boolean' ? [] : ['insecureSandbox must be true or false'];
    return { isOn: option === true, problems };
  }
  const isKnown = variable === undefined || variable === 'true' || variable === 'false';
  const problems = isKnown
    ? []
    : [`GRAPH_INSECURE_SANDBOX must be true or false, got ${shownValue(variable)}`];
  return { isOn: variable === 'true', problems };
}

/**
 * What `insecureSandbox` does not go with: a real secret, token or mail must not leave unencrypted because a setting
 * for tests was left behind.
 */
export function insecureSandboxProblems(given: {
  cloud: unknown;
  credential: unknown;
  graphEndpoint: string;
  authorityHost: string | undefined;
}): string[] {
  const problems: string[] = [];
  if (given.cloud !== undefined)
    problems.push("give either insecureSandbox or cloud, which is Microsoft's, not both");
  if (given.credential !== undefined) {
    problems.push('give either insecureSandbox or credential, whose tokens may be real ones, not both');
  }
  const { graphEndpoint, authorityHost = '' } = given;
  const hosts = Object.entries({ graphEndpoint, authorityHost }).flatMap(([name, origin]) => {
    if (!URL.canParse(origin)) return [];
    const { protocol, hostname } = new URL(origin);
    if (isMicrosofts(hostname)) {
      problems.push(
        `insecureSandbox is for a sandbox only, but ${name} ${origin} is Microsoft's: leave insecureSandbox out`,
      );
    } else if (protocol !== 'http:') {
      problems.push(`insecureSandbox is for a sandbox over http only, but ${name} is ${origin}`);
    }
    return [hostname];
  });
  if (new Set(hosts).size > 1) {
    problems.push('insecureSandbox takes a graphEndpoint and an authorityHost on the same host');
  }
  return problems;
}

function isMicrosofts(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  const ofClouds = Object.values(CLOUDS).flatMap(({ graphEndpoint, authorityHosts }) =>
    [graphEndpoint, ...authorityHosts].map((origin) => new URL(origin).hostname),
  );
  return [...MICROSOFT, ...ofClouds].some((domain) => name === domain || name.endsWith(`.${domain}`));
}
