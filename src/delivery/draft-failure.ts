import { givenUpError } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import { spelling } from '../errors/service-codes/service-code';
import type { AnySignal } from '../errors/signal';
import type { DraftMessage } from './draft-content';
import { MAX_REQUEST_BYTES } from './limits';

/** Why a message cannot be made as a reply. No draft was made and nothing was sent. */
export class NoThreadError extends Error {}

/** What is known about the drafts of a message that failed. */
export interface DraftsAfterFailure {
  /** The draft that may have been sent. */
  maybeSent: string | undefined;
  /** Drafts that could not be deleted. */
  left: readonly string[];
  /** Drafts that may be ours or another process's. */
  perhapsOurs: readonly string[];
  /** Whether there may be a draft that was not found. */
  isAnyLost: boolean;
  /** Whether sending the message again would reveal what became of it. */
  isExactlyOnce: boolean;
  /** Whether Exchange may be holding the draft until later. */
  isScheduled: boolean;
}

/** The error of a message that may have been sent, whatever failed later. */
export function ambiguousFailure(error: unknown, drafts: DraftsAfterFailure): GraphTransportError {
  const failure = asFailure(error);
  const { maybeSent, isExactlyOnce, isScheduled } = drafts;
  const draft = maybeSent === undefined ? '' : `, as draft ${maybeSent}`;
  const hint = [
    isScheduled
      ? `Exchange may be holding the message until its time${draft}.`
      : `The message may have been sent${draft}.`,
    isExactlyOnce
      ? 'Send it again with the same Message-ID: the transport checks what happened, and does not send it twice.'
      : isScheduled
        ? 'Before sending it again, call transport.cancel(messageId): the draft is then deleted, and does not go out.'
        : 'Check Sent Items before sending it again.',
    ...(isExactlyOnce && isScheduled ? ['If it should not go out, call transport.cancel(messageId).'] : []),
    ...sentencesOf(drafts),
  ];
  return failure.with({
    outcome: 'unknown',
    hint: hint.join(' '),
    draftId: maybeSent ?? drafts.left[0] ?? drafts.perhapsOurs[0],
    cause: failure,
  });
}

/**
 * The error of a message that was certainly not sent. Even if a step's own outcome is unknown, no message was
 * sent by it.
 *
 * @param signal aborts the send
 */
export function certainFailure(
  error: unknown,
  signal: AnySignal | undefined,
  drafts: DraftsAfterFailure,
): unknown {
  const certain = withoutDoubt(error, signal);
  const sentences = sentencesOf(drafts);
  if (sentences.length === 0) return certain;
  const failure = asFailure(certain);
  return failure.with({
    hint: [...sentences, failure.hint].filter(Boolean).join(' '),
    draftId: drafts.left[0] ?? drafts.perhapsOurs[0],
    cause: failure,
  });
}

/** Whether Graph forbids a request, as far as is known because of the app's permissions. */
export function isForWantOfPermission(error: unknown): error is GraphTransportError {
  if (!(error instanceof GraphTransportError && error.responseCode === 403 && error.code === 'EAUTH')) {
    return false;
  }
  return !OTHER_MATTERS.has(spelling(error.graphCode ?? ''));
}

/** Codes of 403 that are about the account or about policies, not about the app's permissions. */
const OTHER_MATTERS = new Set(
  ['ErrorAccountDisabled', 'ErrorAccountSuspend', 'insufficient_claims'].map(spelling),
);

/**
 * The error of a message that has no draft yet. If Graph forbids the draft, or the search before it, the reason
 * is nearly always the missing second permission, which Graph does not mention.
 */
export function failureBeforeDraft(error: unknown, { bytes, marks }: DraftMessage): unknown {
  if (!isForWantOfPermission(error)) return error;
  const [who, why] = marks.schedule
    ? ['a scheduled message needs', 'Scheduled messages need']
    : marks.message === undefined
      ? [`a message of ${bytes} bytes needs`, `Messages over ${MAX_REQUEST_BYTES} bytes need`]
      : ["delivery: 'exactly-once' needs", 'Exactly-once delivery needs'];
  return error.with({
    message: `Graph did not let the app create a draft, which ${who}: ${error.response}.`,
    hint: `${why} the application permission Mail.ReadWrite in addition to Mail.Send: add it to the app registration under API permissions and grant admin consent, or give the app "Application Mail.ReadWrite" in Exchange. Nothing was sent.`,
    cause: error,
  });
}

function withoutDoubt(error: unknown, signal: AnySignal | undefined): unknown {
  if (!(error instanceof GraphTransportError && error.ambiguous)) return error;
  if (signal?.aborted && error.cause === signal.reason) return givenUpError(signal);
  // A hint from the status is about requests that send. Without an answer, the hint is about the network.
  const hint = error.responseCode === undefined ? error.hint : undefined;
  return error.with({
    outcome: 'not-accepted',
    hint: [hint, 'Nothing was sent.'].filter(Boolean).join(' '),
  });
}

function sentencesOf({ left, perhapsOurs, isAnyLost }: DraftsAfterFailure): string[] {
  const sentences: string[] = [];
  if (left.length > 0) {
    sentences.push(`The draft could not be deleted and stays in the mailbox's Drafts: ${left.join(', ')}.`);
  }
  if (perhapsOurs.length > 0 || isAnyLost) {
    const ids = perhapsOurs.length > 0 ? `: ${perhapsOurs.join(' or ')}` : '';
    sentences.push(`A draft of the message may be left in the mailbox's Drafts${ids}.`);
  }
  return sentences;
}

function asFailure(error: unknown): GraphTransportError {
  return error instanceof GraphTransportError
    ? error
    : new GraphTransportError('EMESSAGE', `The message cannot be sent: ${String(error)}.`, { cause: error });
}
