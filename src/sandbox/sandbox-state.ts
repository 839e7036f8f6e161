import type { AccessTokens } from './access-token';
import type { KeptMessages } from './kept-messages';
import type { SandboxSettings } from './settings';
import type { StoredMessage } from './stored-message';
import type { UploadSession } from './upload-session';

/** What the services of one sandbox have in common. */
export interface SandboxState {
  readonly settings: SandboxSettings;
  readonly tokens: AccessTokens;
  /** What was sent, by whichever route. */
  readonly messages: KeptMessages;
  /** Drafts, and what was sent as one. */
  readonly stored: StoredMessage[];
  readonly uploadSessions: Map<string, UploadSession>;
}
