import { GraphTransportError } from '../errors/graph-transport-error';
import type { Importance } from '../message/importance';
import { problemsText, shownValue, unknownOption } from './given-options';
import type { GraphTransportOptions } from './options';
import type { DeliveryOptions } from './resolved-options';

/**
 * The `graph` field of a message, which overrides the transport's options for that message.
 *
 * @example
 * await transporter.sendMail({ to, subject, text, graph: { saveToSentItems: false, importance: 'high' } });
 */
export interface GraphMessageOptions
  extends Pick<GraphTransportOptions, 'userId' | 'saveToSentItems' | 'format' | 'lossy' | 'delivery'> {
  /** Overrides what the headers say about importance. */
  importance?: Importance;
  /** Outlook's categories; override the Keywords header. */
  categories?: string[];
  /**
   * The Message-ID of a message in the mailbox that this one answers. Exchange then keeps both in one conversation,
   * for which the app needs `Mail.ReadWrite`. Where that is not possible, the message goes with In-Reply-To and
   * References alone, and `info.dropped` says so. It is not possible as MIME.
   */
  inReplyTo?: string;
  /**
   * When Exchange should send the message: it is held until then, in Drafts, or with `delivery: 'exactly-once'` in
   * Outbox. In the future, and at most a year ahead; anything else is `EMESSAGE`, and nothing is sent. It needs the
   * permission `Mail.ReadWrite`, and does not go with `format: 'mime'`. See docs/scheduled.md.
   *
   * @default at once
   */
  sendAt?: Date | undefined;
}

const NAMES: readonly string[] = [
  'userId',
  'saveToSentItems',
  'format',
  'lossy',
  'delivery',
  'sendAt',
  'importance',
  'categories',
  'inReplyTo',
] satisfies (keyof GraphMessageOptions)[];

/**
 * Checks the `graph` field of a message.
 *
 * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with it
 */
export function checkMessageOptions(options: GraphMessageOptions): void {
  const problems = Object.keys(options)
    .filter((name) => !NAMES.includes(name))
    .map((name) => unknownOption(name, NAMES));
  const { importance, categories } = options;
  problems.push(...deliveryProblems(options));
  if (importance !== undefined && !['low', 'normal', 'high'].includes(importance)) {
    problems.push(`importance must be low, normal or high, got ${shownValue(importance)}`);
  }
  if (categories !== undefined && !(Array.isArray(categories) && categories.every(isCategory))) {
    problems.push('categories must be a list of names without commas');
  }
  if (problems.length > 0) {
    throw new GraphTransportError('ECONFIG', problemsText("The message's graph options are wrong", problems));
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

/** What is wrong with a mailbox name. */
export function userIdProblems(userId: unknown): string[] {
  if (typeof userId !== 'string') return [`userId must be a string, got ${typeof userId}`];
  const name = userId.trim();
  if (name === '') return ['userId is empty'];
  if (name.toLowerCase() === 'me') {
    return [
      'userId cannot be "me": an app has no signed-in user. Give the mailbox\'s object id or user principal name',
    ];
  }
  // Percent-encoding leaves '.' and '..' as they are, and URL parsers resolve them as path segments.
  if (/^\.{1,2}$/.test(name) || /[\p{Cc}\p{Cs}]/u.test(name)) {
    return ['userId is neither an object id nor a user principal name'];
  }
  return [];
}

function isCategory(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && !/[,\p{Cc}]/u.test(value);
}
