import { throwIfGivenUp } from '../errors/abort';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import type { InOutbox } from './hold-message';
import { isSettled, LaggingSearch, LOOKS } from './lagging-search';
import type { Found } from './mailbox-search';
import { type DraftSending, makeDraft } from './make-draft';
import type { Schedule } from './outbox-requests';
import { isGone, untilPassed } from './passing-state';
import { accepted, type Sent, sentBefore, sentUnanswered } from './sent';
import type { SentItem } from './sent-info';

/** How many times Graph is told to send a draft that it may not find yet, before the draft counts as gone. */
const SENDS_UNTIL_FOUND = 2;

/** How many times other processes may take away our draft before we stop creating new ones. */
const MAX_ROUNDS = 3;

/** How many times a draft that the search shows may be missing when it is to be sent or deleted. */
const MAX_MISSES = 3;

/**
 * Sends a message that other processes may be sending too, as drafts with the same mark. All processes follow
 * these rules, none of which relies on an up-to-date search:
 *
 * 1. Search until our own draft is shown. A copy in Sent Items means that the message was sent.
 * 2. Of the drafts, keep the one whose id sorts first and delete the others by id. Ids become invalid when a
 * message leaves Drafts, so a draft that was deleted can never be sent. One that is gone may have been sent:
 * search again.
 * 3. Send the draft that was kept. If it is gone, or the answer was lost, search again.
 *
 * A draft that asks to be sent later is moved to Outbox instead, which changes its id just as sending would. There it is
 * never deleted, and every process may tell Graph to send it: see hold-message.ts.
 *
 * So the last draft of a message is sent by exactly one request, whichever process makes it.
 */
export async function sendExactlyOnce(sending: DraftSending, mark: string): Promise<Sent> {
  for (let round = 1; ; round++) {
    const sent = await new Round(sending, mark).send();
    if (sent) return sent;
    if (round === MAX_ROUNDS) throw takenAway();
    // The search had long enough and found nothing, so a draft that vanished was deleted.
    sending.ledger.settle();
  }
}

/** One draft of ours, until it or another draft of the message is sent, or all of them are gone. */
class Round {
  readonly #sending: DraftSending;
  readonly #search: LaggingSearch;
  /** Why the latest draft could not be sent. */
  #failure: GraphTransportError | undefined;
  #sends = 0;
  #misses = 0;
  /** The times of the drafts that were to be sent, which never change; undefined for our own. */
  readonly #schedules = new Map<string, Schedule | undefined>();

  constructor(sending: DraftSending, mark: string) {
    this.#sending = sending;
    this.#search = new LaggingSearch(sending, mark);
  }

  /** Undefined if, as far as the mailbox shows, none was sent and no draft is left. */
  async send(): Promise<Sent | undefined> {
    const { message, ledger } = this.#sending;
    // Searches before uploading megabytes. For a small message, it is enough to search once its draft exists.
    if (message.content.added.length > 0) {
      const seen = await this.#search.look();
      if (isSettled(seen)) return this.#resolve(seen);
      if (seen.drafts.length > 0) return this.#resolve(await this.#search.lookAfterLag(seen));
    }
    const own = await makeDraft(this.#sending);
    const seen = own === undefined ? undefined : await this.#search.lookUntilShown(own);
    return this.#resolve(seen === undefined || ledger.mayBeSent ? await this.#search.lookLonger() : seen);
  }

  async #resolve(first: Found): Promise<Sent | undefined> {
    for (let seen = first; ; seen = await this.#search.lookLonger()) {
      if (seen.sent) return this.#foundSent(seen.sent, seen.drafts);
      if (seen.inOutbox) return this.#hold({ ...seen.inOutbox, isFound: true }, seen.drafts);
      const step = await this.#sendOneOf(seen.drafts);
      if (step !== 'look again') return step;
    }
  }

