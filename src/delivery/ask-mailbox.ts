import type { Clock } from '../clock';
import type { SendTimer } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import { toSignal } from '../errors/signal';
import type { GraphClient } from '../graph/client';
import { MessageRequests, type Pauses, type RetryEvent } from '../graph/message-requests';
import { callOptions } from '../options/call-options';
import { userIdProblems } from '../options/message-options';
import type { ResolvedOptions } from '../options/resolved-options';
import { isForWantOfPermission } from './draft-failure';

/** What a call that asks a mailbox about its messages may be given. */
export interface MailboxCallOptions {
  /**
   * The mailbox, by its object id or user principal name.
   *
   * @default the transport's `userId`, unless that is a function
   */
  userId?: string | undefined;
  /** Ends the call: it then fails with `EABORT`. */
  signal?: AbortSignal | undefined;
}

const NAMES = ['userId', 'signal'] as const satisfies (keyof MailboxCallOptions)[];

/** @throws GraphTransportError `ECONFIG` */
export function mailboxCallOptions(call: string, options: MailboxCallOptions): MailboxCallOptions {
  return callOptions(call, options, NAMES);
}

/** A mailbox, and the requests to ask it by. */
export interface Mailbox {
  userId: string;
  requests: MessageRequests;
  clock: Clock;
}

/** What a call that sends nothing is given. */
export interface CallContext {
  signal: AbortSignal;
  /** Ends the call when it has taken too long. */
  timer: SendTimer;
  onRetry: (event: RetryEvent) => void;
}

/** What a transport has for such a call. */
export interface Asking extends Pick<CallContext, 'signal' | 'onRetry'> {
  defaults: ResolvedOptions;
  client: GraphClient;
  clock: Clock;
}

/**
 * The mailbox to ask. Its requests do not wait behind messages: one that Graph throttles is made again.
 *
 * @throws GraphTransportError `ECONFIG` if no mailbox is named
 */
export function mailboxToAsk(userId: unknown, asking: Asking): Mailbox {
  const { defaults, client, clock, signal, onRetry } = asking;
  const named = userId ?? defaults.userId;
  if (typeof named === 'function') {
    throw new GraphTransportError(
      'ECONFIG',
      'userId is a function, and there is no message to ask it about.',
      {
        hint: 'Name the mailbox: { userId }.',
      },
    );
  }
  const [problem] = userIdProblems(named);
  if (problem) throw new GraphTransportError('ECONFIG', `There is no such mailbox: ${problem}.`);
  const pauses = ownPauses(clock);
  const requests = new MessageRequests({ client, pauses, policy: defaults.retry, clock, signal, onRetry });
  return { userId: String(named).trim(), requests, clock };
}

function ownPauses(clock: Clock): Pauses {
  let until = 0;
  return {
    pauseOver: (signal) => clock.sleep(Math.max(0, until - clock.now()), toSignal(signal)),
    pauseFor: (ms) => {
      until = Math.max(until, clock.now() + ms);
    },
  };
}

/**
 * A Message-ID, with `<>` if the app gave it without.
 *
 * @throws GraphTransportError `EMESSAGE` if it is none
 */
export function checkedMessageId(messageId: unknown): string {
  if (typeof messageId === 'string') {
    const bare = messageId.trim().replace(/^<(.*)>$/, '$1');
    if (bare !== '' && !/[<>\s\p{Cc}]/u.test(bare)) return `<${bare}>`;
  }
  throw new GraphTransportError('EMESSAGE', 'That is no Message-ID.', {
    hint: 'Give one such as the messageId of the info that sendMail returned.',
  });
}

/**
 * Does the work. If Graph forbids it, the error says which permission it needs.
 *
 * @param what names it, such as `transport.sentItem()`
 */
export async function needing<T>(permission: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isForWantOfPermission(error)) throw error;
    throw error.with({
      hint: `${what} needs the application permission ${permission}: add it to the app registration under API permissions and grant admin consent, or give the app "Application ${permission}" in Exchange.`,
      cause: error,
    });
  }
}
