import { bounceFate } from '../mail/bounce-test';
import { composeEml } from '../mail/compose-eml';
import { composeReport, isReadReceipt } from '../mail/compose-report';
import type { MessageContent, SentMessage } from '../mail/message';
import { readHeaderFields } from '../mail/read-mime';
import type { SandboxMailbox } from '../settings';

/**
 * The reports that the sender of a message gets: one for all recipients at bounce.test with the same fate, and one
 * from each mail program. [rule: bounce-test]
 */
export function reportsAbout(message: SentMessage, mailbox: SandboxMailbox): MessageContent[] {
  const groups = new Map<string, string[]>();
  for (const { address } of [...message.to, ...message.cc, ...message.bcc]) {
    const fate = bounceFate(address);
    if (fate === undefined) continue;
    const key = isReadReceipt(fate) ? address : JSON.stringify(fate);
    const group = groups.get(key) ?? [];
    if (!group.includes(address)) groups.set(key, [...group, address]);
  }
  if (groups.size === 0) return [];
  const mime = composeEml(message);
  return [...groups.values()].flatMap((recipients) => {
    const fate = bounceFate(recipients[0] ?? '');
    return fate ? [toContent(composeReport({ mime, message, fate, recipients }), mailbox)] : [];
  });
}

function toContent(mime: Buffer, mailbox: SandboxMailbox): MessageContent {
  const fields = readHeaderFields(mime) ?? [];
  const field = (name: string) => fields.find((one) => one.name === name)?.value ?? '';
  const from = { name: '', address: field('From') };
  const text = mime.toString();
  return {
    route: 'mime',
    from,
    sender: from,
    replyTo: [],
    to: [{ name: mailbox.displayName, address: mailbox.userPrincipalName }],
    cc: [],
    bcc: [],
    subject: field('Subject'),
    body: { contentType: 'text', content: text.split('\r\n\r\n')[2] ?? '' },
    importance: 'normal',
    internetMessageId: field('Message-ID'),
    headers: fields.map(({ name, value }) => ({ name, value })),
    extendedProperties: [],
    categories: [],
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    attachments: [],
    savedToSentItems: false,
    mime,
    request: undefined,
  };
}
