import type { ParsedPart } from './body-parser';
import { type Loss, type MailPart, walk } from './mail-content';
import { PART_NUMBER } from './part-header';

/**
 * What is left over once each part has been used for the body, as an attachment, or as a multipart around
 * others: the parts and bytes that JSON would lose, and anything that two readers of the message disagree
 * about. Text before the first and after the last part of a multipart has no meaning (RFC 2046, section 5.1.1),
 * and neither do a part's header fields that do not begin with Content- (section 5.1).
 *
 * @param found the parts as mailparser found them
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
  if (!isSame(root, found || undefined)) add('structure', 'parts that can be found in two ways');
  return losses;
}

function isText({ type }: MailPart): boolean {
  return /^text\/(?:plain|html)$/.test(type);
}

/** Whether mailparser found the same parts, each within the same multipart. */
function isSame(root: MailPart, found: ParsedPart | undefined): boolean {
  let number = 0;
  const isPair = (part: MailPart, other: ParsedPart | undefined): boolean =>
    other?.headers.get(PART_NUMBER) === String(number++) &&
    part.children.length === other.children.length &&
    part.children.every((child, at) => isPair(child, other.children[at]));
  return isPair(root, found);
}
