import type { MailPart } from './mail-part';

/**
 * Whether a part is for mailparser an attachment in base64 beyond doubt. A header that could be read in two
 * ways is left to it, and so is one that ends without an empty line.
 */
export function isPlainBase64({ type, disposition }: MailPart, header: string): boolean {
  if (type.startsWith('multipart/')) return false;
  if (/^(?:text|message)\//.test(type) && disposition !== 'attachment') return false;
  if (!/\n\r?\n$/.test(header) || /\r(?!\n)/.test(header)) return false;
  const fields = header.split(/\r?\n(?![ \t])/);
  const names = fields.flatMap((field) => /^content-[^:]*/i.exec(field)?.[0].trim().toLowerCase() ?? []);
  const isPlain = new Set(names).size === names.length;
  return isPlain && fields.some((field) => /^content-transfer-encoding:[ \t]*base64[ \t]*$/i.test(field));
}
