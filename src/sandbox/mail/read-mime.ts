import { type ParsedMail, parseAddressHeader, simpleParser } from 'mailparser';
import { GraphRefusal } from '../http/graph-refusal';
import type { Ids } from '../http/ids';
import type { SandboxRuleName } from '../rules/index';
import { decodeBase64 } from '../schema/read-entity';
import type { SandboxMailbox } from '../settings';
import type { MessageContent, ReadMessage, SandboxAddress, SandboxAttachment } from './message';

/** Reads a body of content type text/plain: a whole MIME message as base64. */
export async function readMimeMessage(body: Buffer, mailbox: SandboxMailbox, ids: Ids): Promise<ReadMessage> {
  const request = body.toString('latin1');
  const mime = decodeMime(request);
  const fields = readHeaderFields(mime);
  if (fields === undefined) throw invalidMime('mime-invalid', 'It does not begin with header fields.');
  const parsed = await parse(mime);
  // A Sender or Reply-To without an address is treated like any other header: it claims no sender and is not checked.
  // [ours]
  const named = (name: string) => addressesOf(fields, name).filter(({ address }) => address !== '');
  const given = { from: addressesOf(fields, 'from'), sender: named('sender') };
  const [from = { name: mailbox.displayName, address: mailbox.userPrincipalName }] = given.from;
  const [sender = from] = given.sender;
  const content: MessageContent = {
    route: 'mime',
    from,
    sender,
    replyTo: named('reply-to'),
    to: addressesOf(fields, 'to'),
    cc: addressesOf(fields, 'cc'),
    bcc: addressesOf(fields, 'bcc'),
    subject: parsed.subject ?? '',
    body: bodyOf(parsed),
    ...(parsed.html && parsed.text && { textAlternative: withBareCr(parsed.text) }),
    importance: importanceOf(parsed),
    // [rule: message-id-kept]
    internetMessageId: parsed.messageId ?? ids.messageId(mailbox.userPrincipalName),
    headers: fields
      .filter(({ name }) => name.toLowerCase() !== 'bcc')
      .map(({ name, value }) => ({ name, value })),
    extendedProperties: [],
    categories: [],
    isReadReceiptRequested: parsed.headers.has('disposition-notification-to'),
    isDeliveryReceiptRequested: parsed.headers.has('return-receipt-to'),
    attachments: parsed.attachments.map(toAttachment),
    // [rule: mime-kept-in-sent-items]
    savedToSentItems: true,
    mime: withoutHeader(mime, fields, 'bcc'),
    request,
  };
  // All of them, so a second From cannot hide behind the first.
  const claimedSenders = [...given.from, ...given.sender].map(({ address }) => address);
  return { content, claimedSenders };
}

function decodeMime(request: string): Buffer {
  const mime = decodeBase64(request.replace(/[\r\n\t ]+/g, ''));
  if (mime === undefined) {
    throw new GraphRefusal(
      'mime-base64',
      400,
      'ErrorMimeContentInvalidBase64String',
      'Invalid base64 string for MIME content.',
    );
  }
  // A rule of the sandbox. The service accepts such a message and may then misread the soft line breaks of quoted-
  // printable, which garbles the mail. Better to find that here.
  if (/(?<!\r)\n|\r(?!\n)/.test(mime.toString('latin1'))) {
    throw invalidMime(
      'mime-line-ends',
      'It has a line that does not end in CRLF, which the sandbox refuses and Exchange may garble.',
    );
  }
  return mime;
}

async function parse(mime: Buffer): Promise<ParsedMail> {
  try {
    return await simpleParser(mime, {
      skipHtmlToText: true,
      skipTextLinks: true,
      skipTextToHtml: true,
      keepCidLinks: true,
      checksumAlgo: false,
      ignoreEmbedded: true,
    });
  } catch (error) {
    throw invalidMime('mime-invalid', `It cannot be parsed: ${error}`);
  }
}

/** Flattens groups and leaves domains alone: punycode must stay punycode. */
function addressesOf(fields: readonly MimeHeaderField[], name: string): SandboxAddress[] {
  const values = fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
  const { value } = parseAddressHeader(values, { flatten: true, decodePunycode: false });
  return value.map((entry) => ({ name: entry.name, address: entry.address ?? '' }));
}

function bodyOf({ html, text }: ParsedMail): MessageContent['body'] {
  return html
    ? { contentType: 'html', content: withBareCr(html) }
    : { contentType: 'text', content: withBareCr(text ?? '') };
}

/** mailparser turns each CRLF into LF, and so the two line ends of CR CR LF into one. */
function withBareCr(text: string): string {
  return text.replaceAll('\r\n', '\r\r\n');
}

function importanceOf({ headers }: ParsedMail): MessageContent['importance'] {
  const priority = headers.get('priority');
  return priority === 'low' || priority === 'high' ? priority : 'normal';
}

function toAttachment(part: ParsedMail['attachments'][number]): SandboxAttachment {
  return {
    name: part.filename ?? '',
    contentType: part.contentType,
    content: part.content,
    size: part.content.length,
    isInline: part.contentDisposition === 'inline' || part.related === true,
    ...(part.cid !== undefined && { contentId: part.cid }),
  };
}

function invalidMime(rule: SandboxRuleName, reason: string): GraphRefusal {
  return new GraphRefusal(rule, 400, 'ErrorMimeContentInvalid', `The MIME content is not valid. ${reason}`);
}

/** A header field and its position in the message. */
export interface MimeHeaderField {
  name: string;
  /** Unfolded, not decoded. */
  value: string;
  start: number;
  /** After the line break that ends the field. */
  end: number;
}

/** The header fields of a message; undefined if it starts with something else. */
export function readHeaderFields(mime: Buffer): MimeHeaderField[] | undefined {
  const fields: MimeHeaderField[] = [];
  let start = 0;
  for (const line of headerLines(mime)) {
    const end = Math.min(start + line.length + 2, mime.length);
    const name = /^([!-9;-~]+)[ \t]*:/.exec(line)?.[1];
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) last.end = end;
    else if (name) fields.push({ name, value: '', start, end });
    else return undefined;
    start = end;
  }
  for (const field of fields) field.value = readValue(mime.subarray(field.start, field.end));
  return fields;
}

/** The message without the fields of that name. All other bytes stay. */
export function withoutHeader(mime: Buffer, fields: readonly MimeHeaderField[], name: string): Buffer {
  const kept = fields.filter((field) => field.name.toLowerCase() !== name);
  const rest = mime.subarray(fields.at(-1)?.end ?? 0);
  return Buffer.concat([...kept.map(({ start, end }) => mime.subarray(start, end)), rest]);
}

/** Where the header ends: at the empty line, or at the end if there is none. */
export function headerEnd(mime: Buffer): number {
  const emptyLine = mime.indexOf('\r\n\r\n');
  return emptyLine === -1 ? mime.length : emptyLine;
}

/** Read as latin1, so offsets in the text are offsets in the bytes. */
function headerLines(mime: Buffer): string[] {
  return mime.subarray(0, headerEnd(mime)).toString('latin1').replace(/\r\n$/, '').split('\r\n');
}

function readValue(field: Buffer): string {
  const text = field.toString('utf8');
  return text
    .slice(text.indexOf(':') + 1)
    .replace(/\r\n/g, '')
    .trim();
}
