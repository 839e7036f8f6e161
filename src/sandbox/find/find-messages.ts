import type { SandboxMessage } from '../mail/message';
import { describeMessage, describeQuery, describeSearched, type Searched } from './describe';
import { compileQuery } from './match';
import { SandboxMessageError } from './message-error';
import type { SandboxMessageQuery } from './message-filter';

/**
 * Messages, as TypeScript types a list without `noUncheckedIndexedAccess`: a test that reads `messages[0].subject`
 * fails by itself if there is no message, and needs no `?.` or `!`. That holds for the first ten.
 */
export type SandboxMessages = readonly SandboxMessage[] &
  Readonly<Record<0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9, SandboxMessage>>;

export function asMessages(list: readonly SandboxMessage[]): SandboxMessages {
  typeAsTests(list);
  return list;
}

/** Nothing to check: the type says how tests use a list, not how long it is. */
function typeAsTests(_list: readonly SandboxMessage[]): asserts _list is SandboxMessages {}

/** The newest message that matches. @throws TypeError if the filter makes no sense */
export function latestMessage(
  { messages }: Pick<Searched, 'messages'>,
  query: SandboxMessageQuery = {},
): SandboxMessage | undefined {
  const test = compileQuery(query);
  return messages.findLast((message) => test.matches(message));
}

/** @throws SandboxMessageError if none matches, or several do */
export function onlyMessage(sandbox: Searched, query: SandboxMessageQuery = {}): SandboxMessage {
  const { messages } = sandbox;
  const test = compileQuery(query);
  const found = messages.filter((message) => test.matches(message));
  const [only, ...others] = found;
  if (only === undefined) {
    const text = `There is no ${describeQuery(query)}.\n${describeSearched(sandbox, test)}`;
    throw new SandboxMessageError('ENOMESSAGE', text, messages);
  }
  if (others.length > 0) {
    const list = found.map((message, index) => `\n  ${index + 1}. ${describeMessage(message)}`);
    const text = `Expected one ${describeQuery(query)}, and there are ${found.length}:${list.slice(0, 10).join('')}`;
    throw new SandboxMessageError('EMANYMESSAGES', text, messages);
  }
  return only;
}
