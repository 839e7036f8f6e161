import { EXIT } from './exit-code';

/** A failure of the command itself, before anything is asked of Entra or Graph. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The command was called in a way that makes no sense. */
export function usageError(message: string): CliError {
  return new CliError(EXIT.usage, message);
}
