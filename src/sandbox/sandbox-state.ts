import type { AccessTokens } from './access-token';
import type { FaultPlan } from './fault-plan';
import type { KeptMessages } from './kept-messages';
import type { MailboxLoad } from './mailbox-load';
import type { SandboxRequest } from './sandbox-request';
import type { SandboxSettings } from './settings';
import type { StoredMessage } from './stored-message';
import type { UploadSession } from './upload-session';

/** What the services of one sandbox have in common. */
export interface SandboxState {
  readonly settings: SandboxSettings;
  readonly tokens: AccessTokens;
  /** What was sent, by whichever route. */
  readonly messages: KeptMessages;
  /** What stands in mailboxes: drafts and Sent Items. */
  readonly stored: StoredMessage[];
  readonly requests: SandboxRequest[];
  readonly faults: FaultPlan;
  readonly load: MailboxLoad;
  readonly uploadSessions: Map<string, UploadSession>;
  /** Milliseconds that every request to Graph takes, of which the setting is the beginning. */
  latency: number;
}
