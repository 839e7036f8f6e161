import { ACCESS_RULES, ENTRA_RULES } from './access-rules';
import { MAILBOX_RULES, SCENE_RULES, UPLOAD_RULES } from './mailbox-rules';
import { MESSAGE_RULES } from './message-rules';
import type { SandboxRule } from './rule';
import { TRACE_RULES } from './trace-rules';

const RULES = {
  ...ENTRA_RULES,
  ...ACCESS_RULES,
  ...MESSAGE_RULES,
  ...MAILBOX_RULES,
  ...UPLOAD_RULES,
  ...SCENE_RULES,
  ...TRACE_RULES,
};

/** The name of a rule of the sandbox. */
export type SandboxRuleName = keyof typeof RULES;

/**
 * The sandbox's rules by name: what it refuses, and what it does that a client may notice. Each says how well the
 * behaviour of Microsoft's service is known.
 */
export const SANDBOX_RULES: Readonly<Record<SandboxRuleName, SandboxRule>> = RULES;
