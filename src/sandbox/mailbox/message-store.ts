import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { composeEml } from '../mail/compose-eml';
import type { SandboxMessage } from '../mail/message';
import { fromStoredJson, toStoredJson } from './stored-json';

/** A folder of messages: `.eml` for mail programs, JSON with all that the sandbox knows. */
export interface MessageStore {
  /** Oldest first. */
  read(): SandboxMessage[];
  write(message: SandboxMessage): void;
  remove(message: SandboxMessage): void;
}

/** What the store names its files; whatever else is in the folder is not touched. */
const NAME = /^\d{8}T\d{9}Z-[\da-f]{16}\.json$/;

/** @throws the file system's error given a folder that cannot be made or read */
export function messageStore(folder: string): MessageStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  readdirSync(folder);

  return {
    read() {
      const names = readdirSync(folder).filter((name) => NAME.test(name));
      return names.sort().flatMap((name) => readMessage(join(folder, name)));
    },
    write(message) {
      const path = join(folder, nameOf(message));
      // The mail was accepted, whatever becomes of its files: a full disk is no answer of Graph's.
      try {
        replaceFile(`${path}.eml`, composeEml(message));
        replaceFile(`${path}.json`, toStoredJson(message));
      } catch (error) {
        process.emitWarning(
          `The sandbox keeps a message in memory only: ${path}.json cannot be written. ${error}`,
        );
      }
    },
    remove(message) {
      const path = join(folder, nameOf(message));
      for (const file of [`${path}.json`, `${path}.eml`]) rmSync(file, { force: true });
    },
  };
}

/** Of digits and letters only, nothing of what a client sent: so no name leads out of the folder. */
function nameOf({ receivedAt, id }: SandboxMessage): string {
  const stamp = receivedAt.toISOString().replace(/[-:.]/g, '');
  return `${stamp}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

function readMessage(file: string): SandboxMessage[] {
  try {
    return [fromStoredJson(readPlainFile(file))];
  } catch (error) {
    process.emitWarning(`The sandbox skips ${file}: it cannot be read as one of its messages. ${error}`);
    return [];
  }
}

/** Nothing that a link in the folder leads to. */
function readPlainFile(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Whole or not at all, and for nobody else to read. */
function replaceFile(file: string, content: string | Buffer): void {
  const temporary = `${file}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
}
