import { GraphRefusal, tooLarge } from '../http/graph-refusal';
import type { Ids } from '../http/ids';
import type { SandboxRuleName } from '../rules/index';
import type { JsonEntity, JsonValue } from '../schema/entity-types';
import { decodeBase64, readEntity } from '../schema/read-entity';
import type { SandboxLimits, SandboxMailbox } from '../settings';
import { checkMultiValueProperties, readSingleValueProperties } from './extended-properties';
import type { MessageContent, ReadMessage, SandboxAddress, SandboxAttachment } from './message';

type JsonMessage = JsonEntity<'message'>;

/** Reads the JSON of a sendMail. */
export function readJsonMessage(
  request: unknown,
  mailbox: SandboxMailbox,
  ids: Ids,
  limits: SandboxLimits,
): ReadMessage {
  const { message, saveToSentItems } = readEntity(request, 'sendMail');
  if (message === undefined) {
    throw new GraphRefusal(
      'message-missing',
      400,
      'RequestBodyRead',
      "The sendMail request has no parameter 'message'.",
    );
  }
  return readMessage(message, isSaved(saveToSentItems), request, mailbox, ids, limits);
}

/** Reads the JSON of a draft: a message with nothing around it. */
export function readJsonDraft(
  request: unknown,
  mailbox: SandboxMailbox,
  ids: Ids,
  limits: SandboxLimits,
): ReadMessage {
  return readMessage(readEntity(request, 'message'), true, request, mailbox, ids, limits);
}

/** Reads the JSON of an update. What it does not name gets the value of a new message. */
export function readJsonChange(
  change: JsonMessage,
  mailbox: SandboxMailbox,
  ids: Ids,
  limits: SandboxLimits,
): ReadMessage {
  return readMessage(change, true, change, mailbox, ids, limits);
}

function readMessage(
  message: JsonMessage,
  savedToSentItems: boolean,
  request: unknown,
  mailbox: SandboxMailbox,
  ids: Ids,
  limits: SandboxLimits,
): ReadMessage {
  checkMultiValueProperties(message.multiValueExtendedProperties);
  const given = { from: toAddress(message.from), sender: toAddress(message.sender) };
  const from = given.from ?? { name: mailbox.displayName, address: mailbox.userPrincipalName };
  const content: MessageContent = {
    route: 'json',
    from,
    sender: given.sender ?? from,
    replyTo: toAddresses(message.replyTo),
    to: toAddresses(message.toRecipients),
    cc: toAddresses(message.ccRecipients),
    bcc: toAddresses(message.bccRecipients),
    subject: message.subject ?? '',
    body: readBody(message.body),
    importance: readImportance(message.importance),
    internetMessageId: readMessageId(message.internetMessageId) ?? ids.messageId(mailbox.userPrincipalName),
    headers: readInternetHeaders(message.internetMessageHeaders),
    extendedProperties: readSingleValueProperties(message.singleValueExtendedProperties),
    categories: [...(message.categories ?? [])],
    isReadReceiptRequested: message.isReadReceiptRequested ?? false,
    isDeliveryReceiptRequested: message.isDeliveryReceiptRequested ?? false,
    attachments: (message.attachments ?? []).map((attachment) =>
      readAttachment(attachment, limits.attachmentBytes),
    ),
    savedToSentItems,
    request,
  };
  const claimedSenders = [given.from, given.sender].flatMap((sender) => (sender ? [sender.address] : []));
  return { content, claimedSenders };
}

/** [rule: save-to-sent-items] */
function isSaved(saveToSentItems: JsonEntity<'sendMail'>['saveToSentItems']): boolean {
  // A bug of the service rather than a rule: null passes its parser and breaks the next step.
  if (saveToSentItems === null) {
    throw new GraphRefusal(
      'save-to-sent-items-null',
      500,
      'ErrorInternalServerError',
      'An internal server error occurred.',
    );
  }
  return saveToSentItems !== false && saveToSentItems !== 'false';
}

function toAddresses(recipients: readonly JsonEntity<'recipient'>[] = []): SandboxAddress[] {
  return recipients.map((recipient) => toAddress(recipient) ?? { name: '', address: '' });
}

/** Undefined for a recipient without an emailAddress, such as the `{}` that some clients write for "none". */
function toAddress(recipient: JsonEntity<'recipient'> | null | undefined): SandboxAddress | undefined {
  const emailAddress = recipient?.emailAddress;
  return emailAddress ? { name: emailAddress.name ?? '', address: emailAddress.address ?? '' } : undefined;
}

