import { GraphRefusal } from '../graph/graph-answer';
import type { SandboxRuleName } from '../rules/index';
import type { MessageContent, SandboxAddress } from './message';

const LOCAL_PART = /^(?:[^\s\p{C}<>()[\]\\,;:@"]+|"(?:[^"\\\p{C}]|\\[\x20-\x7e])+")$/u;
const LABEL = /^[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?$/;

/** A draft may wait for its recipients, a message that is sent must have some. */
export function requireRecipients(content: MessageContent): void {
  if (recipientsOf(content).length > 0) return;
  throw invalidRecipients('no-recipients', "A message can't be sent because it contains no recipients.");
}

/** The rules for the recipients that a message has, whichever route it came. */
export function checkRecipients(content: MessageContent, limit: number): void {
  const recipients = recipientsOf(content);
  if (recipients.length > limit) {
    throw new GraphRefusal(
      'recipient-count',
      400,
      'ErrorRecipientLimitExceeded',
      `The message has ${recipients.length} recipients, the limit is ${limit}.`,
    );
  }
  for (const recipient of [...recipients, ...content.replyTo]) checkAddress(recipient);
}

function recipientsOf({ to, cc, bcc }: MessageContent): SandboxAddress[] {
  return [...to, ...cc, ...bcc];
}

function checkAddress({ address }: SandboxAddress): void {
  if (isSmtpAddress(address)) return;
  throw invalidRecipients(
    'recipient-form',
    `Recipient '${address}' is not resolved. All recipients must be resolved before a message can be submitted.`,
  );
}

/**
 * One bare address: no display name, no list, no control character that could end a header, white space only
 * within a quoted local part, and a domain in ASCII, where an international one stands as punycode.
 */
function isSmtpAddress(address: string): boolean {
  const at = address.lastIndexOf('@');
  const labels = address.slice(at + 1).split('.');
  return at > 0 && LOCAL_PART.test(address.slice(0, at)) && labels.every((label) => LABEL.test(label));
}

function invalidRecipients(rule: SandboxRuleName, reason: string): GraphRefusal {
  return new GraphRefusal(
    rule,
    400,
    'ErrorInvalidRecipients',
    `At least one recipient is not valid., ${reason}`,
  );
}
