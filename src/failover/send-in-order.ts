import type { getLogger } from 'nodemailer/lib/shared';
import { closedError } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { Errand, GuardedMember } from './guarded-member';
import { type FailoverSentMessageInfo, type Failure, finalError } from './report';

/** Whom to ask for the next message, in order. Open circuits come last, and only one of them is tried. */
export function inOrder(members: readonly GuardedMember[]): GuardedMember[] {
  const ready = members.filter(({ circuit }) => circuit.isReady);
  const others = members.filter((member) => !ready.includes(member));
  const [soonest] = others.sort((one, other) => one.circuit.waitMs - other.circuit.waitMs);
  return soonest ? [...ready, soonest] : ready;
}

/**
 * Sends a message through one member after another, for as long as each certainly did not send it.
 *
 * @param members in the order in which they are tried
 * @param isClosed asked before each
 * @throws the last member's error, with those of all members
 */
export async function sendInOrder(
  errand: Errand & { messageId: string },
  members: readonly GuardedMember[],
  isClosed: () => boolean,
  logger: ReturnType<typeof getLogger>,
): Promise<FailoverSentMessageInfo> {
  const { messageId, signal } = errand;
  const failures: Failure[] = [];
  for (const member of members) {
    if (isClosed()) break;
    const last = failures.at(-1);
    const { index, name } = member;
    if (last) {
      logger.warn(
        {
          tnx: 'failover',
          messageId,
          member: last.index,
          transport: last.name,
          next: index,
          err: last.error,
        },
        'Message %s was not sent through member %s (%s), trying member %s (%s): %s',
        messageId,
        last.index,
        last.name,
        index,
        name,
        last.error.message,
      );
    }
    const result = await member.send(errand);
    if ('info' in result) {
      logger.info(
        { tnx: 'failover', messageId, member: index, transport: name, failures: failures.length },
        'Message %s was sent through member %s (%s)',
        messageId,
        index,
        name,
      );
      const before = failures.map(({ outcome: _, ...failure }) => failure);
      return { ...result.info, failover: { index, name, failures: before } };
    }
    failures.push({ index, name, ...result });
    if (result.outcome !== 'not-accepted' || signal.aborted) break;
  }
  const error = finalError(failures) ?? (isClosed() ? closedError() : noSchedulerError());
  logger.error(
    { tnx: 'failover', messageId, err: error, failures: failures.length },
    'Message %s was not sent: %s',
    messageId,
    error.message,
  );
  throw error;
}

function noSchedulerError(): GraphTransportError {
  return new GraphTransportError('EMESSAGE', 'No member of the failover can send a message later.', {
    outcome: 'refused',
    hint: 'graph.sendAt needs a member made by graphTransport(). Others would send the message at once.',
  });
}
