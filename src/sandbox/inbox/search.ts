import type { ListQuery } from './list-query';
import { type Sandbox, type SandboxAddress, type SandboxMessage, visibleLine } from './sandbox';

type Test = (message: SandboxMessage) => boolean;

/** The words that may precede a colon, and the text each searches. */
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

/** Searches the messages of one sandbox. */
export class MessageSearch {
  readonly #sandbox: Sandbox;
  /** Cached: extracting the text of thousands of HTML mails takes seconds. */
  readonly #texts = new WeakMap<SandboxMessage, string>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** The messages that match, latest first, of all pages. */
  find({ mailbox, search }: ListQuery): SandboxMessage[] {
    const tests = this.#testsFor(search);
    const found = this.#sandbox.messages.filter(
      (message) => (mailbox === '' || message.mailbox === mailbox) && tests.every((test) => test(message)),
    );
    return found.reverse();
  }

  /**
   * A message must contain every word, in any case: anywhere, or in one field, as in `to:ann`. Quoted words belong
   * together; `has:attachment` finds messages with files.
   */
  #testsFor(query: string): Test[] {
    const words = query.match(/(?:[a-z]+:)?"[^"]*"|\S+/gi) ?? [];
    return words.map((word) => this.#testFor(word.replaceAll('"', '').toLowerCase()));
  }

  #testFor(word: string): Test {
    if (word === 'has:attachment') return ({ attachments }) => attachments.some(({ isInline }) => !isInline);
    const [, name = '', wanted = ''] = /^([a-z]+):(.*)$/.exec(word) ?? [];
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field) return (message) => field(message).toLowerCase().includes(wanted);
    return (message) => this.#textOf(message).includes(word);
  }

  #textOf(message: SandboxMessage): string {
    const text = this.#texts.get(message) ?? textOf(message).toLowerCase();
    this.#texts.set(message, text);
    return text;
  }
}

/** Everything that a word without a field is searched in. */
function textOf(message: SandboxMessage): string {
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
