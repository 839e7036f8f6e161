import type { Call, Delivery } from '../http/delivery';
import { entraRefusedAnswer } from '../http/entra-answer';
import { emptyAnswer, refusedAnswer } from '../http/graph-answer';
import { claimsChallenge } from '../http/graph-refusal';
import type { AnswerContext } from '../http/ids';
import type { SandboxRequestName } from '../http/route';
import type { AnswerFault, FaultTime, HeadersFault, HtmlFault, SandboxFault } from './fault';

/** The part of the sandbox's state that faults use. */
interface FaultState extends AnswerContext {
  readonly tokens: { demand(claims: string): void };
}

/** A byte now and then: often enough to restart a client's timeout between two bytes. */
const TRICKLE_MS = 100;

/** The outcome of a request with a fault. `carryOut` does what the request asks and returns the right answer. */
export async function applyFault(
  fault: SandboxFault,
  name: SandboxRequestName,
  request: Request,
  carryOut: () => Promise<Response>,
  state: FaultState,
  call: Call,
): Promise<Delivery> {
  const read = async (when: FaultTime = 'before'): Promise<void> => {
    if (when === 'after') await carryOut();
    // An early answer would race with what the client is still writing.
    else await request.arrayBuffer();
  };
  switch (fault.kind) {
    case 'answer':
      await read(fault.when);
      return { manner: 'whole', response: faultedAnswer(fault, name, state, call) };
    case 'html':
      await read(fault.when);
      return { manner: 'whole', response: htmlAnswer(fault, call) };
    case 'challenge':
      await read();
      state.tokens.demand(fault.claims);
      return {
        manner: 'whole',
        response: refusedAnswer(claimsChallenge(fault.claims, state.settings), state, call),
      };
    case 'redirect': {
      await read();
      const { status = 307, location } = fault;
      return { manner: 'whole', response: new Response(null, { status, headers: { location } }) };
    }
    case 'headers':
      return { manner: 'whole', response: withHeaders(await carryOut(), fault) };
    case 'broken-json':
      return { manner: 'whole', response: await brokenJson(await carryOut()) };
    case 'reset':
      if (fault.when !== 'before-body') await read(fault.when);
      return { manner: 'reset' };
    case 'silence':
      await read(fault.when);
      return { manner: 'silence' };
    case 'cut':
      return { manner: 'cut', in: fault.in, response: await carryOut() };
    case 'trickle': {
      const { everyMs = TRICKLE_MS } = fault;
      return { manner: 'trickle', in: fault.in, response: await carryOut(), everyMs };
    }
  }
}

async function brokenJson({ status, headers, body }: Response): Promise<Response> {
  const text = await new Response(body).text();
  const half = text === '' ? '{' : text.slice(0, text.length / 2);
  // A status without a body stays without one.
  return new Response(status === 204 ? null : half, {
    status,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
  });
}

/** "Try again later", one of Entra's codes for a failure of its own. */
const TRANSIENT_ERROR = 90033;

/** The answer that a test asked for, in the form of the service. */
export function faultedAnswer(
  fault: AnswerFault,
  name: SandboxRequestName,
  state: FaultState,
  call: Call,
): Response {
  return withHeaders(unadorned(fault, name, state, call), fault);
}

function unadorned(
  { status, code, message = 'The sandbox was told to answer so.', aadsts = TRANSIENT_ERROR }: AnswerFault,
  name: SandboxRequestName,
  state: FaultState,
  call: Call,
): Response {
  if (code === undefined) return emptyAnswer(status, call);
  return name === 'token'
    ? entraRefusedAnswer({ status, error: code, aadsts, message }, state, call)
    : refusedAnswer({ status, code, message }, state, call);
}

/** A page from a gateway, without the headers of the service. */
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
