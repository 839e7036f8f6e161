import type { Call } from '../call';
import type { Delivery } from '../delivery';
import { claimsChallenge } from '../graph/claims-challenge';
import { refusedAnswer } from '../graph/graph-answer';
import type { SandboxRequestName } from '../graph/request-name';
import type { SandboxState } from '../sandbox-state';
import type { FaultTime, SandboxFault } from './fault';
import { faultedAnswer, htmlAnswer, withHeaders } from './faulted-answer';

/** A byte now and then: often enough for a client's timeout between two bytes to begin again. */
const TRICKLE_MS = 100;

/** What comes of a request that meets a fault; `carryOut` does what it asks for and has the right answer. */
export async function meetFault(
  fault: SandboxFault,
  name: SandboxRequestName,
  request: Request,
  carryOut: () => Promise<Response>,
  state: SandboxState,
  call: Call,
): Promise<Delivery> {
  const read = async (when: FaultTime = 'before'): Promise<void> => {
    if (when === 'after') await carryOut();
    // An early answer would race with what the client still writes.
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
  // What has no body by its status gets none.
  return new Response(status === 204 ? null : half, {
    status,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
  });
}
