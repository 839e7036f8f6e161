import type { ParsedPart } from './body-parser';
import { decodeStrictly } from './decode-text';
import type { Loss } from './loss';
import { type MailPart, walk } from './mail-part';
import { PART_NUMBER } from './part-header';
import { createTransferDecoder } from './transfer-decoder';

/**
 * What is left over when each part has been used for the body, as an attachment, or as a multipart around others:
 * parts and bytes that JSON would lose, and whatever two readers of the message do not agree on. What stands
 * before the first part and after the last one of a multipart means nothing (RFC 2046, section 5.1.1), nor do
 * header fields of a part that do not begin with Content- (section 5.1).
 *
 * @param found the parts as mailparser has found them
 */
export function leftOvers(root: MailPart, found: ParsedPart | false): Loss[] {
  const parts = walk(root);
  const losses = parts.flatMap(([part]) => part.faults);
  const add = (because: Loss['because'], what: string) => losses.push({ because, what });
  for (const [part] of parts) {
    if (part.use === 'multipart' && part.children.length === 0) add('structure', `the text of ${part.type}`);
    if (part.use !== 'multipart' && part.hasLocation) add('content-location', 'Content-Location');
  }
  const texts = parts.flatMap(([part]) => (part.use === 'attachment' && isText(part) ? [part] : []));
  if (
    texts.some(({ disposition }) => disposition !== 'attachment') &&
    !parts.some(([{ use }]) => use === 'body')
  ) {
    add('structure', 'which text is the body');
  }
  const pairs = match(root, found);
  if (!pairs) add('structure', 'parts that can be found in two ways');
  for (const [part, text] of pairs ?? []) losses.push(...textLosses(part, text));
  return losses;
}

function isText({ type }: MailPart): boolean {
  return /^text\/(?:plain|html)$/.test(type);
}

/** The parts of the body, each with the text that mailparser has read; undefined when the trees differ. */
function match(root: MailPart, found: ParsedPart | false): [MailPart, string][] | undefined {
  const pairs: [MailPart, string][] = [];
  let number = 0;
  const isSame = (part: MailPart, other: ParsedPart | undefined): boolean => {
    if (other?.headers.get(PART_NUMBER) !== String(number++)) return false;
    if (part.use === 'body') pairs.push([part, other.textContent ?? '']);
    if (part.children.length !== other.children.length) return false;
    return part.children.every((child, at) => isSame(child, other.children[at]));
  };
  return isSame(root, found || undefined) ? pairs : undefined;
}

/** The text is read once more, by its bytes alone. */
function textLosses({ type, params, encoding, body, faults }: MailPart, text: string): Loss[] {
  const decoder = createTransferDecoder(encoding);
  const bytes = Buffer.concat([decoder.decode(body ?? Buffer.alloc(0)), decoder.end()]);
  if (!decoder.isStrict) return [{ because: 'encoding', what: `text that is not ${encoding} throughout` }];
  if (faults.some(({ because }) => because === 'encoding')) return [];
  const charset = params.charset ?? 'utf-8';
  const read = decodeStrictly(bytes, charset);
  if (read === undefined) return [{ because: 'charset', what: `text in the charset ${charset}` }];
  const isFlowed = type === 'text/plain' && /^\s*flowed\s*$/i.test(params.format ?? '');
  const form = isFlowed ? withoutFlow : withLf;
  const isSame = form(read) === form(text);
  return isSame ? [] : [{ because: 'charset', what: `text that can be read in two ways (${charset})` }];
}

function withLf(text: string): string {
  return (text.startsWith('\ufeff') ? text.slice(1) : text).replace(/\r?\n/g, '\n');
}

/** What remains of lines however they were wrapped and quoted. */
function withoutFlow(text: string): string {
  return text.replace(/[\s>]+/g, '');
}