function readBody(body: JsonEntity<'itemBody'> | null | undefined): MessageContent['body'] {
  const isHtml = body?.contentType?.toLowerCase() === 'html';
  return { contentType: isHtml ? 'html' : 'text', content: body?.content ?? '' };
}

function readImportance(importance: string | null | undefined): MessageContent['importance'] {
  const value = importance?.toLowerCase();
  return value === 'low' || value === 'high' ? value : 'normal';
}

/** Ours: what the service makes of an id without angle brackets is not documented. */
function readMessageId(id: string | null | undefined): string | undefined {
  if (id === null || id === undefined) return undefined;
  // The @ is searched for separately: an expression with text on both sides would try each of many in turn.
  const at = id.indexOf('@', 2);
  if (/^<[^\s\p{Cc}<>]+>$/u.test(id) && at !== -1 && at < id.length - 2) return id;
  throw new GraphRefusal(
    'message-id-form',
    400,
    'ErrorInvalidPropertyRequest',
    `internetMessageId takes <id@domain>, not '${id}'.`,
  );
}

type JsonAttachment = JsonValue<'attachment'>;

/** An attachment as JSON, within a message or alone. */
export function readAttachment(attachment: JsonAttachment, limitBytes: number): SandboxAttachment {
  const { name, isInline = false } = attachment;
  if (!name) throw invalid('An attachment has no name.');
  if (isItemAttachment(attachment)) {
    if (!attachment.item) throw invalid(`The item attachment '${name}' has no item.`);
    const content = Buffer.from(JSON.stringify(attachment.item));
    checkSize(name, content, limitBytes);
    return { name, contentType: 'application/json', content, size: content.length, isInline };
  }
  const { contentBytes } = attachment;
  const content = typeof contentBytes === 'string' ? decodeBase64(contentBytes) : undefined;
  if (content === undefined) throw invalid(`The file attachment '${name}' has no contentBytes.`);
  checkSize(name, content, limitBytes);
  return {
    name,
    contentType: attachment.contentType ?? 'application/octet-stream',
    content,
    size: content.length,
    isInline,
    ...(typeof attachment.contentId === 'string' && { contentId: attachment.contentId }),
  };
}

function isItemAttachment(attachment: JsonAttachment): attachment is JsonEntity<'itemAttachment'> {
  return attachment['@odata.type']?.endsWith('.itemAttachment') === true;
}

function checkSize(name: string, content: Buffer, limitBytes: number): void {
  if (content.length < limitBytes) return;
  throw tooLarge(
    'attachment-size',
    `The attachment '${name}' has ${content.length} bytes, it must be smaller than ${limitBytes}.`,
  );
}

/** The service refuses these too. Its code is not documented. */
function invalid(message: string): GraphRefusal {
  return new GraphRefusal('attachment-incomplete', 400, 'ErrorInvalidRequest', message);
}

const MAX_HEADERS = 5;

/** The custom headers of a message: at most five, all of them `x-`. */
export function readInternetHeaders(
  headers: readonly JsonEntity<'internetMessageHeader'>[] | undefined,
): { name: string; value: string }[] {
  if (headers === undefined) return [];
  // An empty list gets the sentence for a long one, from the service too.
  if (headers.length === 0 || headers.length > MAX_HEADERS) {
    throw new GraphRefusal(
      'header-count',
      400,
      'InvalidInternetMessageHeaderCollection',
      `Maximum number of headers in one message should be less than or equal to ${MAX_HEADERS}.`,
    );
  }
  return headers.map(readHeader);
}

function readHeader(header: JsonEntity<'internetMessageHeader'>): { name: string; value: string } {
  const name = header.name ?? '';
  const { value } = header;
  if (!/^x-/i.test(name)) {
    throw invalidHeader(
      'header-name',
      `The internet message header name '${name}' should start with 'x-' or 'X-'.`,
    );
  }
  if (!/^[!-9;-~]+$/.test(name)) {
    throw invalidHeader(
      'header-form',
      `The internet message header name '${name}' has a character that no header name has.`,
    );
  }
  if (typeof value !== 'string')
    throw invalidHeader('header-form', `The internet message header '${name}' has no value.`);
  // A line break in a value would start another header, such as Bcc. A tab is allowed.
  if (/[^\P{Cc}\t]/u.test(value)) {
    throw invalidHeader(
      'header-form',
      `The value of the internet message header '${name}' has a control character.`,
    );
  }
  return { name, value };
}

function invalidHeader(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 400, 'InvalidInternetMessageHeader', message);
}
