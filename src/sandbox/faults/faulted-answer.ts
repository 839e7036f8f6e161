import type { Call } from '../call';
import { entraRefusedAnswer } from '../entra/entra-answer';
import { emptyAnswer, refusedAnswer } from '../graph/graph-answer';
import type { SandboxRequestName } from '../graph/request-name';
import type { SandboxState } from '../sandbox-state';
import type { AnswerFault, HeadersFault, HtmlFault } from './fault';

/** "Try again later", one of the numbers that Entra has for a failure of its own. */
const TRANSIENT_ERROR = 90033;

/** The answer that a test has thought of, in the form of the service that would give it. */
export function faultedAnswer(
  fault: AnswerFault,
  name: SandboxRequestName,
  state: SandboxState,
  call: Call,
): Response {
  return withHeaders(unadorned(fault, name, state, call), fault);
}

function unadorned(
  { status, code, message = 'The sandbox was told to answer so.', aadsts = TRANSIENT_ERROR }: AnswerFault,
  name: SandboxRequestName,
  state: SandboxState,
  call: Call,
): Response {
  if (code === undefined) return emptyAnswer(status, call);
  return name === 'token'
    ? entraRefusedAnswer({ status, error: code, aadsts, message }, state, call)
    : refusedAnswer({ status, code, message }, state, call);
}

/** What a gateway says that has no answer of the service, so none of the service's headers either. */
export function htmlAnswer(fault: HtmlFault, { receivedAt }: Call): Response {
  const { status } = fault;
  const page = `<html><head><title>${status}</title></head><body><h1>${status}</h1><hr>gateway</body></html>`;
  const headers = { 'content-type': 'text/html', date: receivedAt.toUTCString() };
  return withHeaders(new Response(page, { status, headers }), fault);
}

export function withHeaders(
  { body, status, headers: given }: Response,
  { retryAfter, headers: added = {} }: Pick<HeadersFault, 'retryAfter' | 'headers'>,
): Response {
  const headers = new Headers(given);
  if (retryAfter !== undefined) {
    headers.set('retry-after', typeof retryAfter === 'number' ? `${retryAfter}` : retryAfter.toUTCString());
  }
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  return new Response(body, { status, headers });
}
