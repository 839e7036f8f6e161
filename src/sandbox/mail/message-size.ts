import { GraphRefusal } from '../graph/graph-answer';
import { messageLimit } from '../mailbox/mailboxes';
import type { SandboxRuleName } from '../rules/index';
import type { SandboxLimits, SandboxMailbox } from '../settings';
import type { MessageContent } from './message';

/** The size that the mailbox counts: the body and the raw bytes of the attachments. That it counts those is ours. */
function sizeOf({ body, attachments }: MessageContent): number {
  return attachments.reduce((sum, { size }) => sum + size, Buffer.byteLength(body.content));
}

/** The rule for a message that is to go out. @throws GraphRefusal */
export function checkMessageSize(
  content: MessageContent,
  mailbox: SandboxMailbox,
  limits: SandboxLimits,
): void {
  const sizeBytes = sizeOf(content);
  const limitBytes = messageLimit(mailbox, limits);
  if (sizeBytes <= limitBytes) return;
  throw sizeExceeded(
    'message-size',
    `The message has ${sizeBytes} bytes, which exceeds the maximum of ${limitBytes}.`,
  );
}

/**
 * The rule for a draft that gets more bytes by an upload: the range that crosses the limit is refused. The
 * report has this sentence and no status. @throws GraphRefusal
 */
export function checkUploadedSize(
  content: MessageContent,
  uploadedBytes: number,
  mailbox: SandboxMailbox,
  limits: SandboxLimits,
): void {
  if (sizeOf(content) + uploadedBytes <= messageLimit(mailbox, limits)) return;
  throw sizeExceeded('message-size-while-uploading', 'The message exceeds the maximum supported size.');
}

function sizeExceeded(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 413, 'ErrorMessageSizeExceeded', message);
}
