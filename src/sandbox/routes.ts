/** What a path asks for, and the values in it, percent-decoded. */
export type Route = GraphRoute | EntraRoute | { to: 'nowhere' };
export type GraphRoute = { to: 'send-mail'; user: string } | { to: 'me' } | { to: 'not-played' };
export type EntraRoute =
  | { to: 'token'; tenant: string }
  | { to: 'openid-configuration'; tenant: string }
  | { to: 'instance-discovery' };

/** Tells the two services apart by path alone, so that one handler can stand behind any host name. */
export function chooseRoute(path: string): Route {
  const segments = decodeSegments(path);
  if (segments === undefined) return { to: 'nowhere' };
  const [first = '', ...rest] = segments;
  if (/^(?:v1\.0|beta)$/i.test(first)) return chooseGraphRoute(first, rest);
  return chooseEntraRoute(first, rest.join('/').toLowerCase());
}

function chooseGraphRoute(version: string, segments: string[]): Route {
  const [collection = '', user = '', action = ''] = segments;
  if (/^me$/i.test(collection)) return { to: 'me' };
  const isSendMail = segments.length === 3 && /^users$/i.test(collection) && /^sendMail$/i.test(action);
  return isSendMail && user !== '' && version.toLowerCase() === 'v1.0'
    ? { to: 'send-mail', user }
    : { to: 'not-played' };
}

function chooseEntraRoute(tenant: string, rest: string): Route {
  if (rest === 'oauth2/v2.0/token') return { to: 'token', tenant };
  if (rest === 'v2.0/.well-known/openid-configuration') return { to: 'openid-configuration', tenant };
  if (tenant === 'common' && rest === 'discovery/instance') return { to: 'instance-discovery' };
  return { to: 'nowhere' };
}

/** Split first, decoded after: a mailbox whose name holds an encoded slash stays one segment. */
function decodeSegments(path: string): string[] | undefined {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
