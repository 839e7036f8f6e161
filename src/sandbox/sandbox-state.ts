import type { AccessTokens } from './access-token';
import type { SandboxMessage } from './sandbox-message';
import type { SandboxSettings } from './settings';

/** What the two services of one sandbox have in common. */
export interface SandboxState {
  readonly settings: SandboxSettings;
  readonly tokens: AccessTokens;
  readonly messages: SandboxMessage[];
}
