import { GraphTransportError } from '../errors/graph-transport-error';
import type { GraphClient } from '../graph/client';
import { ME_PATH } from '../graph/endpoints';
import { explainRights, isGraphsOwn } from './probe-mailbox';
import type { TokenClaims } from './token-claims';
import { doubted, failed, passed, type VerifyCheck } from './verify-check';

/**
 * Asks Graph who the app is, where no mailbox is known to ask about. That an app is nobody, and is told so,
 * shows as well that Graph is there and takes the token.
 */
export async function probeGraph(
  client: GraphClient,
  claims: TokenClaims | undefined,
  signal: AbortSignal,
): Promise<VerifyCheck[]> {
  try {
    await client.call({ method: 'GET', path: ME_PATH, what: 'the check', expect: 200 }, signal);
  } catch (error) {
    if (!(error instanceof GraphTransportError)) throw error;
    const rights = error.responseCode === 401 ? explainRights(error, claims) : undefined;
    if (rights) return rights;
    if (!isGraphsOwn(error)) return [failed('graph', error)];
  }
  return [
    passed('graph'),
    doubted(
      'mailbox',
      'No mailbox was checked: userId is a function, so only a message can tell which it is.',
    ),
  ];
}
