import { throwIfGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { Found } from './mailbox-search';
import type { DraftSending } from './make-draft';
import { hasMark } from './message-mark';

/**
 * How many times a mailbox is searched for something it may not show yet, with pauses of 250 ms, 500 ms, 1 s, 2
 * s and 4 s, none longer than `retry.maxDelay`. A copy in Sent Items that appears later than that is not found.
 */
export const LOOKS = 5;

/**
 * How long a mailbox's search may take to show what was sent, unless the option `searchLag` says otherwise. Our
 * estimate.
 */
const SEARCH_LAG_MS = 1000;

/** The search for a message that other processes may be sending too. It lags, so it is repeated and given time. */
export class LaggingSearch {
  readonly #sending: DraftSending;
  readonly #mark: string;
  /** Drafts that the search has shown, except those that we have deleted. */
  readonly #shown = new Set<string>();

  constructor(sending: DraftSending, mark: string) {
    this.#sending = sending;
    this.#mark = mark;
  }

  /** What the mailbox shows now. */
  async look(): Promise<Found> {
    const seen = await this.#sending.search.find(hasMark(this.#mark));
    for (const id of seen.drafts) this.#shown.add(id);
    return seen;
  }

  /**
   * Searches until our own draft is shown, so that those of other processes are shown too. The search may still
   * miss what was sent in the meantime. So it is repeated once, after `searchLag`, or after as long again as it
   * took to show the draft.
   */
  async lookUntilShown(own: string): Promise<Found | undefined> {
    const { requests, message, ledger } = this.#sending;
    const { searchLagMs = SEARCH_LAG_MS } = message;
    const madeAt = requests.now();
    for (let look = 1; look <= LOOKS + 1; look++) {
      if (look > 1) await requests.moment(look - 1);
      const seen = await this.look();
      if (isSettled(seen) || (look === 1 && searchLagMs === 0 && seen.drafts.includes(own))) return seen;
      if (!seen.drafts.includes(own)) continue;
      const shownAt = requests.now();
      if (look > 1) await this.lookLonger(look - 1);
      const waitMs = Math.max(searchLagMs, shownAt - madeAt);
      await requests.wait(Math.max(0, shownAt + waitMs - requests.now()));
      return this.look();
    }
    if ((await ledger.remove(own)) === 'gone') return undefined;
    throw new GraphTransportError(
      'ECONNECTION',
      "The mailbox's search does not show the draft that was just created, so it cannot tell whether the message was sent before.",
      { outcome: 'not-accepted', hint: 'Nothing was sent. Try again later.' },
    );
  }

  /**
   * Another process has left a draft, or is about to send it. The search may not yet show a copy sent earlier.
   */
  async lookAfterLag(seen: Found): Promise<Found> {
    const { requests, message } = this.#sending;
    const { searchLagMs = SEARCH_LAG_MS } = message;
    if (searchLagMs === 0) return seen;
    await requests.wait(searchLagMs);
    return this.look();
  }

  /** Searches until a sent copy or a held message is shown, or would have been by now. */
  async lookLonger(looks = LOOKS, isEnough = isSettled): Promise<Found> {
    const { requests } = this.#sending;
    let seen: Found | undefined;
    let failure: unknown;
    for (let look = 1; look <= looks && !(seen && isEnough(seen)); look++) {
      await requests.moment(look);
      seen = await this.look().catch((error: unknown) => {
        failure = error;
        return undefined;
      });
      throwIfGivenUp(requests.signal);
    }
    if (seen) return seen;
    throw failure;
  }

  /** Whether a draft that was shown before is no longer shown. Each counts once. */
  hasMissed(drafts: readonly string[]): boolean {
    const missed = [...this.#shown].filter((id) => !drafts.includes(id));
    for (const id of missed) {
      this.#shown.delete(id);
      this.#sending.ledger.noteGone(id);
    }
    return missed.length > 0;
  }

  /** Takes a draft that we have deleted, or that is gone, for one that was never shown. */
  forget(id: string): void {
    this.#shown.delete(id);
  }
}

/** Whether the message was sent, or is in Outbox to be held. */
export function isSettled({ sent, inOutbox }: Found): boolean {
  return sent !== undefined || inOutbox !== undefined;
}
