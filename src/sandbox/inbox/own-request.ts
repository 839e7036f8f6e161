/** Whether a request to the inbox comes from the inbox itself, from nowhere, or as a link that somebody followed. */
export function isOwnRequest({ method, headers }: Request): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  const site = headers.get('sec-fetch-site');
  // Browsers say where a request comes from; programs such as curl do not, and no web page can act through them.
  if (isRead) return site === null || !isForeign(site) || headers.get('sec-fetch-mode') === 'navigate';
  const origin = headers.get('origin');
  if (origin !== null && origin !== `http://${headers.get('host')}`) return false;
  return site === null || !isForeign(site);
}

/** Another port of this machine is another site's page as well. */
function isForeign(site: string): boolean {
  return site !== 'same-origin' && site !== 'none';
}
