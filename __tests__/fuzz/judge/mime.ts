import type { SandboxMessage } from '../../../src/sandbox';
import type { View, ViewField } from '../view';
import { plainAddress, saysTheSame, shown, squash } from './compare';
import { type Complaint, complaint } from './complaint';

/** The MIME that Graph was given, Bcc included; undefined for JSON. */
export function mimeOf({ request }: SandboxMessage): Buffer | undefined {
  return typeof request === 'string' ? Buffer.from(request, 'base64') : undefined;
}

/**
 * A message without what may stand before its first field: a byte order mark, mbox lines, empty lines. An empty line
 * before anything else is the end of a header that has no fields.
 */
export function withoutPrefix(mime: Buffer): Buffer {
  const text = mime.toString('latin1');
  const prefix = /^(?:\xef\xbb\xbf|>?From [^\r\n]*(?:\r\n?|\n))+/.exec(text)?.[0] ?? '';
  const blank = /^(?:[ \t]*(?:\r\n?|\n))+(?=[!-9;-~]+[ \t]*:)/.exec(text.slice(prefix.length))?.[0] ?? '';
  return mime.subarray(prefix.length + blank.length);
}

function withCrlf(mime: Buffer): string {
  return mime.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n');
}

function bodyOf(text: string): string {
  if (text.startsWith('\r\n')) return text.slice(2);
  const at = text.indexOf('\r\n\r\n');
  return at < 0 ? '' : text.slice(at + 4);
}

/** Whether the bytes of the body are those of the mutant, but for line ends. */
export function changedBody(mutant: Buffer, sent: Buffer): Complaint[] {
  const body = bodyOf(sent.toString('latin1'));
  const bodies = [mutant, withoutPrefix(mutant)].map((one) => bodyOf(withCrlf(one)));
  // Nodemailer ends the last line.
  if (bodies.some((one) => body === one || body === `${one}\r\n`)) return [];
  return [complaint('mime body', 'body changed in MIME', `${shown(body)} for ${shown(bodies[0] ?? '')}`)];
}

/** Written by us where they are missing, or wanted otherwise. */
const OURS = /^(?:from|reply-to|message-id|importance|x-priority|priority|x-msmail-priority|keywords|bcc)$/;
/** May be rewritten, as long as they name the same mailboxes. */
const ADDRESSES =
  /^(?:(?:resent-)?(?:from|sender|to|cc)|reply-to|disposition-notification-to|return-receipt-to)$/;
const NOT_SENT = /^(?:bcc|resent-bcc)$/;

/** Fields of the mutant that a reader misses in the MIME that was sent, and fields that it finds there only. */
export function changedFields(
  mutant: View,
  sent: View,
  isImportanceOurs: boolean,
  dropped: readonly string[],
): Complaint[] {
  const left = [...sent.fields];
  const complaints: Complaint[] = [];
  for (const field of mutant.fields) {
    const key = field.name.toLowerCase();
    if (NOT_SENT.test(key) || (isImportanceOurs && OURS.test(key))) continue;
    // Of these it only counts whom they name.
    if (ADDRESSES.test(key)) continue;
    const at = left.findIndex((one) => one.name.toLowerCase() === key && isSame(field, one));
    if (at >= 0) left.splice(at, 1);
    else if (field.value === null || squash(field.value) !== '') {
      complaints.push(
        complaint(
          `field ${key}`,
          'field lost in MIME',
          `${field.name}: ${shown(field.value ?? 'of bytes that mean nothing')}`,
        ),
      );
    }
  }
  for (const { name, value } of left) {
    const key = name.toLowerCase();
    if (OURS.test(key) || (ADDRESSES.test(key) && mutant.mailboxes[key])) continue;
    complaints.push(complaint(`field ${key}`, 'field added in MIME', `${name}: ${shown(value ?? '')}`));
  }
  // Who is in To and Cc is compared with the envelope.
  const others = Object.keys(mutant.mailboxes).filter(
    (key) => ADDRESSES.test(key) && !/^(?:to|cc)$/.test(key),
  );
  for (const key of others) {
    const [before, after] = [addressesIn(mutant, key), addressesIn(sent, key)];
    if (dropped.some((entry) => entry.toLowerCase().includes(key))) continue;
    const missing = [...before].find((address) => !after.has(address));
    if (missing === undefined) continue;
    complaints.push(complaint(`mailboxes ${key}`, `mailbox lost in MIME: ${key}`, shown(missing)));
  }
  return complaints;
}

function addressesIn(view: View, key: string): Set<string> {
  const named = (view.mailboxes[key] ?? []).filter(({ address }) => /^[^()]+$/.test(address));
  return new Set(named.map(({ address }) => plainAddress(address)));
}

function isSame(one: ViewField, other: ViewField): boolean {
  return one.value === other.value || saysTheSame(one.value ?? '', other.value ?? '');
}
