import type { AccessTokens } from './access-token';
import type { DeferredSend } from './deferred-send';
import type { DraftChanges } from './draft-changes';
import type { FaultPlan } from './fault-plan';
import type { KeptMessages } from './kept-messages';
import type { FolderIds } from './mail-folders';
import type { MailboxLoad } from './mailbox-load';
import type { Ids } from './make-ids';
import type { SandboxRequest } from './sandbox-request';
import type { StaleDraft } from './search-delay';
import type { SandboxMailbox, SandboxSettings } from './settings';
import type { StoredMessage } from './stored-message';
import type { UploadSession } from './upload-session';

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
