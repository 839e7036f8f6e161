import type { MessageRequests } from '../graph/message-requests';
import {
  findMessages,
  folderId,
  type SearchMode,
  type StoredMessage,
  type WellKnownFolder,
} from './draft-requests';

/** What a mailbox shows of a message at one moment. It may lag: what left Drafts may still be shown there. */
export interface Found {
  /** Whether there is a copy in Sent Items. */
  sent: boolean;
  /** Ids of drafts, in the order that every process puts them in: by id, since times are whole seconds. */
  drafts: string[];
  /** Whether there may be more that was not found; of searches to clean up only. */
  isPart: boolean;
}

/**
 * Looks for messages where they count: in Drafts and in Sent Items. A search of a mailbox also finds what lies in
 * Deleted Items (documented: api-reference/v1.0/api/user-list-messages.md), and a deleted draft may end up there.
 */
export class MailboxSearch {
  readonly #requests: MessageRequests;
  readonly #userId: string;
  readonly #folders = new Map<WellKnownFolder, string>();

  constructor(requests: MessageRequests, userId: string) {
    this.#requests = requests;
    this.#userId = userId;
  }

  /** Learns the id of Drafts from a draft that was just made, which saves asking for it. */
  learnDrafts({ folder }: StoredMessage): void {
    if (folder !== undefined) this.#folders.set('drafts', folder);
  }

  /** What the mailbox shows for a `$filter`. */
  async find(filter: string, mode: SearchMode = 'step'): Promise<Found> {
    const { messages, isPart } = await findMessages(this.#requests, this.#userId, filter, mode);
    const found: Found = { sent: false, drafts: [], isPart };
    for (const message of messages) {
      const { id, isDraft } = message;
      if (!(await this.#isIn(isDraft ? 'drafts' : 'sentitems', message, mode))) continue;
      if (isDraft) found.drafts.push(id);
      else found.sent = true;
    }
    found.drafts = [...new Set(found.drafts)].sort();
    return found;
  }

  async #isIn(name: WellKnownFolder, { folder }: StoredMessage, mode: SearchMode): Promise<boolean> {
    // A service that tells no folder leaves us nothing but isDraft.
    if (folder === undefined) return true;
    let known = this.#folders.get(name);
    if (known === undefined) {
      known = await folderId(this.#requests, this.#userId, name, mode);
      this.#folders.set(name, known);
    }
    return folder === known;
  }
}
