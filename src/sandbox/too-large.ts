import { GraphRefusal } from './graph-answer';
import type { SandboxRuleName } from './rules';

/**
 * Reports name both 413 and 400 for a request over the limit. 413 with this code is the answer that a client
 * cannot take for a fault in the message itself.
 */
export function tooLarge(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 413, 'RequestEntityTooLarge', message);
}
