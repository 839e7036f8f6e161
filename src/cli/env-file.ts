import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { errorCode } from '../errors/graph-transport-error';
import { CliError, EXIT } from './exit-code';
import { mergeEnv } from './merge-env';

/** The app may add its own secrets to a new file later. */
const NEW_FILE_MODE = 0o600;

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

/**
 * Sets variables in a `.env` file and keeps everything else in it. The file is replaced in one step, so no
 * reader ever sees half of it. A symbolic link stays a link: the file that it points to is changed.
 *
 * @throws CliError if the file cannot be read, written or understood; it is then unchanged
 */
export function writeEnvFile(name: string, cwd: string, variables: Readonly<Record<string, string>>): void {
  try {
    const place = placeOf(resolve(cwd, name));
    // One character per byte, whatever the encoding of the rest of the file.
    const text = place.stats === undefined ? '' : readFileSync(place.path, 'latin1');
    const merged = text.includes('\0') ? undefined : mergeEnv(text, bytewise(variables));
    if (merged === undefined) {
      throw new Error('the variables cannot be set in it without changing others (is it text, in UTF-8?)');
    }
    if (merged !== text || place.stats === undefined) replace(place, merged);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.config, `Cannot write the variables to ${name}: ${why}. The file is as it was.`);
  }
}

/** The file itself, past any links; without stats if it does not exist yet. */
function placeOf(path: string): { path: string; stats?: Stats } {
  try {
    const real = realpathSync(path);
    const stats = statSync(real);
    if (!stats.isFile()) throw new Error('it is not a file');
    return { path: real, stats };
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    if (isLink(path)) throw new Error('it is a link that leads nowhere');
    return { path };
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function replace({ path, stats }: { path: string; stats?: Stats }, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(temporary, 'wx', NEW_FILE_MODE);
  try {
    try {
      writeFileSync(file, text, 'latin1');
      if (stats !== undefined) keepOwner(file, stats);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Only root can give a file away. For other users the new file is their own, as the old one most likely was.
 */
function keepOwner(file: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
  }
  fchmodSync(file, mode & 0o7777);
}

function bytewise(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
  );
}
