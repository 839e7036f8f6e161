import { GraphTransportError } from '../errors/graph-transport-error';
import { statusCode } from '../errors/service-codes/answer-code';
import { spelling } from '../errors/service-codes/service-code';
import type { MessageRequests } from '../graph/message-requests';

/*
 * Exchange takes a moment to find a draft that it has just created, and to finish changing one. Users report
 * its answers until then: 412 ErrorIrresolvableConflict or 404 at any step of a draft (msgraph-sdk-dotnet
 * #1195, #1201, #1287, davmail #463, #491, microsoft-graph-docs-contrib #7934, #8823), and
 * ErrorNonExistentMailbox when it is sent (demisto #41448). All of these are refusals: nothing was done, and
 * the same request succeeds a little later.
 */

/**
 * How many times a step is tried until such a state has passed, with pauses of 250 ms, 500 ms, 1 s and 2 s in
 * between.
 */
export const PASSING_ATTEMPTS = 5;

/**
 * What the path of a step names. Until there is a draft, only the mailbox can be missing. If the code says that
 * it is, that will not pass: the `userId` is wrong, or Graph cannot access the mailbox.
 */
export type Named = 'draft' | 'mailbox';

const WRONG_MAILBOX = codes(
  'ErrorInvalidUser',
  'ResourceNotFound',
  'Request_ResourceNotFound',
  'MailboxNotEnabledForRESTAPI',
  'MailboxNotSupportedForRESTAPI',
  'ErrorMailboxNotHostedInExchangeOnline',
  'OrganizationFromTenantGuidNotFound',
  'extensionError',
);
const CONFLICT = codes('ErrorIrresolvableConflict');
/** A mailbox that has just accepted a draft does exist, yet this code has been reported there. */
const NO_MAILBOX = codes('ErrorNonExistentMailbox');
const CANNOT_DELETE = codes('ErrorCannotDeleteObject');

/**
 * Whether an error is about a temporary state of our own draft. This is the only place that decides which
 * answers are.
 */
export function isPassing(error: unknown, named: Named = 'draft'): error is GraphTransportError {
  if (!(error instanceof GraphTransportError) || !isRefusal(error.responseCode)) return false;
  if (error.responseCode === 412 || isCalled(error, CONFLICT) || isCalled(error, NO_MAILBOX)) return true;
  if (error.responseCode !== 404) return false;
  return named === 'draft' || !isCalled(error, WRONG_MAILBOX);
}

/**
 * Whether Graph says that there is no message with this id. A second DELETE of a message is reported to be
 * answered with ErrorCannotDeleteObject (emailengine, graph-docs #2894). An answer that the mailbox does not
 * exist says nothing about the message.
 */
export function isGone(error: unknown): boolean {
  if (!(error instanceof GraphTransportError) || !isRefusal(error.responseCode)) return false;
  if (isCalled(error, NO_MAILBOX)) return false;
  return error.responseCode === 404 || isCalled(error, CANNOT_DELETE);
}

/**
 * Repeats a step of a draft until a temporary state has passed.
 *
 * @param attempts for a message that is not found by its id, if that may also mean that it was sent or deleted
 * @throws GraphTransportError that can be retried, if the state does not pass; other errors unchanged
 */
export async function untilPassed<T>(
  requests: MessageRequests,
  step: () => Promise<T>,
  { named = 'draft', attempts = PASSING_ATTEMPTS }: { named?: Named; attempts?: number } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!isPassing(error, named)) throw error;
      if (attempt >= (isGone(error) ? attempts : PASSING_ATTEMPTS)) throw neverPassed(error, attempt, named);
      await requests.waitOut(error, attempt);
    }
  }
}

/** The error of a step whose temporary state did not pass. */
export function neverPassed(
  error: GraphTransportError,
  attempts: number,
  named: Named = 'draft',
): GraphTransportError {
  const advice =
    named === 'draft'
      ? 'Send it again later; if that does not help, check that no other program uses the Drafts folder of this mailbox.'
      : 'Send it again later; if that does not help, check that userId names an Exchange Online mailbox.';
  return error.with({
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: `Exchange often answers like this for a moment after a draft is created, but it did so ${attempts} times. Nothing was sent. ${advice}`,
    link: undefined,
    cause: error,
  });
}

/** Whether the status alone says that the request was not carried out, whatever its code. */
function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status < 500 && statusCode(status).outcome === 'refused';
}

function codes(...names: string[]): ReadonlySet<string> {
  return new Set(names.map(spelling));
}

function isCalled({ graphCode = '' }: GraphTransportError, names: ReadonlySet<string>): boolean {
  return names.has(spelling(graphCode));
}
