/** A flag of a command: how it is read, and how it stands in the command's help. */
export interface Flag {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** What stands for its value in the help. */
  value?: string;
  /** The variable that stands in for it. */
  variable?: string;
  /** What it is for. A flag with neither this nor a variable is not in the help. */
  help?: string;
}

/** The flags of a part of a command, by name. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** Where the texts of the help begin. */
const COLUMN = 29;

/** The lines of the help for these flags. */
export function helpOf(flags: FlagTable): string {
  return Object.entries(flags)
    .flatMap(([name, { short, value, variable, help = variable && `else ${variable}` }]) => {
      if (help === undefined) return [];
      const label = `  ${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
      return `${label.padEnd(COLUMN - 1)} ${help.replaceAll('\n', `\n${' '.repeat(COLUMN)}`)}`.trimEnd();
    })
    .join('\n');
}
