/** A flag of a command: how it is parsed, and how the command's help shows it. */
export interface Flag {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** The placeholder for its value in the help. */
  value?: string;
  /** The environment variable to use without the flag. */
  variable?: string;
  /** Its description. A flag with neither this nor a variable is left out of the help. */
  help?: string;
}

/** The flags of one part of a command, by name. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** The column where the descriptions begin. */
const COLUMN = 29;

/** The help lines for these flags. */
export function helpOf(flags: FlagTable): string {
  return Object.entries(flags)
    .flatMap(([name, { short, value, variable, help = variable && `(default: ${variable})` }]) => {
      if (help === undefined) return [];
      const label = `  ${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
      return `${label.padEnd(COLUMN - 1)} ${help.replaceAll('\n', `\n${' '.repeat(COLUMN)}`)}`.trimEnd();
    })
    .join('\n');
}
