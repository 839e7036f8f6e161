import { isLoopback } from './own-hosts';

/**
 * The address that a sandbox reports its messages to.
 *
 * @throws TypeError with the code `ECONFIG`
 */
export function checkWebhook(webhook: unknown, allowRemote: unknown): URL | undefined {
  if (typeof allowRemote !== 'boolean') throw wrong('Expected `allowRemoteWebhook` to be true or false');
  if (webhook === undefined) return undefined;
  const url = typeof webhook === 'string' && URL.canParse(webhook) ? new URL(webhook) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrong('Expected `webhook` to be a URL such as http://127.0.0.1:3000/mail');
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong('Expected `webhook` to have no user name or password');
  }
  if (isLoopback(url.hostname) || allowRemote) return url;
  throw wrong(
    `The webhook ${nameOfWebhook(url)} is on another machine, which would get every message. If that is meant, allow it: allowRemoteWebhook (--allow-remote-webhook)`,
  );
}

/** For warnings: without the query, which may hold a secret. */
export function nameOfWebhook({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function wrong(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ECONFIG' });
}
