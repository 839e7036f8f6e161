import type { Sandbox } from '../create-sandbox';
import type { SandboxMessage } from '../mail/message';
import { actOnForm } from './act-on-form';
import { isOwnRequest } from './own-request';
import { refusalPage } from './refusal-page';
import { showPage } from './show-page';

/** What the pages of one inbox have in common. */
export interface Inbox {
  readonly sandbox: Sandbox;
  /** Messages that somebody has opened. */
  readonly seen: WeakSet<SandboxMessage>;
}

/** Whether a path is one of the inbox's, and not one of the services'. */
export function isInboxPath(path: string): boolean {
  return path === '/' || path === '/inbox' || path.startsWith('/inbox/');
}

/** The web inbox of a sandbox. Its answers are pages, also where it refuses: it is people who ask. */
export function serveInbox(sandbox: Sandbox): (request: Request) => Promise<Response> {
  const inbox: Inbox = { sandbox, seen: new WeakSet() };

  return async (request) => {
    if (!isOwnRequest(request)) {
      return refusalPage(
        inbox,
        403,
        'This request comes from the page of another site, which has no business here.',
      );
    }
    const path = segmentsOf(request);
    if (path === undefined) return refusalPage(inbox, 404, 'Nothing is here.');
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return showPage(inbox, request, path) ?? refusalPage(inbox, 404, 'Nothing is here, or not any more.');
      case 'POST':
        return (
          (await actOnForm(inbox, request, path)) ??
          refusalPage(inbox, 404, 'Nothing is here, or not any more.')
        );
      default:
        return refusalPage(inbox, 405, `The inbox takes GET and POST, not ${request.method}.`);
    }
  };
}

/** What follows `/inbox/`, percent-decoded: an id may hold anything. */
function segmentsOf(request: Request): string[] | undefined {
  const { pathname } = new URL(request.url);
  try {
    return pathname.split('/').slice(2).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
