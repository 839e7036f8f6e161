import { ACCESS_RULES } from './access-rules';
import { ENTRA_RULES } from './entra-rules';
import { MAILBOX_RULES } from './mailbox-rules';
import { MESSAGE_RULES } from './message-rules';
import type { SandboxRule } from './rule';
import { SCENE_RULES } from './scene-rules';
import { UPLOAD_RULES } from './upload-rules';

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
