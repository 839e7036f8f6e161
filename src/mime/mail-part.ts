import type { Loss } from './loss';
import type { AttachmentContent } from './spool';

/** A part of a message as its header declares it, and the parts inside it. */
export interface MailPart {
  /** `type/subtype` in lower case. */
  type: string;
  /** Parameters of the type by lower-case name. */
  params: Readonly<Record<string, string | undefined>>;
  /** In lower case; empty if the part declares none. */
  disposition: string;
  filename: string | undefined;
  /** Content-Transfer-Encoding in lower case; empty when the part declares none. */
  encoding: string;
  /** Without `<>`. */
  contentId: string | undefined;
  /** Whether the part has a Content-Location. */
  hasLocation: boolean;
  /** What it becomes in JSON: part of the body, a file, or a container for its parts. */
  use: 'body' | 'attachment' | 'multipart';
  /** What cannot be read in exactly one way, or at all. */
  faults: Loss[];
  /** Body text, once the part has ended: its transfer encoding is decoded, its charset is not. */
  body: Buffer | undefined;
  /** The decoded bytes of an attachment, once the part has ended. */
  content: Promise<AttachmentContent> | undefined;
  children: MailPart[];
}

/** Whether a part belongs to the body. */
export function isBodyText({ use }: MailPart): boolean {
  return use === 'body';
}

/** A part and all parts inside it, each with the multiparts around it, innermost first. */
export function walk(part: MailPart): [MailPart, readonly MailPart[]][] {
  const found: [MailPart, readonly MailPart[]][] = [];
  const visit = (next: MailPart, around: readonly MailPart[]) => {
    found.push([next, around]);
    if (next.children.length === 0) return;
    const within = [next, ...around];
    for (const child of next.children) visit(child, within);
  };
  visit(part, []);
  return found;
}
