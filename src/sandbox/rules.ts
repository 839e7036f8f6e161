import { ACCESS_RULES } from './rules/access-rules';
import { ENTRA_RULES } from './rules/entra-rules';
import { MAILBOX_RULES } from './rules/mailbox-rules';
import { MESSAGE_RULES } from './rules/message-rules';
import type { SandboxRule } from './rules/rule';
import { SCENE_RULES } from './rules/scene-rules';
import { UPLOAD_RULES } from './rules/upload-rules';

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
