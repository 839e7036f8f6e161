import type { Ids } from './answers/ids';
import type { AccessTokens } from './entra/access-token';
import type { FaultPlan } from './faults/fault-plan';
import type { DraftChanges } from './graph/attachments';
import type { UploadSession } from './graph/open-upload';
import type { DeferredSend } from './mailbox/deferred-send';
import type { FolderIds } from './mailbox/folders';
import type { MailboxLoad } from './mailbox/mailbox-load';
import type { StoredMessage } from './mailbox/messages';
import type { StaleDraft } from './mailbox/search-delay';
import type { KeptMessages } from './mailbox/sent';
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
