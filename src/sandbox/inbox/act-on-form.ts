import { readBody } from '../graph/read-body';
import { armFault } from './arm-fault';
import { redirectAnswer } from './inbox-answer';
import { listAddress, readListQuery } from './list-query';
import { findMessages } from './message-list';
import { refusalPage } from './refusal-page';
import type { Inbox } from './serve-inbox';

/** More than any form of the inbox has. */
const MOST_FORM_BYTES = 16 * 1024;

/** Does what a form of the inbox asks, and leads back to a page. Undefined given an address that takes no form. */
export async function actOnForm(
  inbox: Inbox,
  request: Request,
  path: string[],
): Promise<Response | undefined> {
  const body = await readBody(request, MOST_FORM_BYTES);
  // Never half a form: without its search, this one would delete everything.
  if (body === undefined) return refusalPage(inbox, 413, 'This form is too long.');
  const values = new URLSearchParams(body.toString());
  try {
    const location = act(inbox, path, values);
    return location === undefined ? undefined : redirectAnswer(location);
  } catch (error) {
    if (error instanceof TypeError) return refusalPage(inbox, 400, error.message);
    throw error;
  }
}

/** Where to go when it is done. @throws TypeError given values that make no sense */
function act({ sandbox }: Inbox, path: string[], values: URLSearchParams): string | undefined {
  const [place, id, action] = path;
  if (place === 'delete' && path.length === 1) {
    const query = { ...readListQuery(values), page: 1 };
    for (const message of findMessages(sandbox, query)) sandbox.removeMessage(message.id);
    return listAddress({ ...query, search: '' });
  }
  if (place === 'messages' && id !== undefined && action === 'delete' && path.length === 3) {
    // Gone already is as good: another tab may have been faster.
    sandbox.removeMessage(id);
    return placeToReturn(values);
  }
  switch (path.join('/')) {
    case 'faults':
      armFault(sandbox, values);
      return '/inbox/faults';
    case 'faults/cancel': {
      const ids = values.has('id') ? [Number(values.get('id'))] : sandbox.faults.map(({ id: each }) => each);
      for (const each of ids) sandbox.cancelFault(each);
      return '/inbox/faults';
    }
    case 'latency':
      sandbox.latency = Number(values.get('latency') || Number.NaN);
      return '/inbox/faults';
    case 'revoke-tokens':
      sandbox.revokeTokens();
      return '/inbox/faults';
    default:
      return undefined;
  }
}

function placeToReturn(values: URLSearchParams): string {
  const back = values.get('back') ?? '';
  return /^\/inbox(?:\?[\w%&=+.*-]*)?$/.test(back) ? back : '/inbox';
}