  /**
   * Called when the search shows these drafts, and has had long enough to show a sent copy if there were one.
   */
  async #sendOneOf(drafts: readonly string[]): Promise<Sent | undefined | 'look again'> {
    const { requests, ledger } = this.#sending;
    const hasLeftDrafts = ledger.inDoubt.some((id) => !drafts.includes(id));
    if (this.#failure && (hasLeftDrafts || outcomeOf(this.#failure) !== 'unknown')) throw this.#failure;
    if (this.#search.hasMissed(drafts)) return this.#miss();
    const [kept, ...others] = drafts;
    if (kept === undefined) return undefined;
    ledger.settle();
    if (!(await this.#areAllDeleted(others))) return this.#miss();
    if (this.#failure && !(await requests.retry(this.#failure, this.#sends, true))) throw this.#failure;
    throwIfGivenUp(requests.signal);
    return this.#sendDraft(kept);
  }

  async #sendDraft(id: string): Promise<Sent | undefined | 'look again'> {
    const { requests, ledger, message } = this.#sending;
    const isOurs = ledger.isOurs(id);
    if (!(await this.#knowsSchedule(id, isOurs))) return this.#miss();
    const schedule = this.#schedules.get(id);
    const isScheduled = schedule ? schedule.sendAt !== undefined : message.marks.schedule !== undefined;
    ledger.adopt(id);
    ledger.share();
    this.#sends++;
    const attempts = SENDS_UNTIL_FOUND;
    let sent: Sent | undefined;
    let moved: InOutbox | undefined;
    try {
      if (isScheduled) {
        const { conversationId, ...found } = await untilPassed(requests, () => ledger.moveToOutbox(id), {
          attempts,
        });
        moved = { id: found.id, conversationId, isFound: false, ...(schedule && { schedule }) };
      } else {
        const answer = await untilPassed(requests, () => ledger.send(id), { attempts });
        sent = { ...accepted(answer), heldUntil: undefined };
      }
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      if (isGone(error)) {
        this.#search.forget(id);
        if (this.#misses < MAX_MISSES) return this.#miss();
        // The search keeps showing it, but sending never finds it. Deleting it proves that it was not sent.
        if ((await ledger.remove(id)) === 'deleted') throw error;
        throw takenAway();
      }
      this.#failure = error;
      if (ledger.mayBeSent) return 'look again';
      // It was not sent. Deleting it proves that no other process has sent it either.
      const fate = await ledger.remove(id).catch(() => 'left');
      if (fate === 'gone') return 'look again';
      if (fate === 'deleted' && !isOurs && outcomeOf(error) === 'refused') {
        // A draft that another process left may differ from our message.
        this.#failure = undefined;
        return undefined;
      }
      throw error;
    }
    if (moved) return this.#hold(moved, []);
    await ledger.tidy();
    return sent;
  }

  /** Asks for the time of another process's draft. False if the draft is gone. */
  async #knowsSchedule(id: string, isOurs: boolean): Promise<boolean> {
    if (isOurs && !this.#schedules.has(id)) this.#schedules.set(id, undefined);
    if (this.#schedules.has(id)) return true;
    const { requests, ledger, message } = this.#sending;
    const { readSchedule }: typeof import('./outbox-requests') = require('./outbox-requests');
    try {
      this.#schedules.set(id, await readSchedule(requests, message.userId, id, SENDS_UNTIL_FOUND));
      return true;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#search.forget(id);
      ledger.noteGone(id);
      return false;
    }
  }

  /** No other draft is sent once the message is in Outbox, whatever becomes of it there. */
  async #hold(inOutbox: InOutbox, drafts: readonly string[]): Promise<Sent> {
    const { ledger } = this.#sending;
    const { holdMessage }: typeof import('./hold-message') = require('./hold-message');
    const findCopy = async () =>
      (await this.#search.lookLonger(LOOKS, ({ sent }) => sent !== undefined)).sent;
    const sent = await holdMessage(this.#sending, inOutbox, findCopy);
    await ledger.tidy(drafts);
    return sent;
  }

  async #foundSent(sentItem: SentItem, drafts: readonly string[]): Promise<Sent> {
    const { ledger } = this.#sending;
    await ledger.tidy(drafts);
    // A draft in doubt that still existed has been deleted by now, and was not the one that was sent.
    return this.#failure && ledger.inDoubt.length > 0
      ? sentUnanswered(this.#failure, sentItem)
      : sentBefore(sentItem);
  }

  /**
   * Deletes the last one first, and stops once one is gone, so that of several processes with the same drafts,
   * one gets through.
   */
  async #areAllDeleted(drafts: readonly string[]): Promise<boolean> {
    for (const id of [...drafts].reverse()) {
      this.#search.forget(id);
      if ((await this.#sending.ledger.remove(id)) === 'gone') return false;
    }
    return true;
  }

  /** Handles a missing draft that the search shows: it was sent or deleted, or the search lags. */
  #miss(): 'look again' {
    this.#misses++;
    if (this.#misses > MAX_MISSES) throw takenAway();
    return 'look again';
  }
}

function takenAway(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', 'Other processes are sending the same message.', {
    outcome: 'unknown',
    hint: 'Use one job for each message. Send it again later with the same Message-ID: the transport then checks whether it was sent.',
  });
}
