import { emlHeaders } from '../mail/eml-headers';
import type { SandboxAddress, SandboxMessage } from '../mail/message';
import {
  checkFilter,
  FILTER_NAMES,
  type FilterName,
  isMatcher,
  type SandboxAddressFilter,
  type SandboxMessageFilter,
  type SandboxMessageQuery,
  type SandboxTextFilter,
} from './message-filter';

/** A query that was checked once, and is asked about many messages. */
export interface MessageTest {
  /** Whether the message is meant. */
  matches(message: SandboxMessage): boolean;
  /** The properties of the filter that the message does not have. Empty for a function that refuses it. */
  differences(message: SandboxMessage): FilterName[];
  readonly query: SandboxMessageQuery;
}

/** @throws TypeError if the filter makes no sense */
export function compileQuery(query: SandboxMessageQuery): MessageTest {
  if (typeof query === 'function') {
    return { query, differences: () => [], matches: (message) => answerOf(query(message)) };
  }
  checkFilter(query);
  const names = FILTER_NAMES.filter((name) => Object.hasOwn(query, name));
  return {
    query,
    matches: (message) => names.every((name) => fits(name, query, message)),
    differences: (message) => names.filter((name) => !fits(name, query, message)),
  };
}

/** A promise is true, whatever it resolves to: an async function would match every message. */
function answerOf(answer: unknown): boolean {
  if (typeof answer === 'object' && answer !== null && 'then' in answer) {
    throw new TypeError('The function that says which message is meant must not be async.');
  }
  return Boolean(answer);
}

function fits(name: FilterName, filter: SandboxMessageFilter, message: SandboxMessage): boolean {
  switch (name) {
    case 'to':
    case 'cc':
    case 'bcc':
    case 'replyTo':
      return hasAddresses(message[name], filter[name]);
    case 'from':
      return hasAddresses([message.from], filter.from);
    case 'subject':
      return isLike(message.subject, filter.subject);
    case 'text':
      return contains(message.text, filter.text);
    case 'html':
      return message.html !== undefined && contains(message.html, filter.html);
    case 'header':
      return Object.entries(filter.header ?? {}).every(([header, wanted]) =>
        hasHeader(message, header, wanted),
      );
    case 'attachment':
      return message.attachments.some((attachment) => isLike(attachment.name, filter.attachment));
    case 'messageId':
      return isMessageId(message.internetMessageId, filter.messageId);
    case 'mailbox':
      return isLike(message.mailbox, filter.mailbox, sameInAnyCase);
    case 'route':
      return message.route === filter.route;
    case 'since':
      return filter.since === undefined || message.receivedAt >= filter.since;
  }
}

type Compare = (value: string, wanted: string) => boolean;

const same: Compare = (value, wanted) => value === wanted;
const sameInAnyCase: Compare = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();

function isLike(value: string, wanted: SandboxTextFilter | undefined, compare = same): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === 'string') return compare(value, wanted);
  // `search` neither uses nor moves the lastIndex of an expression with the flag g.
  return isMatcher(wanted) ? wanted.asymmetricMatch(value) : value.search(wanted) !== -1;
}

function contains(text: string, wanted: SandboxTextFilter | undefined): boolean {
  return isLike(text, wanted, (whole, part) => whole.includes(part));
}

function isMessageId(value: string, wanted: SandboxTextFilter | undefined): boolean {
  const bare = (id: string) => id.replace(/^<(.*)>$/, '$1');
  return isLike(value, wanted, (one, other) => bare(one) === bare(other));
}

/** In JSON some headers are properties, such as In-Reply-To: a test need not know which way a message took. */
function hasHeader(message: SandboxMessage, name: string, wanted: SandboxTextFilter | true): boolean {
  const headers = message.mime ? message.headers : emlHeaders(message);
  const found = headers.filter((header) => sameInAnyCase(header.name, name));
  return found.some(({ value }) => wanted === true || isLike(value, wanted));
}

function hasAddresses(list: readonly SandboxAddress[], wanted: SandboxAddressFilter | undefined): boolean {
  if (wanted === undefined) return true;
  const all = isList(wanted) ? wanted : [wanted];
  return all.every((each) => hasAddress(list, each));
}

function isList(wanted: SandboxAddressFilter): wanted is readonly SandboxTextFilter[] {
  return Array.isArray(wanted);
}

function hasAddress(list: readonly SandboxAddress[], wanted: SandboxTextFilter): boolean {
  if (isMatcher(wanted)) {
    switch (typeExpectedBy(wanted)) {
      case 'array':
        return wanted.asymmetricMatch(list);
      case 'object':
        return list.some((entry) => wanted.asymmetricMatch(entry));
    }
  }
  return list.some(({ name, address }) =>
    [
      address,
      ...(name === '' ? [] : [`${name} <${address}>`, ...(typeof wanted === 'string' ? [name] : [])]),
    ].some((spelling) => isLike(spelling, wanted, sameInAnyCase)),
  );
}

/** Jest's and Vitest's matchers say which type they are for: `arrayContaining` wants the list, not an address. */
function typeExpectedBy(matcher: object): unknown {
  return 'getExpectedType' in matcher && typeof matcher.getExpectedType === 'function'
    ? matcher.getExpectedType()
    : undefined;
}
