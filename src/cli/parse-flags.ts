import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errorCode } from '../errors/error-code';
import { usageError } from './cli-error';

/**
 * The flags and arguments of a command.
 *
 * @throws CliError (wrong usage)
 */
export function parseFlags<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!errorCode(error)?.startsWith('ERR_PARSE_ARGS')) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw usageError(message.replace(/\s+/g, ' ').replace(/\.?$/, '.'));
  }
}
