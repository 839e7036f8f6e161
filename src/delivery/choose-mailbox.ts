import { unlessGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import { fromOf } from '../message/recipients';
import { readHeaderBlock } from '../mime/header-block';
import type { MailContent } from '../mime/mail-content';
import { bytesBeforeHeader } from '../mime/message-start';
import { toHeaders } from '../mime/to-headers';
import { type MailboxQuestion, type UserIdOf, userIdProblems } from '../options/message-options';

/** The headers of a message that has not been read. */
export function headerOf(message: Buffer): Pick<MailContent, 'headers'> {
  const text = message.toString('latin1', bytesBeforeHeader(message));
  return { headers: toHeaders(readHeaderBlock(text)) };
}

/** What a `userId` function is asked. */
export function questionOf(
  content: Pick<MailContent, 'headers'>,
  { envelope }: { envelope: MailboxQuestion['envelope'] },
  defaultFrom: MailboxQuestion['from'],
): MailboxQuestion {
  const [from = defaultFrom] = fromOf(content);
  return { from, envelope };
}

/**
 * The mailbox that a `userId` function names.
 *
 * @throws GraphTransportError `ECONFIG` when it names none, `EABORT` or `ETIMEDOUT` when the send is given up before
 *   it does
 */
export async function mailboxFor(
  userId: UserIdOf,
  question: MailboxQuestion,
  signal: AbortSignal,
): Promise<string> {
  // In a promise of its own: it may throw before it returns one.
  const asked = (async () => userId(question))().catch((cause: unknown) => {
    throw new GraphTransportError('ECONFIG', `The userId function failed: ${String(cause)}.`, { cause });
  });
  const found = await unlessGivenUp(asked, signal);
  const [problem] = userIdProblems(found);
  if (problem) throw new GraphTransportError('ECONFIG', `The userId function found no mailbox: ${problem}.`);
  return found.trim();
}
