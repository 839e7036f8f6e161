import { types } from 'node:util';
import type { SandboxMessage } from '../mail/message';
import { meantName } from './meant-name';

/** A matcher such as Jest's and Vitest's `expect.stringContaining('order')`. */
export interface SandboxAsymmetricMatcher {
  /** Whether a value is as expected. */
  asymmetricMatch(value: unknown): boolean;
}

/** What a text should be: the text, an expression that it matches, or a matcher such as `expect.stringContaining()`. */
export type SandboxTextFilter = string | RegExp | SandboxAsymmetricMatcher;

/**
 * Whom a list of addresses should have. A string is an address, a display name, or both as in `Ann <ann@example.com>`,
 * in any case. An expression or a matcher is tried on the address and on both. One of the addresses has to match; of
 * several filters in a list, each has to find one.
 */
export type SandboxAddressFilter = SandboxTextFilter | readonly SandboxTextFilter[];

/** Which messages are meant: those for which all of this is true. An empty filter means every message. */
export interface SandboxMessageFilter {
  /** One of the recipients in To. */
  to?: SandboxAddressFilter;
  /** One of the recipients in Cc. */
  cc?: SandboxAddressFilter;
  /** One of the recipients in Bcc. */
  bcc?: SandboxAddressFilter;
  /** The From. */
  from?: SandboxAddressFilter;
  /** One of the addresses in Reply-To. */
  replyTo?: SandboxAddressFilter;
  /** The subject. A string is the whole of it; use `/order/i` or `expect.stringContaining()` for a part. */
  subject?: SandboxTextFilter;
  /** What a reader sees as text, of HTML too. A string is a part of it. */
  text?: SandboxTextFilter;
  /** The HTML body. A string is a part of it. */
  html?: SandboxTextFilter;
  /** Headers by name, in any case. A string is the whole value; `true` stands for any value. */
  header?: Readonly<Record<string, SandboxTextFilter | true>>;
  /** The file name of one of the attachments. */
  attachment?: SandboxTextFilter;
  /** The Message-ID, with its angle brackets or without. */
  messageId?: SandboxTextFilter;
  /** The user principal name of the mailbox that sent it, in any case. */
  mailbox?: SandboxTextFilter;
  /** The way it was sent. */
  route?: SandboxMessage['route'];
  /** Only messages that the sandbox received at this time or later. */
  since?: Date;
}

/** A filter, or a function that says whether a message is meant. */
export type SandboxMessageQuery = SandboxMessageFilter | ((message: SandboxMessage) => boolean);

/** The names of a filter's properties. */
export const FILTER_NAMES = [
  'to',
  'cc',
  'bcc',
  'from',
  'replyTo',
  'subject',
  'text',
  'html',
  'header',
  'attachment',
  'messageId',
  'mailbox',
  'route',
  'since',
] as const;

export type FilterName = (typeof FILTER_NAMES)[number];

/** Names that people try, and what they mean. */
const OTHER_NAMES: Readonly<Record<string, FilterName>> = {
  recipient: 'to',
  recipients: 'to',
  sender: 'from',
  body: 'text',
  headers: 'header',
  attachments: 'attachment',
  internetMessageId: 'messageId',
  receivedAfter: 'since',
  after: 'since',
};

const ADDRESS_LISTS: readonly string[] = ['to', 'cc', 'bcc', 'from', 'replyTo'];
const ROUTES: readonly unknown[] = ['json', 'mime', 'draft'];

/**
 * Refuses what would silently match everything, or nothing: an unknown name, an undefined value, a value of a type
 * that the property cannot have.
 *
 * @throws TypeError
 */
export function checkFilter(filter: unknown): asserts filter is SandboxMessageFilter {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter) || types.isRegExp(filter)) {
    throw new TypeError(
      `Expected a filter such as { to: 'ann@example.com' }, or a function of a message, got ${show(filter)}.`,
    );
  }
  for (const [name, value] of Object.entries(filter)) {
    const known = FILTER_NAMES.find((candidate) => candidate === name);
    if (known === undefined) throw new TypeError(unknownName(name));
    if (value === undefined) {
      throw new TypeError(`\`${name}\` of the filter is undefined. Leave it out, or give it a value.`);
    }
    const expected = expectedOf(known, value);
    if (expected)
      throw new TypeError(`Expected \`${name}\` of the filter to be ${expected}, got ${show(value)}.`);
  }
}

function unknownName(name: string): string {
  const meant = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : meantName(name, FILTER_NAMES);
  return (
    `Unknown property "${name}" of a filter.${meant ? ` Did you mean "${meant}"?` : ''} ` +
    `A filter has ${FILTER_NAMES.join(', ')}.`
  );
}

/** What the property takes, if it does not take the value. */
function expectedOf(name: FilterName, value: unknown): string | undefined {
  if (name === 'since') {
    return types.isDate(value) && !Number.isNaN(value.getTime()) ? undefined : 'a valid Date';
  }
  if (name === 'route') return ROUTES.includes(value) ? undefined : 'json, mime or draft';
  if (name === 'header') {
    const isGood =
      isPlainObject(value) && Object.values(value).every((each) => each === true || isText(each));
    return isGood ? undefined : "an object of names and values, such as { 'X-Order': '4711' }";
  }
  if (isText(value)) return undefined;
  const takes = 'a string, a regular expression or a matcher such as expect.stringContaining()';
  if (!ADDRESS_LISTS.includes(name)) return takes;
  return Array.isArray(value) && value.every(isText) ? undefined : `${takes}, or a list of these`;
}

function isText(value: unknown): value is SandboxTextFilter {
  return typeof value === 'string' || types.isRegExp(value) || isMatcher(value);
}

export function isMatcher(value: unknown): value is SandboxAsymmetricMatcher {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asymmetricMatch' in value &&
    typeof value.asymmetricMatch === 'function'
  );
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isMatcher(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 60)}'`;
  if (types.isRegExp(value) || types.isDate(value) || value === null) return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
