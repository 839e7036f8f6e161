import type { SandboxAddress, SentMessage } from './message';

/** A header of the mail that a JSON message stands for. */
export interface EmlHeader {
  name: string;
  /** Decoded, on one line. */
  value: string;
  /** As in a message: ASCII, not folded yet. */
  encoded: string;
  /** The part of the request that it comes from, or who added it. */
  source: string;
}

/** MAPI properties by type and tag, with the header of each. */
const PROPERTY_HEADERS = new Map([
  ['string 1039', 'References'],
  ['string 1042', 'In-Reply-To'],
  ['string 1043', 'List-Help'],
  ['string 1044', 'List-Subscribe'],
  ['string 1045', 'List-Unsubscribe'],
  ['integer 36', 'Sensitivity'],
]);
/** PS_INTERNET_HEADERS: each property of this set is the header of its name. */
const NAMED_HEADER = /^string \{00020386-0000-0000-c000-000000000046\} name ([!-9;-~]+)$/i;
const SENSITIVITIES = new Map([
  ['1', 'Personal'],
  ['2', 'Private'],
  ['3', 'Company-Confidential'],
]);

/** The headers of a message that came as JSON. Bcc is left out, since its recipients stay hidden. */
export function emlHeaders(message: SentMessage): EmlHeader[] {
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

/** The properties that a sendMail or a draft gives its message in JSON, in lower case. */
function givenProperties(request: unknown): Set<string> {
  if (!isObject(request)) return new Set();
  const [, message = request] =
    Object.entries(request).find(([name]) => name.toLowerCase() === 'message') ?? [];
  return new Set(isObject(message) ? Object.keys(message).map((name) => name.toLowerCase()) : []);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether a property is in the set of headers, rather than one of MAPI's own. */
export function isNamedHeader(id: string): boolean {
  return NAMED_HEADER.test(id);
}

/** Empty if the property stands for no header. */
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

/** A line break in a name or value would start another header. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** ASCII that cannot be mistaken for encoded words. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('=?');
}

/** RFC 2047: an encoded word has at most 75 characters and never splits a letter. */
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
