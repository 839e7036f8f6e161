import { domainToASCII } from 'node:url';

/** Text without white space, controls and invisible marks: broken lines don't count as a difference. */
export function squash(text: string): string {
  return text.replace(/[\s\ufeff\p{Cc}]+/gu, '');
}

/** Whether two texts say the same. Where a reader met bytes that it could not read, anything may stand but nothing. */
export function saysTheSame(seen: string, arrived: string): boolean {
  const [one, other] = [squash(seen), squash(arrived)];
  if (one === other) return true;
  if (!one.includes('\ufffd')) return false;
  const pattern = one
    .split(/\ufffd+/)
    .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('[\\s\\S]{1,12}');
  // At an end it may have been white space, which is taken off.
  const open = pattern.replace(/^\[\\s\\S\]\{1|\[\\s\\S\]\{1(?=,12\}$)/g, '[\\s\\S]{0');
  return new RegExp(`^${open}$`).test(other);
}

/** Lines as they are compared: a text file may change its line ends on its way. */
export function withPlainLines(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/\r\n?/g, '\n').replace(/\n+$/, '');
}

/** The form in which addresses are compared. */
export function plainAddress(address: string): string {
  // A route in front of it is obsolete and ignored (RFC 5322, 4.4).
  const at = address.lastIndexOf('@');
  const local = address
    .slice(0, at)
    .replace(/^@[^:]*:/, '')
    .replace(/["\\]/g, '');
  const domain = address.slice(at + 1);
  return `${local}@${domainToASCII(domain) || domain}`.toLowerCase();
}

/** Text as it may stand in a line of output. */
export function shown(text: string, limit = 120): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return JSON.stringify(cut);
}
