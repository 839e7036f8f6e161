import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, EXIT, usageError } from './exit-code';
import type { CliIo } from './io';

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
]);

/** The longest time that Node's timers can wait. */
const MAX_MS = 2 ** 31 - 1;

/**
 * The value of a flag that accepts one of a few values; undefined if the flag is not given.
 *
 * @throws CliError (wrong usage), which names them
 */
export function oneOf<Value extends string>(
  flag: string,
  given: string | undefined,
  ...values: Value[]
): Value | undefined {
  if (given === undefined) return undefined;
  const value = values.find((candidate) => candidate === given);
  if (value === undefined) throw usageError(`--${flag} takes ${values.join(' or ')}, not "${given}".`);
  return value;
}

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

/**
 * Converts a flag's value to a time: a date and a time of day, with `Z`, an offset, or in local time.
 *
 * @throws CliError (wrong usage) if it is not one
 */
export function toTime(flag: string, given: string): Date {
  const time = new Date(given);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(given) && !Number.isNaN(time.getTime())) return time;
  throw usageError(`--${flag} takes a time such as 2026-12-24T08:00:00Z, not "${given}".`);
}

/**
 * The port given by `--port`.
 *
 * @throws CliError (wrong usage)
 */
export function toPort(given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  const port = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(port <= 65_535)) throw usageError(`--port takes a number up to 65535, not "${given}".`);
  return port;
}

/** @throws CliError (wrong usage) if it is not a number of attempts */
export function toAttempts(given: string): number {
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given);
  throw usageError(`--attempts takes a number from 1 to 9999, not "${given}".`);
}

/**
 * The absolute path of a readable file. Being absolute, it cannot be mistaken for a URL.
 *
 * @throws CliError if it cannot be read
 */
export function readableFile(file: string, { cwd }: CliIo): string {
  const path = resolve(cwd, file);
  try {
    accessSync(path, constants.R_OK);
    if (statSync(path).isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.noInput, `The file ${file} cannot be read: ${why}.`);
  }
  return path;
}
