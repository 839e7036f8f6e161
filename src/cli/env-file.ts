import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CliError } from './cli-error';
import { EXIT } from './exit-code';

/** The variables in a file, and whether the file was named explicitly. */
export interface EnvFile {
  name: string;
  isNamed: boolean;
  variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the file of `--config`, or `.env` if there is a readable one.
 *
 * @throws CliError if the named file cannot be read
 */
export function readEnvFile(named: string | undefined, cwd: string): EnvFile {
  const name = named ?? '.env';
  try {
    return {
      name,
      isNamed: named !== undefined,
      variables: parseEnv(readFileSync(resolve(cwd, name), 'utf8')),
    };
  } catch (error) {
    if (named === undefined) return { name, isNamed: false, variables: {} };
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.config, `The file ${name} cannot be read: ${why}.`);
  }
}
