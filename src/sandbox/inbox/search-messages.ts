import type { SandboxAddress, SandboxMessage } from '../mail/message';
import { visibleLine } from './visible-text';

type Test = (message: SandboxMessage) => boolean;

/** What may stand before a colon, and where it looks. */
const FIELDS: Readonly<Record<string, (message: SandboxMessage) => string>> = {
  from: ({ from, sender }) => addresses([from, sender]),
  to: ({ to, cc, bcc }) => addresses([...to, ...cc, ...bcc]),
  subject: ({ subject }) => subject,
  route: ({ route }) => route,
  mailbox: ({ mailbox }) => mailbox,
  file: ({ attachments }) => attachments.map(({ name }) => name).join('\n'),
  header: ({ headers }) => headers.map(({ name, value }) => `${name}: ${value}`).join('\n'),
  id: ({ internetMessageId, requestId, clientRequestId = '' }) =>
    `${internetMessageId}\n${requestId}\n${clientRequestId}`,
};

/**
 * Whether a message has all words of the query, in any case: anywhere, or in one field as in `to:ann`. Words in
 * quotes belong together; `has:attachment` finds files.
 */
export function searchFor(query: string): Test {
  const words = query.match(/(?:[a-z]+:)?"[^"]*"|\S+/gi) ?? [];
  const tests = words.map((word) => testFor(word.replaceAll('"', '').toLowerCase()));
  return (message) => tests.every((test) => test(message));
}

function testFor(word: string): Test {
  if (word === 'has:attachment') return ({ attachments }) => attachments.some(({ isInline }) => !isInline);
  const [, name = '', wanted = ''] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field) return (message) => field(message).toLowerCase().includes(wanted);
  return (message) => textOf(message).includes(word);
}

/** Kept, since reading the HTML of thousands of mails takes seconds. */
const texts = new WeakMap<SandboxMessage, string>();

/** All that is searched for a word, in small letters. */
function textOf(message: SandboxMessage): string {
  const text = texts.get(message) ?? toText(message).toLowerCase();
  texts.set(message, text);
  return text;
}

function toText(message: SandboxMessage): string {
  const { body, textAlternative = '' } = message;
  const shown = body.contentType === 'html' ? visibleLine(body.content) : body.content;
  return [
    ...Object.values(FIELDS).map((field) => field(message)),
    addresses(message.replyTo),
    textAlternative,
    shown,
  ].join('\n');
}

function addresses(list: readonly SandboxAddress[]): string {
  return list.map(({ name, address }) => `${name} ${address}`).join('\n');
}
