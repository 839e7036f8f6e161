// All that the inbox takes from the sandbox: no other file of the inbox imports anything from outside its folder.
export { after, today } from '../clock';
export type { Sandbox } from '../create-sandbox';
export { checkFault, checkFaultOptions, checkRequestName } from '../faults/check-fault';
export type { AnswerFault, FaultTime, SandboxFault, SandboxPlannedFault } from '../faults/fault';
export { compileQuery } from '../find/match';
export { meantName } from '../find/meant-name';
export { SandboxMessageError } from '../find/message-error';
export type { SandboxMessageFilter } from '../find/message-filter';
export { newcomers } from '../find/newcomers';
export { readBody } from '../graph/read-body';
export { REQUEST_NAMES, type SandboxRequestName } from '../http/route';
export { decodeReferences } from '../mail/character-references';
export { composeEml } from '../mail/compose-eml';
export { emlHeaders } from '../mail/eml-headers';
export { type Tag, tagsOf, withoutComments } from '../mail/markup';
export {
  type SandboxAddress,
  type SandboxAttachment,
  type SandboxMessage,
  sizeOfMessage,
} from '../mail/message';
export { visibleLine, visibleText } from '../mail/visible-text';
export { SANDBOX_RULES, type SandboxRuleName } from '../rules/index';
