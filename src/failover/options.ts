import { GraphTransportError, type Outcome } from '../errors/graph-transport-error';
import { problemsText, shownValue, unknownOption } from '../options/given-options';
import type { TransportLogger } from '../options/options';
import type { CircuitOptions } from './circuit';
import { type FailoverMember, memberProblems } from './members';

/** The options of `failover()`. */
export interface FailoverOptions {
  /**
   * When a member is passed over for a while. False: each message begins with the first member.
   *
   * @default { failures: 3, coolDown: 30_000 }
   */
  circuit?: CircuitOptions | false | undefined;
  /**
   * Says what became of a message, by the error of a member: `not-accepted` goes on to the next, `unknown` and
   * `refused` do not. Undefined leaves it to the failover. It is not asked about errors that are `ambiguous`: they
   * never go on.
   */
  outcomeOf?: ((error: Error, member: { index: number; name: string }) => Outcome | undefined) | undefined;
  /**
   * The most bytes that a message may hold in streams. They are read before the first member is tried, and kept
   * until the message is sent: up to 1 MiB in memory, the rest in a temporary file.
   *
   * @default 150_000_000, the most that Graph accepts in one attachment
   */
  maxMessageSize?: number | undefined;
  /**
   * A logger in the style of bunyan or pino, or `true` for Nodemailer's console logger.
   *
   * @default false
   */
  logger?: TransportLogger | boolean | undefined;
  /**
   * The `component` of log entries.
   * @default 'failover'
   */
  component?: string | undefined;
}

const NAMES = [
  'circuit',
  'outcomeOf',
  'maxMessageSize',
  'logger',
  'component',
] as const satisfies readonly (keyof FailoverOptions)[];
const CIRCUIT_NAMES = ['failures', 'coolDown'] as const satisfies readonly (keyof CircuitOptions)[];

/** @throws GraphTransportError `ECONFIG`, which names everything that is wrong */
export function checkOptions(members: readonly FailoverMember[], options: FailoverOptions): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const shown = Array.isArray(options) ? 'a list' : shownValue(options);
    throw new GraphTransportError('ECONFIG', `failover takes its options as an object, not ${shown}.`, {
      hint: 'Its members are one list: failover([first, second], options).',
    });
  }
  const { circuit, maxMessageSize, outcomeOf } = options;
  const limits: Record<string, unknown> = { ...(typeof circuit === 'object' && circuit) };
  const problems = [
    ...memberProblems(members),
    ...unknownNames(options, NAMES),
    ...unknownNames(limits, CIRCUIT_NAMES, 'circuit.'),
    ...numberProblems('maxMessageSize', maxMessageSize, 0),
    ...numberProblems('circuit.failures', limits.failures, 1),
    ...numberProblems('circuit.coolDown', limits.coolDown, 0),
  ];
  if (outcomeOf !== undefined && typeof outcomeOf !== 'function')
    problems.push('outcomeOf must be a function');
  if (problems.length > 0) {
    throw new GraphTransportError('ECONFIG', problemsText('failover cannot start', problems));
  }
}

function unknownNames(options: object, known: readonly string[], within = ''): string[] {
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => unknownOption(name, known, within));
}

function numberProblems(name: string, value: unknown, least: number): string[] {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= least)) return [];
  return [`${name} must be a whole number from ${least} up, got ${shownValue(value)}`];
}
