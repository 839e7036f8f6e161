import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from './cli-error';
import { EXIT } from './exit-code';
import type { CliIo } from './io';

/**
 * The full name of a file that can be read: with its place in the file system before it, nothing is mistaken
 * for a URL.
 *
 * @throws CliError when it cannot
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
