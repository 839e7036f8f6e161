import { usageError } from './cli-error';

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
]);

/** The longest time that Node's timers can wait. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Converts a flag's value to milliseconds: `1500`, `1500ms`, `30s` or `2m`.
 *
 * @throws CliError (wrong usage) if it is not a time
 */
export function toMilliseconds(flag: string, given: string): number {
  const [, digits, unit = 'ms'] = /^(\d+)(ms|s|m)?$/.exec(given) ?? [];
  const ms = Number(digits) * (UNITS_MS.get(unit) ?? Number.NaN);
  if (ms >= 1 && ms <= MAX_MS) return ms;
  throw usageError(`--${flag} takes a time such as 1500 (milliseconds), 30s or 2m, not "${given}".`);
}
