import type { Sandbox } from './create-sandbox';
import { describeMessage, describeQuery, describeSearched } from './find/describe';
import { compileQuery } from './find/match';
import type { SandboxMessageQuery } from './find/message-filter';
import './matchers-augmentation';

/** What a matcher answers to Jest and Vitest. */
export interface SandboxMatcherResult {
  /** Whether the expectation is met, without `.not`. */
  pass: boolean;
  /** Why it is not met. */
  message(): string;
}

/**
 * `expect(sandbox).toHaveReceived({ to: 'ann@example.com' })`: the sandbox has a message that matches. It looks once;
 * `waitForMessage()` waits.
 *
 * @param query a filter, or a function that says whether a message is meant; any message by default
 * @throws TypeError if the filter makes no sense, or what is expected to have received it is not a sandbox
 */
export function toHaveReceived(received: unknown, query: SandboxMessageQuery = {}): SandboxMatcherResult {
  const { sandbox, test, found } = search('toHaveReceived', received, query);
  return {
    pass: found.length > 0,
    message: () =>
      found.length > 0
        ? `${hint('not.toHaveReceived(query)')}Expected no ${describeQuery(query)}, and there ${areThere(found)}`
        : `${hint('toHaveReceived(query)')}There is no ${describeQuery(query)}.\n${describeSearched(sandbox, test)}`,
  };
}

/**
 * `expect(sandbox).toHaveReceivedTimes(2, { to: 'ann@example.com' })`: exactly so many messages of the sandbox match.
 *
 * @param times how many messages
 * @param query a filter, or a function that says whether a message is meant; any message by default
 * @throws TypeError if the number or the filter makes no sense, or what is expected to have received it is not a sandbox
 */
export function toHaveReceivedTimes(
  received: unknown,
  times: number,
  query: SandboxMessageQuery = {},
): SandboxMatcherResult {
  if (!Number.isSafeInteger(times) || times < 0) {
    throw new TypeError(
      `Expected the first argument of toHaveReceivedTimes() to be a number of messages, got ${String(times)}.`,
    );
  }
  const { sandbox, test, found } = search('toHaveReceivedTimes', received, query);
  const pass = found.length === times;
  const noun = describeQuery(query, times === 1 ? 'message' : 'messages');
  return {
    pass,
    message: () => {
      const call = hint(`${pass ? 'not.' : ''}toHaveReceivedTimes(times, query)`);
      const wanted = pass ? `any number but ${times} ${noun}` : `${times} ${noun}`;
      if (found.length > 0) return `${call}Expected ${wanted}, and there ${areThere(found)}`;
      return `${call}Expected ${wanted}, and there is none.\n${describeSearched(sandbox, test)}`;
    },
  };
}

function search(matcher: string, received: unknown, query: SandboxMessageQuery) {
  if (!isSandbox(received)) throw new TypeError(notSandbox(matcher, received));
  const test = compileQuery(query);
  return { sandbox: received, test, found: received.messages.filter((message) => test.matches(message)) };
}

type Searchable = Pick<Sandbox, 'messages' | 'requests'>;

function isSandbox(received: unknown): received is Searchable {
  return (
    typeof received === 'object' &&
    received !== null &&
    'messages' in received &&
    Array.isArray(received.messages) &&
    'requests' in received &&
    Array.isArray(received.requests)
  );
}

function notSandbox(matcher: string, received: unknown): string {
  const isPromise = typeof received === 'object' && received !== null && 'then' in received;
  const why = isPromise ? 'It is a promise: is an `await` missing before startSandbox()?' : '';
  return `expect(sandbox).${matcher}() takes what startSandbox() or createSandbox() returned. ${why}`.trim();
}

function hint(call: string): string {
  return `expect(sandbox).${call}\n\n`;
}

const MAX_LISTED = 10;

function areThere(found: Sandbox['messages'][number][]): string {
  const listed = found.slice(-MAX_LISTED).reverse();
  const more = found.length - listed.length;
  return [
    `${found.length === 1 ? 'is' : 'are'} ${found.length}${found.length > 1 ? ', latest first' : ''}:`,
    ...listed.map((message, index) => `  ${index + 1}. ${describeMessage(message)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}
