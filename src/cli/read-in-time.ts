import { CliError } from './cli-error';
import { EXIT } from './exit-code';
import type { CliIo } from './io';

/**
 * Resolves with the message that is being read, unless that takes too long or the process is told to end.
 * Otherwise a program that opens the pipe and writes nothing would keep the command waiting forever.
 *
 * @throws CliError in those cases; nothing was sent
 */
export async function readInTime<T>(
  read: (io: CliIo) => Promise<T>,
  timeoutMs: number | undefined,
  io: CliIo,
): Promise<T> {
  const { signal } = io;
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = (why: string) => reject(new CliError(EXIT.tempFail, `${why} Nothing was sent.`));
    const abort = () => giveUp('The command was ended before it had a message.');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    if (timeoutMs !== undefined) {
      timer = setTimeout(giveUp, timeoutMs, `There was no message within the timeout, ${timeoutMs} ms.`);
    }
    stop = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([read(io), givenUp]);
  } catch (error) {
    // An open stdin would keep the process alive.
    io.stdin.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    stop();
  }
}
