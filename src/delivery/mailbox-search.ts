import type { MessageRequests } from '../graph/message-requests';
import {
  type FoundMessages,
  findAs,
  findMessages,
  folderId,
  type SearchMode,
  SHOWN,
  type StoredMessage,
  toStored,
  type WellKnownFolder,
} from './find-messages';
import { EXPAND_HELD, heldUntil } from './message-mark';
import type { SentItem } from './sent-info';

/** A message that Graph has accepted: its copy, or a draft that is held. */
export interface FoundSent extends SentItem {
  /** When Exchange will send it; undefined if it has been sent. */
  heldUntil: Date | undefined;
}

/**
 * What a mailbox shows of a message at a given moment. It may lag: a message that has left Drafts may still be
 * shown there.
 */
export interface Found {
  /** The copy in Sent Items, if there is one, or what is known of it while Exchange holds the message. */
  sent: FoundSent | undefined;
  /**
   * Ids of drafts, sorted by id, so that every process has them in the same order: times have a resolution of
   * only a second.
   */
  drafts: string[];
  /** Whether there may be more that was not found; only in searches for clean-up. */
  isPart: boolean;
}

/**
 * Searches for messages in Drafts and Sent Items. A mailbox search also covers Deleted Items (documented:
 * api-reference/v1.0/api/user-list-messages.md), where a deleted draft may end up, so results are filtered by
 * folder.
 */
export class MailboxSearch {
  readonly #requests: MessageRequests;
  readonly #userId: string;
  readonly #seesHeld: boolean;
  readonly #folders = new Map<WellKnownFolder, string>();

  /** @param seesHeld whether to tell drafts that Exchange holds from those that it was not told to send */
  constructor(requests: MessageRequests, userId: string, seesHeld = false) {
    this.#seesHeld = seesHeld;
    this.#requests = requests;
    this.#userId = userId;
  }

  /** Remembers the id of Drafts from a draft that was just created, which saves a request for it. */
  learnDrafts({ folder }: StoredMessage): void {
    if (folder !== undefined) this.#folders.set('drafts', folder);
  }

  /** What the mailbox shows for a `$filter`. */
  async find(filter: string, mode: SearchMode = 'step'): Promise<Found> {
    const { messages, isPart } = await this.#search(filter, mode);
    const found: Found = { sent: undefined, drafts: [], isPart };
    for (const message of messages) {
      const { id, isDraft, conversationId, webLink, heldUntil } = message;
      if (!(await this.#isIn(isDraft ? 'drafts' : 'sentitems', message, mode))) continue;
      if (!isDraft) found.sent ??= { id, conversationId, webLink, heldUntil };
      // The draft's id and link lead nowhere once it has been sent.
      else if (heldUntil) found.sent ??= { id: undefined, conversationId, webLink: undefined, heldUntil };
      else found.drafts.push(id);
    }
    found.drafts = [...new Set(found.drafts)].sort();
    return found;
  }

  #search(
    $filter: string,
    mode: SearchMode,
  ): Promise<FoundMessages<StoredMessage & { heldUntil?: Date | undefined }>> {
    if (!this.#seesHeld) return findMessages(this.#requests, this.#userId, $filter, { mode });
    const read = (value: unknown) => {
      const message = toStored(value);
      return { ...message, heldUntil: message.isDraft ? heldUntil(value) : undefined };
    };
    const options = { $filter, $select: SHOWN, $expand: EXPAND_HELD };
    return findAs(this.#requests, this.#userId, options, read, { mode });
  }

  async #isIn(name: WellKnownFolder, { folder }: StoredMessage, mode: SearchMode): Promise<boolean> {
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
