import type {
  InternetMessageHeader,
  SingleValueLegacyExtendedProperty,
} from '@microsoft/microsoft-graph-types';
import type { Importance } from './importance';
import { headerValues, type MailContent, type MailHeader } from './mail-content';

/** How a header reaches the recipient on the JSON route. */
export type HeaderCarrier =
  /** A property of Graph's message. */
  | { by: 'property'; property: string }
  /**
   * A property that MAPI defines for this header, by type and tag; repeated headers are joined by
   * `separator`.
   */
  | { by: 'extended-property'; id: string; separator: string }
  /** It tells of the MIME structure, which JSON has not. */
  | { by: 'structure' }
  /** Exchange writes its own when it sends, whatever it is given. */
  | { by: 'exchange' };

/**
 * Every header that has a place of its own. Of the others, those that begin with `x-` go into
 * `internetMessageHeaders`, and the rest cannot be said in JSON.
 *
 * Tags: Microsoft's MAPI property pages (PidTagInReplyToId, PidTagInternetReferences, PidTagListHelp,
 * PidTagListSubscribe, PidTagListUnsubscribe, PidTagSensitivity).
 */
export const HEADER_CARRIERS: ReadonlyMap<string, HeaderCarrier> = new Map<string, HeaderCarrier>([
  ['from', { by: 'property', property: 'from' }],
  ['sender', { by: 'property', property: 'sender' }],
  ['reply-to', { by: 'property', property: 'replyTo' }],
  ['to', { by: 'property', property: 'toRecipients' }],
  ['cc', { by: 'property', property: 'ccRecipients' }],
  ['bcc', { by: 'property', property: 'bccRecipients' }],
  ['subject', { by: 'property', property: 'subject' }],
  ['message-id', { by: 'property', property: 'internetMessageId' }],
  ['importance', { by: 'property', property: 'importance' }],
  ['x-priority', { by: 'property', property: 'importance' }],
  ['priority', { by: 'property', property: 'importance' }],
  ['x-msmail-priority', { by: 'property', property: 'importance' }],
  ['keywords', { by: 'property', property: 'categories' }],
  ['disposition-notification-to', { by: 'property', property: 'isReadReceiptRequested' }],
  ['return-receipt-to', { by: 'property', property: 'isDeliveryReceiptRequested' }],
  ['in-reply-to', { by: 'extended-property', id: 'String 0x1042', separator: ' ' }],
  ['references', { by: 'extended-property', id: 'String 0x1039', separator: ' ' }],
  ['list-help', { by: 'extended-property', id: 'String 0x1043', separator: ', ' }],
  ['list-subscribe', { by: 'extended-property', id: 'String 0x1044', separator: ', ' }],
  ['list-unsubscribe', { by: 'extended-property', id: 'String 0x1045', separator: ', ' }],
  ['sensitivity', { by: 'extended-property', id: 'Integer 0x36', separator: ' ' }],
  ['mime-version', { by: 'structure' }],
  ['content-type', { by: 'structure' }],
  ['content-transfer-encoding', { by: 'structure' }],
  ['content-disposition', { by: 'structure' }],
  ['content-description', { by: 'structure' }],
  ['content-id', { by: 'structure' }],
  ['date', { by: 'exchange' }],
  ['return-path', { by: 'exchange' }],
  ['dkim-signature', { by: 'exchange' }],
]);

/** PidTagSensitivity's numbers for the words of RFC 2156. */
const SENSITIVITIES: ReadonlyMap<string, string> = new Map([
  ['normal', '0'],
  ['personal', '1'],
  ['private', '2'],
  ['company-confidential', '3'],
]);

/** Headers of which a message has one: of more, JSON would take the first. */
const SINGLE_HEADERS = ['subject', 'message-id', 'sender'];

/** Names of headers that stand there once too often. */
export function repeatedHeaders(content: MailContent): string[] {
  return SINGLE_HEADERS.flatMap((key) => {
    const [, second] = content.headers.filter((header) => header.key === key);
    return second ? [second.name] : [];
  });
}

/** The first of these that a message has, in words that are known, tells its importance. */
export const IMPORTANCE_HEADERS: readonly string[] = [
  'importance',
  'x-priority',
  'priority',
  'x-msmail-priority',
];

/** The importance of a message; `normal` when no header tells. */
export function toImportance(content: MailContent): Importance {
  const known = /^(?:[1-5]\b|high|urgent|normal|low|non-urgent)/i;
  const values = IMPORTANCE_HEADERS.flatMap((key) => headerValues(content, key));
  const value = values.find((candidate) => known.test(candidate)) ?? '';
  if (/^(?:[12]\b|high|urgent)/i.test(value)) return 'high';
  if (/^(?:[45]\b|low|non-urgent)/i.test(value)) return 'low';
  return 'normal';
}

/** Keywords as Outlook's categories. */
export function toCategories(content: MailContent): string[] {
  return (
    headerValues(content, 'keywords')
      // Commas within quotes belong to the keyword.
      .flatMap((value) => value.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [])
      .map((keyword) => keyword.trim().replace(/^"(.*)"$/, '$1'))
      .filter(Boolean)
  );
}

/** Most custom headers that Graph takes (reported in the issues of microsoftgraph/msgraph-sdk-dotnet, #2105). */
export const MAX_INTERNET_MESSAGE_HEADERS = 5;

/** Headers of the app's own, in order; Graph takes the first `MAX_INTERNET_MESSAGE_HEADERS` of them. */
export function toInternetMessageHeaders({ headers }: MailContent): InternetMessageHeader[] {
  return headers
    .filter(({ key }) => key.startsWith('x-') && !HEADER_CARRIERS.has(key))
    .map(({ name, value }) => ({ name, value }));
}

/** Headers that go as MAPI properties, in the order of the table. */
export function toExtendedProperties(content: MailContent): SingleValueLegacyExtendedProperty[] {
  return [...HEADER_CARRIERS].flatMap(([key, carrier]) => {
    if (carrier.by !== 'extended-property') return [];
    const values = headerValues(content, key);
    if (values.length === 0) return [];
    const value = values.join(carrier.separator).replace(/\s+/g, ' ');
    if (key !== 'sensitivity') return [{ id: carrier.id, value }];
    const sensitivity = SENSITIVITIES.get(value.toLowerCase());
    return sensitivity === undefined ? [] : [{ id: carrier.id, value: sensitivity }];
  });
}

/** Names, as written, of headers that JSON has no place for, or none for such a value. */
export function unnamedHeaders(content: MailContent): string[] {
  return content.headers.filter((header) => !isNamed(header)).map(({ name }) => name);
}

function isNamed({ key, value }: MailHeader): boolean {
  // An encoded word can hold line breaks, which only stay harmless as long as they are encoded, and what could
  // not be decoded is still there in MIME.
  if (/[^\P{Cc}\t]|\ufffd/u.test(value)) return false;
  if (key === 'sensitivity') return SENSITIVITIES.has(value.toLowerCase());
  if (key === 'message-id') return /^<[^<>\s@]+@[^<>\s@]+>$/.test(value);
  return HEADER_CARRIERS.has(key) || /^x-[\x21-\x39\x3b-\x7e]+$/.test(key);
}
