import type {
  InternetMessageHeader,
  SingleValueLegacyExtendedProperty,
} from '@microsoft/microsoft-graph-types';
import { headerValues, type MailContent, type MailHeader } from '../mime/mail-content';
import type { Importance } from './importance';
import { hasOtherThanAddresses } from './recipients';

/** How a header reaches the recipient on the JSON route. */
export type HeaderCarrier =
  /** As a property of Graph's message. */
  | { by: 'property'; property: string }
  /**
   * As a property that MAPI defines for this header, by type and tag. Repeated headers are joined by
   * `separator`.
   */
  | { by: 'extended-property'; id: string; separator: string }
  /** It describes the MIME structure, which JSON does not have. */
  | { by: 'structure' }
  /** Exchange writes its own when it sends, whatever it gets. */
  | { by: 'exchange' }
  /** Exchange is reported to remove it, from both JSON and MIME, so it does not affect the route. */
  | { by: 'nothing' };

/**
 * Every header that JSON has its own place for. Of the others, those that begin with `x-` go into
 * `internetMessageHeaders`; the rest cannot be expressed in JSON.
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
  // Reported in redaxo/core #6590 and microsoftgraph/msgraph-sdk-dotnet #2209.
  ['auto-submitted', { by: 'nothing' }],
]);

/** PidTagSensitivity's numbers for the words of RFC 2156. */
const SENSITIVITIES: ReadonlyMap<string, string> = new Map([
  ['normal', '0'],
  ['personal', '1'],
  ['private', '2'],
  ['company-confidential', '3'],
]);

/** The first of these headers that a message has, with a known value, decides its importance. */
export const IMPORTANCE_HEADERS: readonly string[] = [
  'importance',
  'x-priority',
  'priority',
  'x-msmail-priority',
];

const KNOWN_IMPORTANCE = /^(?:[1-5]\b|high|urgent|normal|low|non-urgent)/i;

/** The importance of a message; `normal` if no header sets it. */
export function toImportance(content: MailContent): Importance {
  const values = IMPORTANCE_HEADERS.flatMap((key) => headerValues(content, key));
  const value = values.find((candidate) => KNOWN_IMPORTANCE.test(candidate)) ?? '';
  if (/^(?:[12]\b|high|urgent)/i.test(value)) return 'high';
  if (/^(?:[45]\b|low|non-urgent)/i.test(value)) return 'low';
  return 'normal';
}

/** Keywords as Outlook's categories. */
export function toCategories(content: MailContent): string[] {
  return headerValues(content, 'keywords')
    .flatMap(splitKeywords)
    .map((keyword) => keyword.trim().replace(/^"(.*)"$/, '$1'))
    .filter(Boolean);
}

/** Commas inside quotes are part of the keyword. */
function splitKeywords(value: string): string[] {
  const keywords: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (character === '\\' && isQuoted) at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      keywords.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...keywords, value.slice(start)];
}

/**
 * The most custom headers that Graph accepts (reported in the issues of microsoftgraph/msgraph-sdk-dotnet,
 * #2105).
 */
export const MAX_INTERNET_MESSAGE_HEADERS = 5;

/** The app's custom headers that Graph accepts as headers, in order. */
function customHeaders({ headers }: MailContent): MailHeader[] {
  return headers.filter((header) => isCustom(header) && isNamed(header));
}

/** The first `MAX_INTERNET_MESSAGE_HEADERS` custom headers, in order. */
export function toInternetMessageHeaders(content: MailContent): InternetMessageHeader[] {
  return customHeaders(content)
    .slice(0, MAX_INTERNET_MESSAGE_HEADERS)
    .map(({ name, value }) => ({ name, value }));
}

/** Custom headers beyond the number that Graph accepts. */
export function surplusHeaders(content: MailContent): MailHeader[] {
  return customHeaders(content).slice(MAX_INTERNET_MESSAGE_HEADERS);
}

const EXTENDED_PROPERTIES = [...HEADER_CARRIERS].flatMap(([key, carrier]) =>
  carrier.by === 'extended-property' ? [{ key, carrier }] : [],
);

