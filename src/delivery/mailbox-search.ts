import type { MessageRequests } from '../graph/message-requests';
import {
  findMessages,
  folderId,
  type MailboxMessage,
  type SearchMode,
  type WellKnownFolder,
} from './find-messages';
import type { SentItem } from './sent-info';

/**
 * What a mailbox shows of a message at a given moment. It may lag: a message that has left Drafts may still be
 * shown there.
 */
export interface Found {
  /** The copy in Sent Items, if there is one. */
  sent: SentItem | undefined;
  /** The message in Outbox, where Exchange holds it, or will once it is told to send it. */
  inOutbox: Pick<MailboxMessage, 'id' | 'conversationId'> | undefined;
  /**
   * Ids of drafts, sorted by id, so that every process has them in the same order: times have a resolution of
   * only a second.
   */
  drafts: string[];
  /** Whether there may be more that was not found; only in searches for clean-up. */
  isPart: boolean;
}

/**
 * Searches for messages in Drafts, Outbox and Sent Items. A mailbox search also covers Deleted Items (documented:
 * api-reference/v1.0/api/user-list-messages.md), where a deleted draft may end up, so results are filtered by
 * folder.
 */
export class MailboxSearch {
  readonly #requests: MessageRequests;
  readonly #userId: string;
  readonly #looksInOutbox: boolean;
  readonly #folders = new Map<WellKnownFolder, string>();

  /** @param looksInOutbox whether another process may have put the message there */
  constructor(requests: MessageRequests, userId: string, looksInOutbox = false) {
    this.#requests = requests;
    this.#userId = userId;
    this.#looksInOutbox = looksInOutbox;
  }

  /** Remembers the id of Drafts from a draft that was just created, which saves a request for it. */
  learnDrafts({ folder }: MailboxMessage): void {
    if (folder !== undefined) this.#folders.set('drafts', folder);
  }

  /** What the mailbox shows for a `$filter`. */
  async find(filter: string, mode: SearchMode = 'step'): Promise<Found> {
    const { messages, isPart } = await findMessages(this.#requests, this.#userId, filter, { mode });
    const found: Found = { sent: undefined, inOutbox: undefined, drafts: [], isPart };
    for (const message of messages) {
      const { id, isDraft, conversationId, webLink } = message;
      const isThere = await this.#isIn(isDraft ? 'drafts' : 'sentitems', message, mode);
      if (isThere && isDraft) found.drafts.push(id);
      else if (isThere) found.sent ??= { id, conversationId, webLink };
      else if (this.#looksInOutbox && (await this.#isIn('outbox', message, mode)))
        found.inOutbox ??= { id, conversationId };
    }
    found.drafts = [...new Set(found.drafts)].sort();
    return found;
  }

  async #isIn(name: WellKnownFolder, { folder }: MailboxMessage, mode: SearchMode): Promise<boolean> {
    // If the service does not report the folder, only isDraft is left to go by.
    if (folder === undefined) return true;
    let known = this.#folders.get(name);
    if (known === undefined) {
      known = await folderId(this.#requests, this.#userId, name, mode);
      this.#folders.set(name, known);
    }
    return folder === known;
  }
}
