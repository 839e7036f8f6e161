export type { SandboxClientOptions, SandboxEnv } from './client-options';
export {
  createSandbox,
  type Sandbox,
  type SandboxUsage,
} from './create-sandbox';
export type { SandboxRequest } from './dispatch';
export type {
  AnswerFault,
  BrokenJsonFault,
  ChallengeFault,
  CutFault,
  FaultTime,
  HeadersFault,
  HtmlFault,
  RedirectFault,
  ResetFault,
  SandboxFault,
  SandboxFaultChooser,
  SandboxFaultOptions,
  SandboxPlannedFault,
  SandboxSeenRequest,
  SilenceFault,
  TrickleFault,
} from './faults/fault';
export type { SandboxMessages } from './find/find-messages';
export { SandboxMessageError } from './find/message-error';
export type {
  SandboxAddressFilter,
  SandboxAsymmetricMatcher,
  SandboxMessageFilter,
  SandboxMessageQuery,
  SandboxTextFilter,
} from './find/message-filter';
export type { SandboxWaitOptions } from './find/wait-for-message';
export type { SandboxRequestName } from './http/route';
export type { SandboxAddress, SandboxAttachment, SandboxMessage } from './mail/message';
export type { SandboxDraft } from './mailbox/draft';
export { SANDBOX_RULES, type SandboxRuleName } from './rules/index';
export type { SandboxEvidence, SandboxRule } from './rules/rule';
export type {
  SandboxDelay,
  SandboxLimits,
  SandboxMailbox,
  SandboxOptions,
  SandboxSearchDelay,
} from './settings';
export { type RunningSandbox, type StartSandboxOptions, startSandbox } from './start-sandbox';
