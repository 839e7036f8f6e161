import { types } from 'node:util';
import type { SandboxRequest } from '../dispatch';
import type { SandboxAddress, SandboxMessage } from '../mail/message';
import type { MessageTest } from './match';
import {
  type FilterName,
  isMatcher,
  type SandboxMessageFilter,
  type SandboxMessageQuery,
} from './message-filter';

/** What a description of a failed search looks at. */
export interface Searched {
  readonly messages: readonly SandboxMessage[];
  readonly requests: readonly SandboxRequest[];
}

/** Of a sandbox with thousands of messages, only the latest are compared. */
const MAX_COMPARED = 100;
const MAX_LISTED = 10;
const MAX_REFUSALS = 3;
const MAX_TEXT = 120;

/** `a message with to "ann@example.com" and subject /order/` */
export function describeQuery(query: SandboxMessageQuery, noun = 'message'): string {
  if (typeof query === 'function') return `${noun} that the function accepts`;
  const wanted = Object.entries(query).map(([name, value]) => `${name} ${showWanted(value)}`);
  if (wanted.length === 0) return noun;
  return `${noun} with ${wanted.join(wanted.length > 2 ? ', ' : ' and ')}`;
}

/** What came instead: the messages that are closest, each with what is different, and what the sandbox refused. */
export function describeSearched({ messages, requests }: Searched, test: MessageTest): string {
  const isUntouched = messages.length === 0 && requests.length === 0;
  return [
    ...describeMessages(messages, test),
    ...(isUntouched
      ? ['It got no requests either. Does the app use `sandbox.options`, or `sandbox.env`?']
      : describeRefusals(requests)),
  ].join('\n');
}

function describeMessages(messages: readonly SandboxMessage[], test: MessageTest): string[] {
  if (messages.length === 0) return ['The sandbox has no messages.'];
  const listed = messages
    .slice(-MAX_COMPARED)
    .reverse()
    .map((message) => ({ message, differences: test.differences(message) }))
    .sort((one, other) => one.differences.length - other.differences.length)
    .slice(0, MAX_LISTED);
  const isCompared = listed.some(({ differences }) => differences.length > 0);
  const order = messages.length === 1 ? '' : `, ${isCompared ? 'closest' : 'latest'} first`;
  const more = messages.length - listed.length;
  return [
    `The sandbox has ${count(messages.length, 'message')}${order}:`,
    ...listed.map(
      ({ message, differences }, index) =>
        `  ${index + 1}. ${describeMessage(message)}${whyNot(message, differences, test.query)}`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** `"Your order" to Ann <ann@example.com>, from orders@contoso.com` */
export function describeMessage({ subject, to, cc, bcc, from }: SandboxMessage): string {
  const recipients = [
    ['to', to],
    ['cc', cc],
    ['bcc', bcc],
  ] as const;
  const given = recipients.filter(([, list]) => list.length > 0);
  const shown = given.map(([name, list]) => `${name} ${showAddresses(list)}`);
  return [
    `${showText(subject)} ${shown[0] ?? ''}`.trim(),
    ...shown.slice(1),
    `from ${showAddress(from)}`,
  ].join(', ');
}

function whyNot(
  message: SandboxMessage,
  differences: readonly FilterName[],
  query: SandboxMessageQuery,
): string {
  if (typeof query === 'function') return '';
  return differences
    .map((name) => `\n     ${name} is ${showActual(name, message, query)}, not ${showWanted(query[name])}`)
    .join('');
}

/** A body is not shown: it may be long, and hold what should not be in a log. */
function showActual(name: FilterName, message: SandboxMessage, query: SandboxMessageFilter): string {
  switch (name) {
    case 'to':
    case 'cc':
    case 'bcc':
    case 'replyTo':
      return showAddresses(message[name]);
    case 'from':
      return showAddress(message.from);
    case 'text':
      return `a text of ${count(message.text.length, 'character')}`;
    case 'html':
      return message.html === undefined ? 'missing' : `HTML of ${count(message.html.length, 'character')}`;
    case 'header': {
      const wanted = Object.keys(query.header ?? {}).map((header) => header.toLowerCase());
      const found = message.headers.filter((header) => wanted.includes(header.name.toLowerCase()));
      return found.length === 0
        ? 'missing'
        : found.map((header) => `${header.name}: ${showText(header.value)}`).join(', ');
    }
    case 'attachment':
      return message.attachments.map((attachment) => showText(attachment.name)).join(', ') || 'missing';
    case 'messageId':
      return showText(message.internetMessageId);
    case 'since':
      return message.receivedAt.toISOString();
    case 'subject':
    case 'mailbox':
    case 'route':
      return showText(message[name]);
  }
}

function showWanted(value: unknown): string {
  if (typeof value === 'string') return showText(value);
  if (types.isDate(value)) return value.toISOString();
  if (Array.isArray(value)) return value.map(showWanted).join(' and ');
  if (isMatcher(value)) return showMatcher(value);
  if (types.isRegExp(value) || typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name}: ${showWanted(each)}`)
    .join(', ');
}

/** Jest's and Vitest's matchers know how to show themselves: `StringContaining "order"`. */
function showMatcher(matcher: object): string {
  const sample =
    'sample' in matcher && typeof matcher.sample === 'string' ? ` ${showText(matcher.sample)}` : '';
  return `${String(matcher)}${sample}`;
}

/** The latest requests that were refused, or broken by a fault: why a message may have never come. */
function describeRefusals(requests: readonly SandboxRequest[]): string[] {
  const refused = requests.filter(({ status }) => status === 0 || status >= 400);
  if (refused.length === 0) return [];
  return [
    `It refused ${count(refused.length, 'request')}, at last:`,
    ...refused.slice(-MAX_REFUSALS).map(({ method, path, status, rule, fault }) => {
      const why = rule ?? (fault && `a fault, ${fault.kind}`);
      return `  ${method} ${path.slice(0, MAX_TEXT)}: ${status === 0 ? 'no answer' : status}${why ? ` (${why})` : ''}`;
    }),
  ];
}

function showAddresses(list: readonly SandboxAddress[]): string {
  const more = list.length - 3;
  const shown = list.slice(0, 3).map(showAddress).join(', ');
  return list.length === 0 ? 'missing' : `${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

function showAddress({ name, address }: SandboxAddress): string {
  return name === '' ? address : `${name} <${address}>`;
}

function showText(text: string): string {
  return JSON.stringify(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
