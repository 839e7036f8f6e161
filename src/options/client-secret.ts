import { accessSync, constants, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { types } from 'node:util';
import {
  GraphTransportError,
  type GraphTransportErrorCode,
  type Outcome,
} from '../errors/graph-transport-error';

/** Gives the client secret of this moment: for secrets that are rotated, or kept in a vault. */
export type ClientSecretOf = () => string | Promise<string>;

/** There is no client secret to ask Entra with. */
export class ClientSecretError extends GraphTransportError {
  constructor(code: GraphTransportErrorCode, message: string, outcome: Outcome, cause?: unknown) {
    super(code, message, {
      outcome,
      ...(outcome === 'not-accepted' && { hint: 'Nothing was sent: try again later.' }),
      cause,
    });
  }
}

/** Secrets of Entra have 40 characters; a longer file is another one. */
const MAX_FILE_BYTES = 64 * 1024;

/** The client secret in a file, read whenever it is asked for; white space around it is not part of it. */
export function secretInFile(path: string): ClientSecretOf {
  return async () => {
    const secret = (await startOf(path)).toString().trim();
    // It may just be written.
    if (secret === '') throw unreadable('it is empty');
    return secret;
  };
}

async function startOf(path: string): Promise<Buffer> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(codeOf(error), error);
  });
  try {
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    let bytes = 0;
    for (let read = -1; read !== 0 && bytes < buffer.length; bytes += read) {
      read = (await file.read(buffer, bytes)).bytesRead;
    }
    if (bytes > MAX_FILE_BYTES) throw unreadable('it is too long to be one');
    return buffer.subarray(0, bytes);
  } catch (error) {
    throw error instanceof ClientSecretError ? error : unreadable(codeOf(error), error);
  } finally {
    await file.close();
  }
}

/** What is wrong with a file that is to hold the client secret. It is not read yet: a pipe can be read only once. */
export function secretFileProblem(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    const stats = statSync(path);
    if (stats.isDirectory()) return 'is a directory';
    return stats.isFile() && stats.size === 0 ? 'is empty' : undefined;
  } catch (error) {
    return `cannot be read (${codeOf(error)})`;
  }
}

function unreadable(why: string, cause?: unknown): ClientSecretError {
  return new ClientSecretError(
    'EAUTH',
    `The client secret cannot be read from its file: ${why}.`,
    'not-accepted',
    cause,
  );
}

/** Without the path, in whose place somebody may have put the secret itself. */
function codeOf(error: unknown): string {
  return types.isNativeError(error) && 'code' in error ? String(error.code) : 'no reason given';
}
