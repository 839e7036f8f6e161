import { formatAddresses } from '../message/rewrite-mime';
import { addressFault, type MailAddress, parseAddresses, sameAddress } from '../mime/address';
import { readHeaderBlock } from '../mime/header-block';

/** What a message says of its sender once From is the mailbox. */
export interface ForcedFrom {
  /** Undefined where the mailbox is named by its id: Graph then puts the mailbox there itself. */
  from: MailAddress | undefined;
  /** Where answers go, which From said before; empty if it said the mailbox, or nobody. */
  replyTo: MailAddress[];
}

/**
 * @param said what From said
 * @param name the name in From, if From said none
 */
export function forceFrom(said: readonly MailAddress[], mailbox: string, name = ''): ForcedFrom {
  const [first] = said;
  // Of a From that is a local user's the name is all that there is.
  const shown = (first?.address && first.name) || name || first?.name || '';
  return {
    from: mailbox.includes('@') ? { name: shown, address: mailbox } : undefined,
    replyTo: said.filter(({ address }) => !addressFault(address) && !sameAddress(address, mailbox)),
  };
}

/** Said by others than the mailbox, these would have Exchange refuse the message. */
const REPLACED: ReadonlySet<string> = new Set(['from', 'sender']);

/**
 * The start of a message, its header in it, with From as the mailbox. Its other bytes stay as they are.
 *
 * @param otherwise From of a message that has none
 */
export function withForcedFrom(
  start: Buffer,
  mailbox: string,
  otherwise: string | undefined,
  name?: string,
): Buffer {
  const text = start.toString('latin1');
  const { fields } = readHeaderBlock(text);
  const [said = otherwise ?? ''] = fields
    .filter(({ key }) => key === 'from')
    .map(({ value }) => decoded(value));
  const { from, replyTo } = forceFrom(parseAddresses(said), mailbox, name);
  const hasReplyTo = fields.some(({ key, value }) => key === 'reply-to' && value !== '');
  let kept = '';
  let at = 0;
  for (const { key, source } of fields) {
    const begin = text.indexOf(source, at);
    const end = begin + source.length;
    kept += text.slice(at, REPLACED.has(key) ? begin : end);
    at = end;
  }
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n';
  const added = [
    ...(from ? [`From: ${formatAddresses([from])}`] : []),
    ...(replyTo.length > 0 && !hasReplyTo ? [`Reply-To: ${formatAddresses(replyTo)}`] : []),
  ].map((field) => `${field.replaceAll('\r\n', lineEnd)}${lineEnd}`);
  return Buffer.concat([Buffer.from(added.join('')), Buffer.from(kept + text.slice(at), 'latin1')]);
}

function decoded(value: string): string {
  return Buffer.from(value, 'latin1').toString();
}
