import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errorCode } from '../errors/graph-transport-error';
import { nearest } from '../options/given-options';
import { usageError } from './exit-code';
import type { FlagTable } from './flags';

/** The column where the descriptions of the help begin, and the one where they end. */
const COLUMN = 29;
const WIDTH = 120;

/** What a command was given of these flags. */
export type ValuesOf<Flags extends FlagTable> = ReturnType<typeof parseArgs<{ options: Flags }>>['values'];

/**
 * The flags and arguments of a command.
 *
 * @throws CliError (wrong usage)
 */
export function parseFlags<Config extends ParseArgsConfig & { options: FlagTable }>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!errorCode(error)?.startsWith('ERR_PARSE_ARGS')) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw usageError(
      didYouMean(message, config.options) ?? message.replace(/\s+/g, ' ').replace(/\.?$/, '.'),
    );
  }
}

/** The part of Node's message that names the flag, with the one that was probably meant. */
function didYouMean(message: string, flags: FlagTable): string | undefined {
  const [unknown, name] = /Unknown option '--([^']+)'/.exec(message) ?? [];
  if (unknown === undefined || name === undefined) return undefined;
  const shown = Object.keys(flags).filter((flag) => flag === 'help' || flags[flag]?.help !== undefined);
  const plain = (flag: string) => flag.replaceAll('-', '');
  const near = nearest(plain(name), shown.map(plain));
  const meant = shown.find((flag) => plain(flag) === near);
  return meant && `${unknown}. Did you mean --${meant}?`;
}

/** Splits a command's flags from the app to start, which follows `--`. */
export function splitAtApp(args: readonly string[]): { flags: string[]; app?: string[] } {
  const at = args.indexOf('--');
  return at === -1 ? { flags: [...args] } : { flags: args.slice(0, at), app: args.slice(at + 1) };
}

/** The help lines for these flags. */
export function helpOf(flags: FlagTable): string {
  return Object.entries(flags)
    .flatMap(([name, { short, value, variable, help }]) => {
      if (help === undefined) return [];
      const label = `  ${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
      const [first = '', ...more] = linesOf(variable ? `${help} (default: ${variable})` : help);
      return [`${label.padEnd(COLUMN - 1)} ${first}`, ...more.map((line) => ' '.repeat(COLUMN) + line)];
    })
    .join('\n');
}

function linesOf(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart();
    if (line.length <= WIDTH - COLUMN) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}