/** Headers that are sent as MAPI properties, in the order of the table. */
export function toExtendedProperties(content: MailContent): SingleValueLegacyExtendedProperty[] {
  return EXTENDED_PROPERTIES.flatMap(({ key, carrier }) => {
    const values = headerValues(content, key).filter(Boolean);
    if (values.length === 0) return [];
    const value = values.join(carrier.separator).replace(/\s+/g, ' ');
    if (key !== 'sensitivity') return [{ id: carrier.id, value }];
    const sensitivity = SENSITIVITIES.get(value.toLowerCase());
    return sensitivity === undefined ? [] : [{ id: carrier.id, value: sensitivity }];
  });
}

/** Headers that JSON cannot carry: at all, with that value, or a second time. */
export function unnamedHeaders(content: MailContent): MailHeader[] {
  const seen = new Set<string>();
  return content.headers.filter((header) => {
    const isRepeated = SINGLE_HEADERS.has(header.key) && seen.has(header.key);
    seen.add(header.key);
    return isRepeated || !isNamed(header);
  });
}

/** Headers that, as far as is known, reach the recipients on no route. They do not affect the route. */
export function strippedHeaders({ headers }: MailContent): MailHeader[] {
  return headers.filter(({ key }) => HEADER_CARRIERS.get(key)?.by === 'nothing');
}

/** Headers that a message may have only once: JSON would take just the first. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  'subject',
  'message-id',
  'sender',
  'sensitivity',
  ...IMPORTANCE_HEADERS,
]);

function isCustom({ key }: MailHeader): boolean {
  return key.startsWith('x-') && !HEADER_CARRIERS.has(key);
}

function isNamed(header: MailHeader): boolean {
  const { key, value, fault, addresses } = header;
  // MIME still contains what could not be decoded.
  if (fault !== undefined || hasOtherThanAddresses(header)) return false;
  if (isCustom(header)) {
    // An encoded word can contain line breaks, which are harmless only while they stay encoded.
    return value !== '' && !/\p{Cc}/u.test(value) && key.length > 'x-'.length;
  }
  if (key === 'sender') return addresses.length <= 1;
  if (key === 'sensitivity') return SENSITIVITIES.has(value.toLowerCase());
  if (key === 'message-id') return value === '' || isMessageId(value);
  if (IMPORTANCE_HEADERS.includes(key)) return value === '' || KNOWN_IMPORTANCE.test(value);
  return HEADER_CARRIERS.has(key);
}

/** Whether a value is a Message-ID that Graph accepts. */
export function isMessageId(value: string): boolean {
  return /^<[^<>\s@\p{Cc}]+@[^<>\s@\p{Cc}]+>$/u.test(value);
}

/** The name of a property that Exchange turns into a header ([MS-OXCMAIL], section 2.1.3.2.4). */
const INTERNET_HEADER = 'String {00020386-0000-0000-C000-000000000046} Name ';

/**
 * Whether a header that JSON cannot carry otherwise can be sent as a named property of a draft. Exchange
 * reserves some headers for itself, and its own values count for more than ours.
 */
export function isNamedProperty({ key, value, fault }: MailHeader): boolean {
  const carrier = HEADER_CARRIERS.get(key);
  if (carrier !== undefined && carrier.by !== 'nothing') return false;
  if (key.startsWith('x-microsoft-exchange-organization')) return false;
  return value !== '' && fault === undefined && !/\p{Cc}/u.test(value);
}

/** Headers as named properties; of repeated ones only the first. */
export function toNamedProperties(headers: readonly MailHeader[]): SingleValueLegacyExtendedProperty[] {
  const named = new Map<string, string>();
  for (const header of headers) {
    if (isNamedProperty(header) && !named.has(header.key)) named.set(header.key, header.value);
  }
  return [...named].map(([key, value]) => ({ id: `${INTERNET_HEADER}${key}`, value }));
}

/** Headers of JSON as named properties, for a draft that exists already; of repeated ones only the first. */
export function headersAsProperties(
  headers: readonly InternetMessageHeader[],
): SingleValueLegacyExtendedProperty[] {
  const first = new Map(
    headers.map(({ name = '', value }) => [name?.toLowerCase(), value] as const).reverse(),
  );
  return [...first].map(([name, value]) => ({ id: `${INTERNET_HEADER}${name}`, value }));
}
