import type { SandboxAddress, SandboxMessage } from './message';

/** A header of the mail that a JSON message stands for. */
export interface EmlHeader {
  name: string;
  /** In letters, on one line. */
  value: string;
  /** As it stands in a message: ASCII, its words not yet spread over lines. */
  encoded: string;
  /** The part of the request that it comes from, or who made it up. */
  source: string;
}

/** MAPI properties by type and tag, and the header that each of them stands for. */
const PROPERTY_HEADERS = new Map([
  ['string 1039', 'References'],
  ['string 1042', 'In-Reply-To'],
  ['string 1043', 'List-Help'],
  ['string 1044', 'List-Subscribe'],
  ['string 1045', 'List-Unsubscribe'],
  ['integer 36', 'Sensitivity'],
]);
/** PS_INTERNET_HEADERS: a property of this set is the header of its name. */
const NAMED_HEADER = /^string \{00020386-0000-0000-c000-000000000046\} name ([!-9;-~]+)$/i;
const SENSITIVITIES = new Map([
  ['1', 'Personal'],
  ['2', 'Private'],
  ['3', 'Company-Confidential'],
]);

/** The headers of a message that came as JSON. Bcc is none of them: its recipients are not to be seen. */
export function emlHeaders(message: SandboxMessage): EmlHeader[] {
  const given = givenProperties(message.request);
  const { from, sender, importance, mailbox } = message;
  const fromSource = given.has('from') ? 'from' : `the mailbox ${mailbox}`;
  return [
    ...addressHeader('From', [from], fromSource),
    ...addressHeader('Sender', sender.address === from.address ? [] : [sender], 'sender'),
    ...addressHeader('Reply-To', message.replyTo, 'replyTo'),
    ...addressHeader('To', message.to, 'toRecipients'),
    ...addressHeader('Cc', message.cc, 'ccRecipients'),
    textHeader('Subject', message.subject, 'subject'),
    textHeader('Date', message.receivedAt.toUTCString().replace('GMT', '+0000'), 'when the sandbox took it'),
    textHeader(
      'Message-ID',
      message.internetMessageId,
      given.has('internetmessageid') ? 'internetMessageId' : 'made up by the sandbox',
    ),
    ...(importance === 'normal' ? [] : [textHeader('Importance', importance, 'importance')]),
    ...(message.categories.length > 0
      ? [textHeader('Keywords', message.categories.join(', '), 'categories')]
      : []),
    ...(message.isReadReceiptRequested
      ? addressHeader('Disposition-Notification-To', [from], 'isReadReceiptRequested')
      : []),
    ...(message.isDeliveryReceiptRequested
      ? addressHeader('Return-Receipt-To', [from], 'isDeliveryReceiptRequested')
      : []),
    ...message.extendedProperties.flatMap(propertyHeader),
    ...message.headers.map(({ name, value }) => textHeader(name, value, 'internetMessageHeaders')),
  ];
}

/** The properties that the JSON of a sendMail, or of a draft, gives its message, in small letters. */
function givenProperties(request: unknown): Set<string> {
  if (!isObject(request)) return new Set();
  const [, message = request] =
    Object.entries(request).find(([name]) => name.toLowerCase() === 'message') ?? [];
  return new Set(isObject(message) ? Object.keys(message).map((name) => name.toLowerCase()) : []);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether a property is a header by the set that it is in, rather than one of MAPI's own. */
export function isNamedHeader(id: string): boolean {
  return NAMED_HEADER.test(id);
}

/** None given a property that stands for no header. */
export function propertyHeader({ id, value }: { id: string; value: string }): EmlHeader[] {
  const [, type = '', tag = ''] = /^([a-z]+) 0x0*([\da-f]+)$/i.exec(id) ?? [];
  const name = PROPERTY_HEADERS.get(`${type} ${tag}`.toLowerCase()) ?? NAMED_HEADER.exec(id)?.[1];
  const shown = name === 'Sensitivity' ? SENSITIVITIES.get(value) : value;
  return name && shown !== undefined ? [textHeader(name, shown, `MAPI property ${id}`)] : [];
}

function textHeader(name: string, text: string, source: string): EmlHeader {
  const value = oneLine(text);
  return { name, value, encoded: encodeWords(value), source };
}

function addressHeader(name: string, addresses: readonly SandboxAddress[], source: string): EmlHeader[] {
  if (addresses.length === 0) return [];
  const value = addresses.map(showAddress).join(', ');
  return [{ name, value, encoded: addresses.map(encodeAddress).join(', '), source }];
}

function showAddress({ name, address }: SandboxAddress): string {
  return oneLine(name ? `${name} <${address}>` : address);
}

function encodeAddress({ name, address }: SandboxAddress): string {
  const shown = oneLine(name);
  if (shown === '') return oneLine(address);
  const phrase = isPlain(shown) ? `"${shown.replace(/["\\]/g, '\\$&')}"` : encodeWords(shown);
  return `${phrase} <${oneLine(address)}>`;
}

/** A line break in a name or value would begin a header of its own. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** ASCII that no reader would take for encoded words. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('=?');
}

/** RFC 2047: an encoded word has 75 characters at most and no half of a letter. */
function encodeWords(text: string): string {
  if (isPlain(text)) return text;
  const words = [''];
  for (const letter of text) {
    const longer = `${words.at(-1)}${letter}`;
    if (Buffer.byteLength(longer) > 45) words.push(letter);
    else words[words.length - 1] = longer;
  }
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
