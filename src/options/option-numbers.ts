import { ownProperties, shownValue, unknownOption } from './given-options';
import type { GraphTransportOptions, RetryOptions } from './options';
import type { ResolvedOptions } from './resolved-options';

/** The options that are numbers: limits, timeouts and retries. */
export type NumberOptions = Pick<
  ResolvedOptions,
  'maxMessageSize' | 'limits' | 'retry' | 'searchLag' | 'connectionTimeout' | 'socketTimeout' | 'timeout'
>;

const MAX_MESSAGE_BYTES = 150_000_000;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Applies the defaults to the numbers, and reports what is wrong with those that were given. */
export function resolveNumbers(options: GraphTransportOptions): {
  resolved: NumberOptions;
  problems: string[];
} {
  const problems = retryProblems(options.retry);
  const number = (name: string, given: number | undefined, fallback: number, least: number, unit = '') => {
    const value = given ?? fallback;
    // Infinity means "no limit", where that is the default.
    const isNumber = Number.isSafeInteger(value) || (value === NO_LIMIT && fallback === NO_LIMIT);
    if (!isNumber || value < least) {
      problems.push(
        `${name} must be a whole number${unit && ` of ${unit}`} from ${least}, got ${shownValue(given)}`,
      );
    }
    return value;
  };
  const milliseconds = (name: string, given: number | undefined, fallback: number, least = 1) =>
    number(name, given, fallback, least, 'milliseconds');
  const { rateLimit } = options;
  const retry = options.retry && ownProperties(options.retry);
  const resolved = {
    maxMessageSize: number('maxMessageSize', options.maxMessageSize, MAX_MESSAGE_BYTES, 0, 'bytes'),
    limits: {
      maxConnections: number('maxConnections', options.maxConnections, 4, 1),
      maxTotalConnections: number('maxTotalConnections', options.maxTotalConnections, NO_LIMIT, 1),
      rateLimit: rateLimit === undefined ? undefined : number('rateLimit', rateLimit, 1, 1),
      rateDelta: milliseconds('rateDelta', options.rateDelta, 1000),
      maxQueue: number('maxQueue', options.maxQueue, NO_LIMIT, 0),
    },
    retry: {
      attempts: number('retry.attempts', retry?.attempts, 5, 1),
      maxDelay: milliseconds('retry.maxDelay', retry?.maxDelay, 180_000, 0),
    },
    ...(options.searchLag !== undefined && { searchLag: milliseconds('searchLag', options.searchLag, 0, 0) }),
    connectionTimeout: milliseconds('connectionTimeout', options.connectionTimeout, 30_000),
    socketTimeout: milliseconds('socketTimeout', options.socketTimeout, 120_000),
    timeout: milliseconds('timeout', options.timeout, 600_000),
  };
  return { resolved, problems };
}

const RETRY_NAMES: readonly string[] = ['attempts', 'maxDelay'] satisfies (keyof RetryOptions)[];

function retryProblems(retry: unknown): string[] {
  if (retry === undefined) return [];
  if (typeof retry !== 'object' || retry === null) {
    return ['retry must be an object such as { attempts: 5, maxDelay: 180000 }'];
  }
  return Object.keys(retry)
    .filter((name) => !RETRY_NAMES.includes(name))
    .map((name) => unknownOption(name, RETRY_NAMES, 'retry.'));
}
