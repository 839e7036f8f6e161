import type { AccessTokens } from './entra/access-token';
import type { FaultPlan } from './faults/fault-plan';
import type { DraftChanges } from './graph/draft-changes';
import type { DeferredSend } from './mailbox/deferred-send';
import type { KeptMessages } from './mailbox/kept-messages';
import type { FolderIds } from './mailbox/mail-folders';
import type { MailboxLoad } from './mailbox/mailbox-load';
import type { Ids } from './mailbox/make-ids';
import type { StaleDraft } from './mailbox/search-delay';
import type { StoredMessage } from './mailbox/stored-message';
import type { UploadSession } from './mailbox/upload-session';
import type { SandboxRequest } from './sandbox-request';
import type { SandboxMailbox, SandboxSettings } from './settings';

/** What the services of one sandbox have in common. */
export interface SandboxState {
  readonly settings: SandboxSettings;
  readonly ids: Ids;
  readonly tokens: AccessTokens;
  /** What was sent, by whichever route. */
  readonly messages: KeptMessages;
  readonly folders: ReadonlyMap<SandboxMailbox, FolderIds>;
  /** What is in the folders of mailboxes. */
  readonly stored: StoredMessage[];
  /** What searches still take to be in Drafts. */
  readonly staleDrafts: StaleDraft[];
  /** The ids of messages that were deleted whose second DELETE is refused, and whose they are. */
  readonly recoverable: Map<string, SandboxMailbox>;
  readonly requests: SandboxRequest[];
  readonly faults: FaultPlan;
  readonly load: MailboxLoad;
  readonly uploadSessions: Map<string, UploadSession>;
  readonly changes: DraftChanges;
  /** What goes out later. */
  readonly deferred: DeferredSend[];
  /** Milliseconds that every request to Graph takes, of which the setting is the beginning. */
  latency: number;
}
