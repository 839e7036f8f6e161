// It relies on mailparser making no stream for a part that calls itself a multipart, has no boundary and so holds no
// others. Otherwise each part would be read twice; mime/body-parser.test.ts tells.
import { randomUUID } from 'node:crypto';
import { type HeaderBlock, quoted } from './header-block';
import type { Loss, LossReason, MailPart } from './mail-content';
import { libmime } from './mail-packages';
import { type MimeValue, readMimeValue } from './mime-value';

/** The header that tells which part mailparser has found. Its name is random, so no message can contain it. */
export const PART_NUMBER = `x-part-${randomUUID()}`;

/** Transfer encodings that do not change the bytes (RFC 2045, section 6.2). */
const IDENTITY = /^(?:|7bit|8bit|binary)$/;
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** What a part's header declares, and what is doubtful about it. */
export function readPartHeader(block: HeaderBlock, parent: MailPart | undefined): MailPart {
  const faults: Loss[] = [];
  const fault = (because: LossReason, what: string) => faults.push({ because, what });
  const first = (key: string): string | undefined => {
    let value: string | undefined;
    for (const field of block.fields) {
      if (field.key !== key) continue;
      if (value !== undefined) {
        fault('structure', `a second ${field.name} of a part`);
        break;
      }
      value = field.value;
    }
    return value;
  };
  const structured = (name: string): MimeValue => {
    const value = readMimeValue(first(name.toLowerCase()) ?? '');
    if (value.fault) fault('structure', `the ${name} of a part, which has ${value.fault}`);
    if (value.charsetFault) fault('charset', `the ${name} of a part, which has ${value.charsetFault}`);
    return value;
  };
  const type = structured('Content-Type');
  const disposition = structured('Content-Disposition');
  const filename = disposition.params.filename || type.params.name || undefined;
  const encoding = (first('content-transfer-encoding') ?? '').toLowerCase();
  const isTyped = MEDIA_TYPE.test(type.value);
  const part: MailPart = {
    type: isTyped ? type.value : typeOfName(filename),
    params: type.params,
    disposition: disposition.value,
    filename,
    encoding,
    contentId: first('content-id')?.replace(/^<|>$/g, '').trim() || undefined,
    hasLocation: block.fields.some(({ key }) => key === 'content-location' || key === 'content-base'),
    use: 'attachment',
    faults,
    body: undefined,
    content: undefined,
    children: [],
  };
  part.use = useOf(part, parent);
  if (!isTyped && (type.params.boundary || /^multipart/.test(type.value))) {
    fault('structure', `the Content-Type ${quoted(type.value)}, which has no subtype`);
  }
  if (block.hasBlankFold) fault('structure', 'a header line of white space');
  if (!isKnownEncoding(part)) fault('encoding', `the transfer encoding ${quoted(encoding)}`);
  if (/^message\/(?:external-body|partial)$/.test(part.type)) {
    fault('structure', `what ${part.type} only points to`);
  }
  const isPage = parent?.type === 'multipart/related' && part.type === 'text/html';
  if (part.use === 'body' && filename !== undefined && !isPage) {
    fault('structure', 'the file name of the body');
  }
  if (parent) faults.push(...faultsWithin(block, part, parent));
  return part;
}

/** By RFC 2045, section 5.2, the default is text/plain; a file name says more. */
function typeOfName(filename: string | undefined): string {
  return filename === undefined ? 'text/plain' : libmime.detectMimeType(filename);
}

function isKnownEncoding({ use, encoding }: MailPart): boolean {
  return IDENTITY.test(encoding) || (use !== 'multipart' && /^(?:base64|quoted-printable)$/.test(encoding));
}

/** Text belongs to the body, unless it is declared as a file, or has a name and is not the only body. */
function useOf(part: MailPart, parent: MailPart | undefined): MailPart['use'] {
  const { type, params, disposition, filename } = part;
  if (type.startsWith('multipart/')) return params.boundary?.trimEnd() ? 'multipart' : 'attachment';
  if (!/^text\/(?:plain|html)$/.test(type) || !/^(?:|inline)$/.test(disposition)) return 'attachment';
  if (!parent || parent.type === 'multipart/alternative') return 'body';
  // The first part is the page, whatever its name; the others are what it shows.
  if (parent.type === 'multipart/related') return parent.children.length === 0 ? 'body' : 'attachment';
  return filename === undefined ? 'body' : 'attachment';
}

/** Header fields of a part whose only meaning is what we read from them (RFC 2045; RFC 2183). */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-description',
  'content-location',
  'content-base',
  'content-length',
]);

function faultsWithin(block: HeaderBlock, part: MailPart, parent: MailPart): Loss[] {
  const { use, contentId } = part;
  const whats = block.fields
    .filter(({ key }) => !KNOWN_FIELDS.has(key) && !key.startsWith('x-'))
    .map(({ name }) => `the header ${name} of a part`);
  if (block.hasSpacedName) whats.push('a header of a part with a space before its colon');
  if (block.fault) whats.push(`a part whose header has ${block.fault}`);
  if (parent.type === 'multipart/related') {
    const start = parent.params.start?.replace(/^<|>$/g, '');
    const isRoot = parent.children.length === 0;
    if (isRoot && use === 'attachment') whats.push(`the first part of multipart/related, ${part.type}`);
    if (isRoot && start !== undefined && start !== contentId) whats.push('the start of multipart/related');
    if (!isRoot && isUnnamedText(part)) whats.push(`a second body, ${part.type}`);
  }
  return whats.map((what) => ({ because: 'structure', what }));
}

function isUnnamedText({ type, filename, contentId, disposition }: MailPart): boolean {
  return (
    /^text\/(?:plain|html)$/.test(type) &&
    disposition !== 'attachment' &&
    filename === undefined &&
    contentId === undefined
  );
}

/**
 * The header that mailparser gets instead of the part's own: only what we read from that, in a form that cannot
 * be read in two ways.
 */
export function headerForParser({ type, params, use }: MailPart, number: number): Buffer {
  // To mailparser, a part that holds no others is a multipart without a boundary: for any other type it makes several
  // streams, and there is no content to read.
  const contentType =
    use === 'multipart'
      ? `${type}; boundary=${inQuotes(params.boundary?.trimEnd() ?? '')}`
      : 'multipart/x-no-parts';
  return Buffer.from(`Content-Type: ${contentType}\r\n${PART_NUMBER}: ${number}\r\n\r\n`, 'latin1');
}

function inQuotes(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
