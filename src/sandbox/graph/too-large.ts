import type { SandboxRuleName } from '../rules/index';
import type { SandboxSettings } from '../settings';
import { GraphRefusal } from './graph-answer';

/**
 * Reports name both 413 and 400 for a request over the limit. 413 with this code is the answer that a client
 * cannot take for a fault in the message itself.
 */
export function tooLarge(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 413, 'RequestEntityTooLarge', message);
}

/** A request over the limit, in the status that the settings name. */
export function requestTooLarge(
  { oversizedRequest }: Pick<SandboxSettings, 'oversizedRequest'>,
  limitBytes: number,
): GraphRefusal {
  const message = 'The maximum request length supported is 4MB.';
  if (oversizedRequest === 400) return new GraphRefusal('body-too-large', 400, 'BadRequest', message);
  return tooLarge('body-too-large', `${message} The sandbox takes ${limitBytes} bytes.`);
}
