import { GraphRefusal } from '../graph/graph-answer';
import type { SandboxRuleName } from '../rules/index';
import type { SandboxLimits } from '../settings';
import type { MessageContent, SandboxAddress } from './message';

/** How many attachments a message may have is documented, how one more is refused is not: the code is ours. */
export function checkAttachmentCount(count: number, { attachments: limit }: SandboxLimits): void {
  if (count <= limit) return;
  throw tooMuch('attachment-count', `The message has ${count} attachments, the limit is ${limit}.`);
}

/** The same of the bytes of all its headers. */
export function checkHeaderSize(content: MessageContent, { headerBytes: limit }: SandboxLimits): void {
  const sizeBytes = content.mime ? mimeHeaderSize(content.mime) : jsonHeaderSize(content);
  if (sizeBytes <= limit) return;
  throw tooMuch('header-bytes', `The headers of the message have ${sizeBytes} bytes, the limit is ${limit}.`);
}

function mimeHeaderSize(mime: Buffer): number {
  const end = mime.indexOf('\r\n\r\n');
  return end === -1 ? mime.length : end;
}

/** About what the headers take up into which Exchange makes the JSON. */
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
