import { accessSync, constants, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  errorCode,
  GraphTransportError,
  type GraphTransportErrorCode,
  type Outcome,
} from '../errors/graph-transport-error';

/** Returns the current client secret: for secrets that are rotated or kept in a vault. */
export type ClientSecretOf = () => string | Promise<string>;

/** There is no client secret to authenticate with. */
export class ClientSecretError extends GraphTransportError {
  constructor(code: GraphTransportErrorCode, message: string, outcome: Outcome, cause?: unknown) {
    super(code, message, {
      outcome,
      ...(outcome === 'not-accepted' && { hint: 'Nothing was sent: try again later.' }),
      cause,
    });
  }
}

/** Entra's secrets have 40 characters, so a longer file is the wrong file. */
const MAX_FILE_BYTES = 64 * 1024;

/**
 * The client secret from a file. The file is read each time the secret is asked for; surrounding white space is
 * ignored.
 */
export function secretInFile(path: string): ClientSecretOf {
  return async () => {
    const secret = (await startOf(path)).toString().trim();
    // Another process may be writing it right now.
    if (secret === '') throw unreadable('it is empty');
    return secret;
  };
}

async function startOf(path: string): Promise<Buffer> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(reasonOf(error), error);
  });
  try {
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    let bytes = 0;
    for (let read = -1; read !== 0 && bytes < buffer.length; bytes += read) {
      read = (await file.read(buffer, bytes)).bytesRead;
    }
    if (bytes > MAX_FILE_BYTES) throw unreadable('it is too long to be a client secret');
    return buffer.subarray(0, bytes);
  } catch (error) {
    throw error instanceof ClientSecretError ? error : unreadable(reasonOf(error), error);
  } finally {
    await file.close();
  }
}

/**
 * What is wrong with the file that should hold the client secret. It does not read the file, because a pipe can
 * be read only once.
 */
export function secretFileProblem(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    const stats = statSync(path);
    if (stats.isDirectory()) return 'is a directory';
    return stats.isFile() && stats.size === 0 ? 'is empty' : undefined;
  } catch (error) {
    return `cannot be read (${reasonOf(error)})`;
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

/** Leaves out the path: someone may have put the secret itself there by mistake. */
function reasonOf(error: unknown): string {
  return errorCode(error) ?? 'no reason given';
}

/** What is wrong if there is no secret at all. */
export const SECRET_MISSING =
  'clientSecret is missing (option clientSecret or environment variable AZURE_CLIENT_SECRET)';

/** The client secret, or what supplies it. Problems are described without quoting it. */
export function resolveSecret(
  options: {
    clientSecret?: string | Promise<string> | ClientSecretOf | undefined;
    clientSecretFile?: string | undefined;
  },
  fromEnv: (variable: string) => string | undefined,
): { resolved: string | ClientSecretOf; problems: string[] } {
  const clientSecret = options.clientSecret ?? undefined;
  const clientSecretFile = options.clientSecretFile ?? undefined;
  const refused = (...problems: string[]) => ({ resolved: '', problems });
  if (clientSecret !== undefined && clientSecretFile !== undefined) {
    return refused('give either clientSecret or clientSecretFile, not both');
  }
  if (clientSecret === undefined) {
    const inEnv = fromEnv('AZURE_CLIENT_SECRET');
    const fileInEnv = fromEnv('AZURE_CLIENT_SECRET_FILE') || undefined;
    if (inEnv && fileInEnv && clientSecretFile === undefined) {
      return refused('set either AZURE_CLIENT_SECRET or AZURE_CLIENT_SECRET_FILE, not both');
    }
    const path: unknown = clientSecretFile ?? (inEnv ? undefined : fileInEnv);
    if (path !== undefined) {
      if (typeof path !== 'string' || path === '')
        return refused('clientSecretFile must be the path of a file');
      const problem = secretFileProblem(path);
      return problem
        ? refused(`clientSecretFile ${problem}`)
        : { resolved: secretInFile(path), problems: [] };
    }
    if (!inEnv) return refused(SECRET_MISSING);
    return { resolved: inEnv.trim(), problems: [] };
  }
  if (typeof clientSecret === 'string') {
    const given = clientSecret.trim();
    return given ? { resolved: given, problems: [] } : refused(SECRET_MISSING);
  }
  if (typeof clientSecret === 'function') return { resolved: clientSecret, problems: [] };
  if (typeof clientSecret?.then !== 'function') {
    return refused(
      `clientSecret must be a string or a function that returns one, got ${typeof clientSecret}`,
    );
  }
  // A rejection is reported when the secret is needed.
  clientSecret.then(undefined, () => undefined);
  return { resolved: () => clientSecret, problems: [] };
}
