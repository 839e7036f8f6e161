import { authorize, requireMailSend } from './authorize';
import type { Call } from './call';
import { acceptedAnswer, GraphRefusal, refusedAnswer } from './graph-answer';
import type { GraphRoute } from './routes';
import type { SandboxState } from './sandbox-state';
import { sendMail } from './send-mail';

/** Graph's answer to any request under /v1.0 and /beta. */
export async function serveGraph(
  request: Request,
  route: GraphRoute,
  state: SandboxState,
  call: Call,
): Promise<Response> {
  try {
    const roles = authorize(request.headers, state.tokens);
    if (route.to === 'me') {
      throw new GraphRefusal(
        400,
        'BadRequest',
        '/me request is only valid with delegated authentication flow.',
      );
    }
    if (route.to === 'not-played') throw notPlayed(request);
    if (request.method !== 'POST') {
      throw new GraphRefusal(405, 'Request_BadRequest', `sendMail is a POST, not a ${request.method}.`);
    }
    requireMailSend(roles);
    state.messages.push(await sendMail(request, route.user, state.settings, call));
    return acceptedAnswer(call);
  } catch (error) {
    if (error instanceof GraphRefusal) return refusedAnswer(error, call);
    throw error;
  }
}

/** Honest, so that nobody takes the sandbox's silence for the service's. */
function notPlayed(request: Request): GraphRefusal {
  return new GraphRefusal(
    501,
    'notSupported',
    `The sandbox does not play ${request.method} ${new URL(request.url).pathname}. ` +
      'It plays POST /v1.0/users/{id}/sendMail only.',
  );
}
