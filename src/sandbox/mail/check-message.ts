import { GraphRefusal } from '../http/graph-refusal';
import type { SandboxRuleName } from '../rules/index';
import type { SandboxLimits, SandboxMailbox } from '../settings';
import type { MessageContent, SandboxAddress } from './message';
import { headerEnd } from './read-mime';

const LOCAL_PART = /^(?:[^\s\p{C}<>()[\]\\,;:@"]+|"(?:[^"\\\p{C}]|\\[\x20-\x7e])+")$/u;
const LABEL = /^[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?$/;

/** A draft may lack recipients; a message to be sent may not. */
export function requireRecipients(content: MessageContent): void {
  if (recipientsOf(content).length > 0) return;
  throw invalidRecipients('no-recipients', "A message can't be sent because it contains no recipients.");
}

/** The rules for recipients, which are the same on every route. */
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
 * One bare address: no display name, no list, no control character that could end a header, white space only within a
 * quoted local part, and the domain in ASCII, so an international one as punycode.
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

/** The size that counts: the body and the raw bytes of the attachments. That it is these is ours. */
function sizeOf({ body, attachments }: MessageContent): number {
  return attachments.reduce((sum, { size }) => sum + size, Buffer.byteLength(body.content));
}

/** The rule for a message to be sent. @throws GraphRefusal */
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
 * The rule for an upload to a draft: it refuses the range that crosses the limit. The report has this sentence,
 * without a status. @throws GraphRefusal
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

/** The limit is documented. How one attachment more is refused is not, so the code is ours. */
export function checkAttachmentCount(count: number, { attachments: limit }: SandboxLimits): void {
  if (count <= limit) return;
  throw tooMuch('attachment-count', `The message has ${count} attachments, the limit is ${limit}.`);
}

/** The same for the bytes of all headers. */
export function checkHeaderSize(content: MessageContent, { headerBytes: limit }: SandboxLimits): void {
  const sizeBytes = content.mime ? headerEnd(content.mime) : jsonHeaderSize(content);
  if (sizeBytes <= limit) return;
  throw tooMuch('header-bytes', `The headers of the message have ${sizeBytes} bytes, the limit is ${limit}.`);
}

/** About the size of the headers that Exchange makes from the JSON. */
function jsonHeaderSize(content: MessageContent): number {
  const { from, sender, to, cc, bcc, replyTo, subject, headers, extendedProperties } = content;
  const people = [from, sender, ...to, ...cc, ...bcc, ...replyTo].map(({ name, address }: SandboxAddress) =>
    lengthOf(name, address),
  );
  const named = headers.map(({ name, value }) => lengthOf(name, value));
  const properties = extendedProperties.map(({ value }) => lengthOf(value));
  return [lengthOf(subject), ...people, ...named, ...properties].reduce((sum, bytes) => sum + bytes, 0);
}

function lengthOf(...texts: string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);
}

function tooMuch(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 400, 'ErrorInvalidRequest', message);
}

/** The size limit of a message in this mailbox, in bytes. */
export function messageLimit(mailbox: SandboxMailbox, limits: SandboxLimits): number {
  return mailbox.messageBytes ?? limits.messageBytes;
}
