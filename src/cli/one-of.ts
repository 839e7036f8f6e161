import { usageError } from './cli-error';

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
