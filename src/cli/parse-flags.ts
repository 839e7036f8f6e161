import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errorCode } from '../errors/error-code';
import { usageError } from './exit-code';

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

/** Splits a command's flags from the app to start, which follows `--`. */
export function splitAtApp(args: readonly string[]): { flags: string[]; app?: string[] } {
  const at = args.indexOf('--');
  return at === -1 ? { flags: [...args] } : { flags: args.slice(0, at), app: args.slice(at + 1) };
}
