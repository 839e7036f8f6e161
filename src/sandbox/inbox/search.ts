import { setImmediate as otherWork } from 'node:timers/promises';
import type { ListQuery } from './list-query';
import { newcomers, type Sandbox, type SandboxAddress, type SandboxMessage, visibleLine } from './sandbox';

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

/** The characters that are read before other work has its turn: some ten milliseconds of it. */
const SLICE = 200_000;
/** Looking for words in a text that is ready takes so much less than making the text from HTML. */
const READY = 1 / 20;
/** For what a message costs besides its characters. */
const EACH = 200;
/** With more new messages than this, the sandbox is too busy for other work to have its turn. */
const MAX_PENDING = 20;

/**
 * Searches the messages of one sandbox. The text of HTML takes seconds to make for thousands of mails, so it is made as
 * they come, a slice at a time, and kept for as long as the message.
 */
export class MessageSearch {
  readonly #sandbox: Sandbox;
  readonly #texts = new WeakMap<SandboxMessage, string>();
  readonly #takeNew = newcomers([]);
  #pending: SandboxMessage[] = [];
  #isReading = false;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#read();
    sandbox.subscribe(() => this.#read());
  }

  /** The messages there were when the search began that match, latest first, of all pages. */
  async find({ mailbox, search }: ListQuery): Promise<SandboxMessage[]> {
    const tests = this.#testsFor(search);
    const all = this.#sandbox.messages
      .filter((message) => mailbox === '' || message.mailbox === mailbox)
      .reverse();
    if (tests.length === 0) return all;
    const found: SandboxMessage[] = [];
    await inSlices(all, (message) => {
      const cost = this.#costOf(message);
      if (tests.every((test) => test(message))) found.push(message);
      return cost;
    });
    return found;
  }

  /** Makes the texts of new messages, unless that is already being done: then it goes on with these. */
  async #read(): Promise<void> {
    this.#pending.push(...this.#takeNew(this.#sandbox.messages));
    if (this.#isReading) {
      const oldest = this.#pending.length > MAX_PENDING ? this.#pending.shift() : undefined;
      if (oldest) this.#textOf(oldest);
      return;
    }
    this.#isReading = true;
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      await otherWork();
      await inSlices(batch, (message) => {
        const cost = this.#costOf(message);
        this.#textOf(message);
        return cost;
      });
    }
    this.#isReading = false;
  }

  #costOf(message: SandboxMessage): number {
    const text = this.#texts.get(message);
    return EACH + (text === undefined ? message.body.content.length : text.length * READY);
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
    const [, name = '', wanted = ''] = /^([a-z]+):(.*)$/s.exec(word) ?? [];
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

/** Does something for each message and, after as much work as a slice, lets other work have its turn. */
async function inSlices(
  messages: readonly SandboxMessage[],
  act: (message: SandboxMessage) => number,
): Promise<void> {
  let done = 0;
  for (const message of messages) {
    if (done >= SLICE) {
      await otherWork();
      done = 0;
    }
    done += act(message);
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
