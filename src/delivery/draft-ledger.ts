// Longer than a file should be, because the promises below need every creation, /send and DELETE to change one set of facts.
import { outcomeOf } from '../errors/graph-transport-error';
import type { Accepted } from '../graph/calls';
import type { MessageRequests } from '../graph/message-requests';
import type { DraftMessage } from './draft-content';
import { ambiguousFailure, certainFailure, failureBeforeDraft } from './draft-failure';
import { deleteDraft, postDraft, postSend } from './draft-requests';
import type { MailboxMessage, SearchMode } from './find-messages';
import type { MailboxSearch } from './mailbox-search';
import { hasDraftMark, hasMark, hasMessageId, unfinished } from './message-mark';
import { isGone, isPassing } from './passing-state';
import type { SentItem } from './sent-info';

/** How many times an interrupted draft is searched for before the error is thrown. */
const LOOKS_FOR_LOST = 4;

/**
 * Tracks what may have become of the drafts of one message. Every creation, /send and DELETE of a draft goes
 * through here, and so does every error, so these promises are kept in one place:
 *
 * - Once a /send may have been carried out, no error claims that nothing was sent until the mailbox proves it.
 * - What may have been sent is not deleted. A message's id becomes invalid when it leaves Drafts, so a DELETE
 *   finds either a draft, which can then never be sent, or nothing. Scheduled messages that several processes send
 *   leave Drafts for Outbox, and count as sent from then on.
 * - An error names the draft that may be left in the mailbox.
 */
export class DraftLedger {
  readonly #requests: MessageRequests;
  readonly #message: DraftMessage;
  readonly #search: MailboxSearch;
  /** Our drafts, to be deleted unless they are sent. */
  readonly #ours = new Set<string>();
  /** Drafts that Graph was told to send, with an unknown outcome. */
  readonly #inDoubt = new Set<string>();
  /** The message in Outbox, which any process may have told Graph to send. */
  #inOutbox: string | undefined;
  /** A draft that another process has sent or deleted. */
  #vanished: string | undefined;
  /** Creations whose answers were lost, and which may have been carried out. */
  #lost = 0;
  #wasLookCut = false;
  /** All drafts that we know of, whatever has become of them: a search that lags may still show them. */
  readonly #known = new Set<string>();
  /** The draft that Graph was last told to send. */
  #tried: string | undefined;
  /** What Graph reported of the drafts that we created, by id. */
  readonly #created = new Map<string, MailboxMessage>();
  /** Whether a /send got any answer other than a temporary state, in which nothing is sent. */
  #hasTriedToSend = false;
  /** Drafts that could not be deleted. */
  readonly #left: string[] = [];
  /** Whether our drafts carry the mark that lets other processes find and send them. */
  #isShared: boolean;

  constructor(requests: MessageRequests, message: DraftMessage, search: MailboxSearch) {
    this.#requests = requests;
    this.#message = message;
    this.#search = search;
    const { marks, content, reply } = message;
    this.#isShared = marks.message !== undefined && !content.isMime && content.added.length === 0 && !reply;
  }

  /** Whether the message may have been sent, by us or by another process. */
  get mayBeSent(): boolean {
    return this.#inDoubt.size > 0 || this.#vanished !== undefined || this.#inOutbox !== undefined;
  }

