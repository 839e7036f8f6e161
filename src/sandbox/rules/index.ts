import { ACCESS_RULES, ENTRA_RULES } from './access-rules';
import { MAILBOX_RULES, SCENE_RULES, UPLOAD_RULES } from './mailbox-rules';
import { MESSAGE_RULES } from './message-rules';
import type { SandboxRule } from './rule';

const RULES = {
  ...ENTRA_RULES,
  ...ACCESS_RULES,
  ...MESSAGE_RULES,
  ...MAILBOX_RULES,
  ...UPLOAD_RULES,
  ...SCENE_RULES,
};

/** The name of a rule of the sandbox. */
export type SandboxRuleName = keyof typeof RULES;

/**
 * The rules that the sandbox plays, by name: what it refuses, and what it does in a way that a client may notice. Each
 * says how well it is known of Microsoft's service.
 */
export const SANDBOX_RULES: Readonly<Record<SandboxRuleName, SandboxRule>> = RULES;
