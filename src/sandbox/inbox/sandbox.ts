// All that the inbox takes from the sandbox: no other file of the inbox imports anything from outside its folder.
export { after, machineNow } from '../clock';
export type { Sandbox } from '../create-sandbox';
export type { AnswerFault, FaultTime, SandboxFault } from '../faults/fault';
export { readBody } from '../graph/read-body';
export { REQUEST_NAMES, type SandboxRequestName } from '../http/route';
export { composeEml } from '../mail/compose-eml';
export { emlHeaders } from '../mail/eml-headers';
export type { SandboxAddress, SandboxAttachment, SandboxMessage } from '../mail/message';
export { SANDBOX_RULES, type SandboxRuleName } from '../rules/index';
