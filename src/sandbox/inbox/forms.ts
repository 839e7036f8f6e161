import { FAULT_PRESETS, findPreset } from './fault-presets';
import { refusalPage } from './layout';
import { listAddress, readListQuery } from './list-query';
import { redirectTo } from './responses';
import {
  type AnswerFault,
  type FaultTime,
  REQUEST_NAMES,
  readBody,
  type Sandbox,
  type SandboxFault,
} from './sandbox';
import type { MessageSearch } from './search';

/** More than any form of the inbox needs. */
const MAX_FORM_BYTES = 16 * 1024;

/** Carries out a form and redirects to a page. Undefined if the address takes no form. */
export async function actOnForm(
  sandbox: Sandbox,
  search: MessageSearch,
  request: Request,
  path: string[],
): Promise<Response | undefined> {
  const body = await readBody(request, MAX_FORM_BYTES);
  // Never act on half a form: without its search, the delete form would delete everything.
  if (body === undefined) return refusalPage(sandbox, 413, 'This form is too long.');
  const values = new URLSearchParams(body.toString());
  try {
    const location = await act(sandbox, search, path, values);
    return location === undefined ? undefined : redirectTo(location);
  } catch (error) {
    if (error instanceof TypeError) return refusalPage(sandbox, 400, error.message);
    throw error;
  }
}

/** Returns the page to redirect to. @throws TypeError if a value makes no sense */
async function act(
  sandbox: Sandbox,
  search: MessageSearch,
  path: string[],
  values: URLSearchParams,
): Promise<string | undefined> {
  const [place, id, action] = path;
  if (place === 'delete' && path.length === 1) {
    const query = { ...readListQuery(values), page: 1 };
    for (const message of await search.find(query)) sandbox.removeMessage(message.id);
    return listAddress({ ...query, search: '' });
  }
  if (place === 'messages' && id !== undefined && action === 'delete' && path.length === 3) {
    // Already gone is fine: another tab may have been faster.
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

/**
 * Arms the fault that a form describes, by the same call that a test would make.
 * @throws TypeError if a value is not one of the form's, or makes no valid fault
 */
function armFault(sandbox: Sandbox, values: URLSearchParams): void {
  const preset = findPreset(values.get('fault') ?? '');
  if (values.has('fault') && preset === undefined) {
    const names = FAULT_PRESETS.flatMap(({ presets }) => presets.map(({ name }) => name));
    throw new TypeError(`There is no such fault. Choose one of ${names.join(', ')}.`);
  }
  const request = REQUEST_NAMES.find(
    (name) => name === (preset?.isForToken ? 'token' : (preset?.request ?? values.get('request'))),
  );
  if (request === undefined) {
    throw new TypeError(`There is no such request. Choose one of ${REQUEST_NAMES.join(', ')}.`);
  }
  if (preset && !preset.isForToken && request === 'token') {
    throw new TypeError(
      'This fault is Graph’s. For a token, choose one of Entra’s or an answer of your own.',
    );
  }
  const mailbox = request === 'token' ? '' : (values.get('mailbox') ?? '');
  const retryAfter = readNumber(values, 'retryAfter');
  const fault = preset
    ? withRetryAfter(preset.fault, preset.isPassing ? retryAfter : undefined)
    : ownAnswer(values, retryAfter);
  sandbox.failNext(request, fault, {
    times: readNumber(values, 'times') ?? 1,
    skip: readNumber(values, 'skip') ?? 0,
    every: readNumber(values, 'every') ?? 1,
    ...(mailbox !== '' && { mailbox }),
  });
  // Otherwise a client that holds a token would not ask for another one, and would not meet the fault.
  if (values.has('revoke')) sandbox.revokeTokens();
}

function withRetryAfter(fault: SandboxFault, retryAfter: number | undefined): SandboxFault {
  if (retryAfter === undefined) return fault;
  return fault.kind === 'answer' || fault.kind === 'html' ? { ...fault, retryAfter } : fault;
}

function ownAnswer(values: URLSearchParams, retryAfter: number | undefined): AnswerFault {
  const given = (name: string) => values.get(name) || undefined;
  return {
    kind: 'answer',
    status: readNumber(values, 'status') ?? 500,
    code: given('code'),
    message: given('message'),
    aadsts: readNumber(values, 'aadsts'),
    retryAfter,
    when: readWhen(values),
  };
}

/** Undefined for an empty field. */
function readNumber(values: URLSearchParams, name: string): number | undefined {
  const text = (values.get(name) ?? '').trim();
  if (text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TypeError(`Expected \`${name}\` to be an integer from 0 and up, got ${text}`);
}

function readWhen(values: URLSearchParams): FaultTime {
  const given = values.get('when') || 'before';
  if (given === 'before' || given === 'after') return given;
  throw new TypeError(`Expected \`when\` to be before or after, got ${given}`);
}
