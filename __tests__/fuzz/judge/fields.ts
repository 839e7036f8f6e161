import type { SandboxMessage } from '../../../src/sandbox';
import type { View, ViewField, ViewMailbox } from '../view';
import { plainAddress, saysTheSame, shown, squash } from './compare';
import { type Complaint, complaint } from './complaint';

/** Fields that say nothing to a recipient of JSON, or that Exchange writes itself. */
const MEANS_NOTHING =
  /^(?:mime-version|content-(?:type|transfer-encoding|disposition|description|id)|date|return-path|dkim-signature)$/;

const EXTENDED: Readonly<Record<string, string>> = {
  'in-reply-to': 'String 0x1042',
  references: 'String 0x1039',
  'list-help': 'String 0x1043',
  'list-subscribe': 'String 0x1044',
  'list-unsubscribe': 'String 0x1045',
};
/** The first of these tells the importance. */
export const IMPORTANCE_FIELDS = ['importance', 'x-priority', 'priority', 'x-msmail-priority'];
const ADDRESSES = ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'];

/** Fields of the mutant that a reader misses in the JSON that arrived, and that `info.dropped` doesn't name. */
export function missingFields(view: View, arrived: SandboxMessage, dropped: readonly string[]): Complaint[] {
  const left = { headers: [...arrived.headers] };
  const complaints = view.fields.flatMap((field) => {
    const key = field.name.toLowerCase();
    return isCarried(key, field, view, arrived, left) ? [] : [missing(key, field)];
  });
  return [...complaints, ...missingMailboxes(view, arrived)].filter(
    ({ aspect }) => !isTold(aspect.replace(/^\w+ /, ''), dropped),
  );
}

/** `info.dropped` names a field as `the header Name`, or by what it asks for. */
function isTold(key: string, dropped: readonly string[]): boolean {
  const isReceipt = /-notification-to$|-receipt-to$/.test(key);
  return dropped.some((entry) => {
    const said = entry.toLowerCase();
    return said.includes(key) || (isReceipt && said.includes('receipt'));
  });
}

function missing(key: string, { name, value }: ViewField): Complaint {
  const what = `${name}: ${value === null ? 'of bytes that mean nothing' : shown(value)}`;
  // A reader that takes the line for the end of the header misses it as text.
  const isName = /^[!-9;-~]+$/.test(key);
  return complaint(isName ? `field ${key}` : 'content', `field lost: ${kindOf(key)}`, what);
}

function kindOf(key: string): string {
  return /^[!-9;-~]+$/.test(key) ? key.replace(/^x-(?!priority|msmail).*/, 'x-…') : 'not a field name';
}

function isCarried(
  key: string,
  field: ViewField,
  view: View,
  arrived: SandboxMessage,
  left: { headers: SandboxMessage['headers'] },
): boolean {
  const { value } = field;
  const is = (text: string) => value !== null && saysTheSame(value, text);
  const isBlank = value !== null && squash(value) === '';
  if (MEANS_NOTHING.test(key) || ADDRESSES.includes(key) || (key === '' && isBlank)) return true;
  const byName = arrived.extendedProperties.some(
    (property) => property.id.toLowerCase().endsWith(` name ${key}`) && is(property.value),
  );
  if (byName) return true;
  if (IMPORTANCE_FIELDS.includes(key)) return isBlank || isImportance(view, arrived);
  if (key === 'subject') return is(arrived.subject);
  if (key === 'message-id') return isBlank || is(arrived.internetMessageId);
  if (key === 'keywords') return isBlank || areCategories(value, arrived);
  if (key === 'sensitivity') return isBlank || hasProperty(arrived, 'Integer 0x36', () => true);
  if (/^(?:disposition-notification|return-receipt)-to$/.test(key)) {
    const asked =
      key === 'return-receipt-to' ? arrived.isDeliveryReceiptRequested : arrived.isReadReceiptRequested;
    return isBlank || asked;
  }
  const id = EXTENDED[key];
  if (id !== undefined) {
    return (
      isBlank ||
      hasProperty(arrived, id, (text) => value !== null && squash(text).includes(squash(value))) ||
      hasProperty(arrived, id, is)
    );
  }
  // Each that arrived stands for one that was there.
  const at = left.headers.findIndex((one) => one.name.toLowerCase() === key && is(one.value));
  if (at < 0) return false;
  left.headers.splice(at, 1);
  return true;
}

function hasProperty(
  { extendedProperties }: SandboxMessage,
  id: string,
  has: (value: string) => boolean,
): boolean {
  return extendedProperties.some((property) => property.id === id && has(property.value));
}

function isImportance({ fields }: View, { importance }: SandboxMessage): boolean {
  const values = fields
    .filter(({ name }) => IMPORTANCE_FIELDS.includes(name.toLowerCase()))
    .map(({ value }) => value ?? '')
    .map((value) =>
      /^\s*(?:[12]\b|high|urgent)/i.test(value)
        ? 'high'
        : /^\s*(?:[45]\b|low|non-urgent)/i.test(value)
          ? 'low'
          : 'normal',
    );
  return values.includes(importance);
}

function areCategories(value: string | null, { categories }: SandboxMessage): boolean {
  const plain = (text: string) => squash(text).replace(/[",\\]/g, '');
  return value !== null && plain(categories.join()).includes(plain(value));
}

/** Whom the address fields name, and how. */
function missingMailboxes(view: View, arrived: SandboxMessage): Complaint[] {
  const visible = [...arrived.to, ...arrived.cc];
  const known: [key: string, of: ViewMailbox[]][] = [
    ['from', [arrived.from]],
    ['sender', [arrived.sender]],
    ['reply-to', arrived.replyTo],
    ['to', visible],
    ['cc', visible],
    ['bcc', [...visible, ...arrived.bcc]],
  ];
  return known.flatMap(([key, mailboxes]) =>
    (view.mailboxes[key] ?? []).flatMap(({ name, address }) => {
      const found = mailboxes.filter((one) => plainAddress(one.address) === plainAddress(address));
      // Of one that stands there twice, one name is enough.
      const names = Object.values(view.mailboxes).flatMap((list) => list ?? []);
      const same = names.filter((one) => plainAddress(one.address) === plainAddress(address));
      const isNamed = found.some((one) =>
        [{ name, address }, ...same].some((other) => isName(other.name, one)),
      );
      const isAlone = !(view.mailboxes[key] ?? []).some((one) => one.address !== '');
      const isKept = /^(?:to|cc|bcc)$/.test(key) || mailboxes.some((one) => isName(name, one));
      // A reader that leaves a comment in an address has not read it.
      const isNobody = address === '' ? isKept || !isAlone : /[()]/.test(address);
      if (isNobody || isNamed) return [];
      // Of a hidden recipient that the envelope leaves out nothing is to be seen.
      if (key === 'bcc' && found.length === 0) return [];
      const kind = found.length > 0 ? `name lost: ${key}` : `mailbox lost: ${key}`;
      return [complaint(`mailboxes ${key}`, kind, `${shown(name)} <${address}>`)];
    }),
  );
}

function isName(name: string, { name: arrived, address }: ViewMailbox): boolean {
  const plain = (text: string) => squash(text).replace(/["'\\()]/g, '');
  // A name with a comma in it that should have been quoted is two to some readers.
  const isPart = plain(arrived).includes(plain(name));
  return isPart || plain(name) === plain(address) || saysTheSame(plain(name), plain(arrived));
}
