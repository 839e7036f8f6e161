import { EXIT } from './exit-code';

/** A failure of the command itself, before Entra or Graph is contacted. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The error of a command that was called with the wrong flags or arguments. */
export function usageError(message: string): CliError {
  return new CliError(EXIT.usage, message);
}
