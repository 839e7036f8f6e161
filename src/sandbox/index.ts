export {
  createSandbox,
  type Sandbox,
  type SandboxClientOptions,
  type SandboxEnv,
  type SandboxRequest,
  type SandboxUsage,
} from './create-sandbox';
export type { SandboxDraft } from './sandbox-draft';
export type { SandboxAddress, SandboxAttachment, SandboxMessage } from './sandbox-message';
export type { SandboxLimits, SandboxMailbox, SandboxOptions } from './settings';
export { type RunningSandbox, type StartSandboxOptions, startSandbox } from './start-sandbox';
