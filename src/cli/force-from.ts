import { formatAddresses } from '../message/rewrite-mime';
import { addressFault, type MailAddress, parseAddresses, sameAddress } from '../mime/address';
import { readHeaderBlock } from '../mime/header-block';

/** The sender fields of a message once From is the mailbox. */
export interface ForcedFrom {
  /** Undefined if the mailbox is given by its id: Graph then fills in From itself. */
  from: MailAddress | undefined;
  /** Where replies go: the original From. Empty if that was the mailbox, or missing. */
  replyTo: MailAddress[];
}

/**
 * @param said the original From
 * @param name the name for From if the original had none
 */
export function forceFrom(said: readonly MailAddress[], mailbox: string, name = ''): ForcedFrom {
  const [first] = said;
  // A local user's From has a name and no usable address.
  const shown = (first?.address && first.name) || name || first?.name || '';
  return {
    from: mailbox.includes('@') ? { name: shown, address: mailbox } : undefined,
    replyTo: said.filter(({ address }) => !addressFault(address) && !sameAddress(address, mailbox)),
  };
}

/** If these named anyone but the mailbox, Exchange would refuse the message. */
const REPLACED: ReadonlySet<string> = new Set(['from', 'sender']);

/**
 * The start of a message, including its header, with From set to the mailbox. All other bytes stay the same.
 *
 * @param otherwise From for a message that has none
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
