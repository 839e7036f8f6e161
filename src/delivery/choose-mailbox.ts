import { unlessGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import { fromOf } from '../message/recipients';
import { bytesBeforeHeader, readHeaderBlock } from '../mime/header-block';
import type { MailContent } from '../mime/mail-content';
import { toHeaders } from '../mime/mail-content';
import { userIdProblems } from '../options/message-options';
import type { MailboxQuestion, UserIdOf } from '../options/options';

/** The headers of a message that has not been read yet. */
export function headerOf(message: Buffer): Pick<MailContent, 'headers'> {
  const text = message.toString('latin1', bytesBeforeHeader(message));
  return { headers: toHeaders(readHeaderBlock(text)) };
}

/** The argument of a `userId` function. */
export function questionOf(
  content: Pick<MailContent, 'headers'>,
  { envelope }: { envelope: MailboxQuestion['envelope'] },
  defaultFrom: MailboxQuestion['from'],
): MailboxQuestion {
  const [from = defaultFrom] = fromOf(content);
  return { from, envelope };
}

/**
 * The mailbox that a `userId` function returns.
 *
 * @throws GraphTransportError `ECONFIG` if it returns none, `EABORT` or `ETIMEDOUT` if the send ends first
 */
export async function mailboxFor(
  userId: UserIdOf,
  question: MailboxQuestion,
  signal: AbortSignal,
): Promise<string> {
  // Inside an async function, because `userId` may throw before it returns a promise.
  const asked = (async () => userId(question))().catch((cause: unknown) => {
    throw new GraphTransportError('ECONFIG', `The userId function failed: ${String(cause)}.`, { cause });
  });
  const found = await unlessGivenUp(asked, signal);
  const [problem] = userIdProblems(found);
  if (problem) throw new GraphTransportError('ECONFIG', `The userId function found no mailbox: ${problem}.`);
  return found.trim();
}
