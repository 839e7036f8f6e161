/**
 * Whether a request comes from the inbox itself, from a program, or from a link that someone followed: any other page
 * could delete mail and arm faults.
 */
export function isOwnRequest({ method, headers }: Request): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  const site = headers.get('sec-fetch-site');
  // Browsers say where a request comes from. Programs such as curl do not, and no web page can act through them.
  if (isRead) return site === null || !isForeign(site) || headers.get('sec-fetch-mode') === 'navigate';
  const origin = headers.get('origin');
  if (origin !== null && origin !== `http://${headers.get('host')}`) return false;
  return site === null || !isForeign(site);
}

/** Another port of this machine counts as another site. */
function isForeign(site: string): boolean {
  return site !== 'same-origin' && site !== 'none';
}
