import { decodeBytes, decodeWords } from './decode-text';
import { bytesBeforeHeader, readHeaderBlock } from './header-block';
import { simpleParser } from './mail-packages';
import { readMimeValue } from './mime-value';

/**
 * Where a report is cut, in bytes. What a report says comes first, and the message that it is about, which may
 * have any size, comes last.
 */
export const MAX_REPORT_BYTES = 512 * 1024;

/** A longer header takes mailparser too long: its lists of addresses cost the square of their length. */
const MAX_HEADER_BYTES = 64 * 1024;

/** A header field, decoded. */
export interface ReportField {
  /** In lower case. */
  key: string;
  /** On one line. */
  value: string;
}

/** A part of a report that is not its text. */
export interface ReportPart {
  /** The media type, in lower case. */
  type: string;
  content: Buffer;
}

/** A mail that may be a report. */
export interface ReportMail {
  fields: readonly ReportField[];
  /** The media type of the whole mail, in lower case. */
  type: string;
  /** The parameter `report-type`, in lower case; empty if there is none. */
  reportType: string;
  /** What it says in plain text, without HTML. */
  text: string;
  /** Its other parts, without what is inside an attached message. */
  parts: readonly ReportPart[];
}

/**
 * Reads a mail that may be a report. A message inside it stays unread: what that says is not said by the report.
 *
 * @throws Error if it is too large or has too many parts
 */
export async function readReport(mime: Buffer): Promise<ReportMail> {
  const mail = mime.subarray(bytesBeforeHeader(mime), MAX_REPORT_BYTES);
  const header = headerOf(mail);
  if (header.length > MAX_HEADER_BYTES) throw new Error(`Its header is over ${MAX_HEADER_BYTES} bytes`);
  const parsed = await simpleParser(mail, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
    keepCidLinks: true,
    checksumAlgo: false,
    ignoreEmbedded: true,
    keepDeliveryStatus: true,
  });
  const fields = readFields(header);
  const { value, params } = readMimeValue(fields.find(({ key }) => key === 'content-type')?.value ?? '');
  return {
    fields,
    type: value,
    reportType: (params['report-type'] ?? '').toLowerCase(),
    text: parsed.text || textOfHtml(parsed.html || ''),
    parts: parsed.attachments.map(({ contentType, content }) => ({
      type: contentType.toLowerCase(),
      content,
    })),
  };
}

/** The header fields at the start of a text with one character per byte, decoded. */
export function readFields(text: string): ReportField[] {
  return readHeaderBlock(text).fields.map(({ key, value }) => ({
    key,
    value: decodeWords(decodeBytes(value).text)
      .text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim(),
  }));
}

function headerOf(mail: Buffer): string {
  const text = mail.toString('latin1');
  const [end] = /\r?\n\r?\n/.exec(text) ?? [];
  return end === undefined ? text : text.slice(0, text.indexOf(end) + end.length);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: ' ' };

/** Enough of a page's text to find addresses and codes in it. */
function textOfHtml(html: string): string {
  return html
    .replace(/<(?:br|\/p|\/div|\/tr|\/li|\/h\d)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(lt|gt|amp|quot|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' ');
}
