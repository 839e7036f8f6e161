import { GraphTransportError } from '../errors/graph-transport-error';
import { spelling, statusCode } from '../errors/service-codes';
import type { MessageRequests } from '../graph/message-requests';

/*
 * Exchange takes a moment to know a draft that it has just made, and to be done with a change of it. Users report what
 * it says until then: 412 ErrorIrresolvableConflict or 404 at any step of a draft (msgraph-sdk-dotnet #1195, #1201,
 * #1287, davmail #463, #491, microsoft-graph-docs-contrib #7934, #8823), and ErrorNonExistentMailbox when it is sent
 * (demisto #41448). All of them are refusals: nothing was done, and the same request finds its draft a little later.
 */

/** How often a step is tried until such a state has passed, with pauses of 250 ms, 500 ms, 1 s and 2 s between. */
export const PASSING_ATTEMPTS = 5;

/**
 * What a step names in its path. Until there is a draft, only the mailbox can be what is not found, and where the code
 * says that it is the mailbox, that will not pass: the `userId` is wrong, or the mailbox cannot be reached by Graph.
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
/** Of a mailbox that has just taken a draft this cannot be true, and it is met there. */
const NO_MAILBOX = codes('ErrorNonExistentMailbox');
const CANNOT_DELETE = codes('ErrorCannotDeleteObject');

/** Whether an error tells of a state of our own draft that passes. The one place that says which answers do. */
export function isPassing(error: unknown, named: Named = 'draft'): error is GraphTransportError {
  if (!(error instanceof GraphTransportError) || !isRefusal(error.responseCode)) return false;
  if (error.responseCode === 412 || isCalled(error, CONFLICT) || isCalled(error, NO_MAILBOX)) return true;
  if (error.responseCode !== 404) return false;
  return named === 'draft' || !isCalled(error, WRONG_MAILBOX);
}

/**
 * Whether Graph says that the message is not there by this id. A second DELETE of a message is reported to be
 * answered with ErrorCannotDeleteObject (emailengine, graph-docs #2894). That the mailbox is not there says nothing of
 * the message.
 */
export function isGone(error: unknown): boolean {
  if (!(error instanceof GraphTransportError) || !isRefusal(error.responseCode)) return false;
  if (isCalled(error, NO_MAILBOX)) return false;
  return error.responseCode === 404 || isCalled(error, CANNOT_DELETE);
}

/**
 * A step of a draft, tried until a state that passes has passed.
 *
 * @param attempts for a message that is not there by its id, where that may also mean that it was sent or deleted
 * @throws GraphTransportError that can be tried again, when the state does not pass; other errors as they are
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

/** The error of a step whose state has not passed. */
export function neverPassed(
  error: GraphTransportError,
  attempts: number,
  named: Named = 'draft',
): GraphTransportError {
  const advice =
    named === 'draft'
      ? 'Send it again later; if that does not help, check that no other program works on the Drafts of this mailbox.'
      : 'Send it again later; if that does not help, check that userId names a mailbox of Exchange Online.';
  return error.with({
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: `Exchange often says so of a draft for a moment, but it did so ${attempts} times. Nothing was sent. ${advice}`,
    link: undefined,
    cause: error,
  });
}

/** Whether the status says by itself that the request was not carried out, whatever the code beside it. */
function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status < 500 && statusCode(status).outcome === 'refused';
}

function codes(...names: string[]): ReadonlySet<string> {
  return new Set(names.map(spelling));
}

function isCalled({ graphCode = '' }: GraphTransportError, names: ReadonlySet<string>): boolean {
  return names.has(spelling(graphCode));
}
