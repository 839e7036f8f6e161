import { GraphTransportError } from '../errors/graph-transport-error';
import type { Importance } from '../message/importance';
import type { MailAddress } from '../mime/address';
import { shownName, shownValue } from './shown-value';

/** A message, as far as the choice of its mailbox may depend on it. */
export interface MailboxQuestion {
  /** The message's From, or the one of the options; undefined when there is neither. */
  from: MailAddress | undefined;
  /** Who gets the message. */
  envelope: { from: string | false; to: string[] };
}

/** Finds the mailbox, by object id or user principal name, that sends a message. */
export type UserIdOf = (message: MailboxQuestion) => string | Promise<string>;

/** How a message is to be sent. */
export interface DeliveryOptions {
  /** The sending mailbox: object id or user principal name, or a function that finds it for a message. */
  userId: string | UserIdOf;
  /** Whether Exchange keeps a copy in Sent Items. It always does so for a message that goes as MIME. */
  saveToSentItems: boolean;
  /**
   * `auto` sends JSON, and MIME what JSON cannot carry whole; `json` and `mime` force one of them.
   */
  format: 'auto' | 'json' | 'mime';
  /**
   * Sends what can be sent where a message would otherwise be refused because something of it has no
   * place: the loss is logged as a warning and listed in `info.dropped`.
   */
  lossy: boolean;
  /**
   * `at-most-once` sends in one request where it can, and reports an unknown outcome as an error that is
   * `ambiguous`. `exactly-once` sends every message by way of a draft under its Message-ID and asks the
   * mailbox whether that was sent, also by another process; it needs the permission `Mail.ReadWrite`.
   */
  delivery: 'at-most-once' | 'exactly-once';
}

/**
 * `graph` of a message, which overrides the transport's options for it.
 *
 * @example
 * await transporter.sendMail({ to, subject, text, graph: { saveToSentItems: false, importance: 'high' } });
 */
export interface GraphMessageOptions extends Partial<DeliveryOptions> {
  /** Instead of what the headers say of importance. */
  importance?: Importance;
  /** Outlook's categories, instead of Keywords. */
  categories?: string[];
}

const NAMES: readonly string[] = [
  'userId',
  'saveToSentItems',
  'format',
  'lossy',
  'delivery',
  'importance',
  'categories',
] satisfies (keyof GraphMessageOptions)[];

/**
 * Checks the `graph` of a message.
 *
 * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with it
 */
export function checkMessageOptions(options: GraphMessageOptions): void {
  const problems = Object.keys(options)
    .filter((name) => !NAMES.includes(name))
    .map((name) => `${shownName(name)} is not an option of a message (there are ${NAMES.join(', ')})`);
  const { importance, categories } = options;
  problems.push(...deliveryProblems(options));
  if (importance !== undefined && !['low', 'normal', 'high'].includes(importance)) {
    problems.push(`importance must be low, normal or high, got ${shownValue(importance)}`);
  }
  if (categories !== undefined && !(Array.isArray(categories) && categories.every(isCategory))) {
    problems.push('categories must be a list of names without commas');
  }
  if (problems.length > 0) {
    throw new GraphTransportError(
      'ECONFIG',
      `The message's graph options are wrong: ${problems.join('; ')}.`,
    );
  }
}

/** What is wrong with the options that transport and message share. */
export function deliveryProblems(options: Partial<DeliveryOptions>): string[] {
  const problems: string[] = [];
  for (const name of ['saveToSentItems', 'lossy'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'boolean') {
      problems.push(`${name} must be true or false, got ${typeof value}`);
    }
  }
  const { format, userId } = options;
  if (format !== undefined && !['auto', 'json', 'mime'].includes(format)) {
    problems.push(`format must be auto, json or mime, got ${shownValue(format)}`);
  }
  const { delivery } = options;
  if (delivery !== undefined && !['at-most-once', 'exactly-once'].includes(delivery)) {
    problems.push(`delivery must be at-most-once or exactly-once, got ${shownValue(delivery)}`);
  }
  if (userId !== undefined && typeof userId !== 'function') problems.push(...userIdProblems(userId));
  return problems;
}

/** What is wrong with a mailbox. */
export function userIdProblems(userId: unknown): string[] {
  if (typeof userId !== 'string') return [`userId must be a string, got ${typeof userId}`];
  const name = userId.trim();
  if (name === '') return ['userId is empty'];
  if (name.toLowerCase() === 'me') {
    return ['userId "me" means a signed-in user, whom an app has not: give the mailbox itself'];
  }
  // '.' and '..' survive percent-encoding, and URL parsers take them for directions.
  if (/^\.{1,2}$/.test(name) || /[\p{Cc}\p{Cs}]/u.test(name)) {
    return ['userId is neither an object id nor a user principal name'];
  }
  return [];
}

function isCategory(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && !/[,\p{Cc}]/u.test(value);
}
