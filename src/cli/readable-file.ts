import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from './cli-error';
import { EXIT } from './exit-code';
import type { CliIo } from './io';

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