  /** Drafts that we may have sent. */
  get inDoubt(): readonly string[] {
    return [...this.#inDoubt];
  }

  /** A draft that is left in the mailbox although the message was sent, because it could not be deleted. */
  get left(): string | undefined {
    return this.#left[0];
  }

  /** The Message-ID that Graph reported for the draft that it was last told to send. */
  get serverMessageId(): string | undefined {
    return this.#created.get(this.#tried ?? '')?.messageId;
  }

  /**
   * What is known of the copy of the draft that Graph was last told to send. The draft's id and link lead nowhere
   * once it has been sent.
   */
  get sentItem(): SentItem | undefined {
    const conversationId = this.#created.get(this.#tried ?? '')?.conversationId;
    return conversationId === undefined ? undefined : { id: undefined, conversationId, webLink: undefined };
  }

  /**
   * Whether a draft may be left whose creation was not answered: the last search for it was not answered
   * either.
   */
  get mayLeaveUnknown(): boolean {
    return this.#lost > 0 && this.#wasLookCut;
  }

  /** Creates a draft, in one request. */
  async create(
    post = () => postDraft(this.#requests, this.#message.userId, this.#message.content),
  ): Promise<string> {
    try {
      const draft = await post();
      this.#search.learnDrafts(draft);
      this.note(draft);
      this.adopt(draft.id);
      return draft.id;
    } catch (error) {
      if (outcomeOf(error) === 'unknown') this.#lost++;
      throw error;
    }
  }

  /** Remembers what Graph reports of a draft of ours. */
  note(draft: MailboxMessage): void {
    this.#created.set(draft.id, draft);
  }

  /** Whether this draft is ours and not in doubt. */
  isOurs(id: string): boolean {
    return this.#ours.has(id);
  }

  /** Takes over a draft: one that another process has left, or whose creation was not answered. */
  adopt(id: string): void {
    this.#known.add(id);
    this.#ours.add(id);
  }

  /**
   * Finds a draft of ours whose creation was not answered. MIME is excluded: it carries no mark that would
   * distinguish it from another process's draft.
   */
  async findLost(): Promise<string | undefined> {
    if (this.#message.content.isMime) return undefined;
    const id = (await this.#lostDrafts('step')).find((found) => !this.#known.has(found));
    if (id !== undefined) this.#find(id);
    return id;
  }

  /** Must be called before a draft is marked for other processes to find. */
  share(): void {
    this.#isShared = true;
  }

  /** Sends a draft. */
  send(id: string): Promise<Accepted> {
    return this.#sendBy(id, () => postSend(this.#requests, this.#message.userId, id));
  }

  /** Moves a scheduled draft to Outbox. From then on, any process may send it. */
  async moveToOutbox(id: string): Promise<MailboxMessage> {
    const { moveToOutbox }: typeof import('./outbox-requests') = require('./outbox-requests');
    const moved = await this.#sendBy(id, () => moveToOutbox(this.#requests, this.#message.userId, id));
    this.noteInOutbox(moved.id);
    return moved;
  }

  /** Records that the message is in Outbox. */
  noteInOutbox(id: string): void {
    this.#inOutbox = id;
  }

  async #sendBy<T>(id: string, request: () => Promise<T>): Promise<T> {
    this.#tried = id;
    const attemptsBefore = this.#requests.attempts;
    try {
      const answer = await request();
      this.#ours.delete(id);
      this.#inDoubt.delete(id);
      return answer;
    } catch (error) {
      // If there were attempts before the last one, they were answered differently.
      const isFirst = this.#requests.attempts === attemptsBefore + 1;
      if (!isFirst || !isPassing(error)) this.#hasTriedToSend = true;
      if (outcomeOf(error) === 'unknown') {
        this.#ours.delete(id);
        this.#inDoubt.add(id);
      } else if (isGone(error)) {
        this.noteGone(id);
      }
      throw error;
    }
  }

  /**
   * Deletes a draft, whichever process created it. `deleted` proves that it was never sent; `gone` means that
   * it had already left Drafts, sent or deleted.
   */
  async remove(id: string): Promise<'deleted' | 'gone'> {
    const fate = await deleteDraft(this.#requests, this.#message.userId, id);
    this.#ours.delete(id);
    if (fate === 'gone') {
      this.noteGone(id);
    } else {
      this.#inDoubt.delete(id);
      if (this.#vanished === id) this.#vanished = undefined;
    }
    return fate;
  }

  /**
   * Records that Graph does not find a draft by its id. If no other process knows the draft, and we have not
   * tried to send it, it cannot have been sent.
   */
  noteGone(id: string): void {
    if (this.#message.marks.message === undefined && !this.#hasTriedToSend) return;
    this.#ours.delete(id);
    if (!this.#inDoubt.has(id)) this.#vanished = id;
  }

  /**
   * Records that the mailbox has been searched for long enough: a draft that vanished was deleted, not sent.
   */
  settle(): void {
    this.#vanished = undefined;
  }

  /** Removes leftover drafts after the message was sent. It no longer matters what becomes of them. */
  async tidy(others: readonly string[] = []): Promise<void> {
    const { marks, content } = this.#message;
    for (const id of new Set([...this.#ours, ...others])) await this.#removeOrLeave(id);
    if (marks.message !== undefined && content.added.length > 0) {
      const filter = hasMark(unfinished(marks.message));
      const found = await this.#search.find(filter, 'clean-up').catch(() => undefined);
      for (const id of found?.drafts ?? []) await this.#removeOrLeave(id);
    }
    // Comes last, because these drafts may be created late.
    for (const id of await this.#findInterrupted()) await this.#removeOrLeave(id);
  }

  /**
   * The error to throw in place of this one, after deleting all our drafts that may be deleted. It is ambiguous
   * while the message may have been sent, and it names a draft that may be left.
   */
  async failure(error: unknown): Promise<unknown> {
    const { marks, content } = this.#message;
    const notFound: string[] = [];
    const removeOurs = async () => {
      for (const id of [...this.#ours]) {
        const fate = await this.#removeOrLeave(id);
        // If no step found it, it was never seen to leave Drafts.
        if (fate === 'gone' && isGone(error) && !this.mayBeSent) notFound.push(id);
      }
    };
    await removeOurs();
    // A draft that vanished before it was sent may just have been unavailable for a moment.
    if (this.#vanished !== undefined) await this.remove(this.#vanished).catch(() => undefined);
    // Comes last, because these drafts may be created late.
    const found = await this.#findInterrupted();
    await removeOurs();
    const drafts = {
      maybeSent: this.#inOutbox ?? this.inDoubt[0] ?? this.#vanished,
      left: this.#left,
      // A search by Message-ID also finds another process's draft, which that process may still need.
      perhapsOurs: [...notFound, ...(content.isMime ? found.filter((id) => !this.#known.has(id)) : [])],
      isAnyLost: this.#lost > 0,
      isExactlyOnce: marks.message !== undefined,
      isScheduled: marks.schedule !== undefined || this.#inOutbox !== undefined,
    };
    // Another process may find and send a draft that we leave.
    const mayBeSentByOthers = this.#isShared && (this.#lost > 0 || this.#left.length > 0);
    if (this.mayBeSent || mayBeSentByOthers) return ambiguousFailure(error, drafts);
    const failure = this.#known.size > 0 ? error : failureBeforeDraft(error, this.#message);
    return certainFailure(failure, this.#requests.signal, drafts);
  }

  async #removeOrLeave(id: string): Promise<'deleted' | 'gone' | 'left'> {
    try {
      if ((await this.remove(id)) === 'deleted') return 'deleted';
      // Graph may fail to find a draft that was just created (reported), which would leave it behind.
      await this.#requests.cleanUpMoment(1);
      return await this.remove(id);
    } catch {
      this.#ours.delete(id);
      this.#left.push(id);
      return 'left';
    }
  }

  /** Searches for drafts whose creation was interrupted. The search may take a moment to show them. */
  async #findInterrupted(): Promise<readonly string[]> {
    const found = new Set<string>();
    const looks = this.#message.reply ? 1 : LOOKS_FOR_LOST;
    for (let look = 1; look <= looks && this.#lost > 0; look++) {
      await this.#requests.cleanUpMoment(look);
      for (const id of await this.#lostDrafts('clean-up')) {
        found.add(id);
        if (!this.#message.content.isMime) this.#find(id);
      }
    }
    return [...found];
  }

  #find(id: string): void {
    if (this.#known.has(id)) return;
    this.#lost--;
    this.adopt(id);
  }

  async #lostDrafts(mode: SearchMode): Promise<string[]> {
    const { content, marks, messageId, reply } = this.#message;
    // The draft of a reply has our mark only once we have changed it, so there is nothing to find it by.
    if (reply) {
      this.#wasLookCut = true;
      return [];
    }
    const filter = content.isMime ? hasMessageId(messageId) : hasDraftMark(marks.draft);
    const found = await this.#search.find(filter, mode).catch(() => undefined);
    this.#wasLookCut = found?.isPart ?? true;
    return found?.drafts ?? [];
  }
}
