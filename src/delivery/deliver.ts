import { unlessGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { AnySignal } from '../errors/signal';
import { fromOf } from '../message/recipients';
import { bytesBeforeHeader, readHeaderBlock } from '../mime/header-block';
import { type MailContent, toHeaders } from '../mime/mail-content';
import { type ReadMessage, readMessage } from '../mime/read-message';
import { wholeMessage, writeMessage } from '../nodemailer/compiled-message';
import { headerAtOnce } from '../nodemailer/mime-node';
import { userIdProblems } from '../options/message-options';
import type { MailboxQuestion, UserIdOf } from '../options/options';
import { checkedMessageId } from './ask-mailbox';
import { MAX_HELD_BYTES } from './limits';
import { type OutgoingMessage, purposeOf } from './prepare-message';
import { type Delivery, sendRead } from './send-by-route';
import type { GraphSentMessageInfo } from './sent-info';

/** All messages that are read before their turn share one queue. */
const READ_AHEAD = 'read-ahead';

/** Sends one message: waits for its turn, reads it, converts it, chooses the route, sends it and reports. */
export async function deliver(outgoing: OutgoingMessage, delivery: Delivery): Promise<GraphSentMessageInfo> {
  const { defaults, signal } = delivery;
  nameAnswered(outgoing);
  const userId = outgoing.graph.userId ?? defaults.userId;
  if (typeof userId === 'string') return readAndSend(outgoing, userId.trim(), delivery);
  const header = headerAtOnce(outgoing.node);
  if (!header) return readBeforeTurn(outgoing, userId, delivery);
  delivery.timer.start();
  const mailbox = await mailboxFor(userId, questionOf(headerOf(header), outgoing, defaults.from), signal);
  delivery.timer.stop();
  return readAndSend(outgoing, mailbox, delivery);
}

/** Names the message that this one answers in its headers, unless they name one. A raw message keeps its own. */
function nameAnswered({ node, graph }: OutgoingMessage): void {
  if (graph.inReplyTo === undefined) return;
  const id = checkedMessageId(graph.inReplyTo);
  if (!node.getHeader('In-Reply-To')) node.setHeader('In-Reply-To', id);
  if (!node.getHeader('References')) node.setHeader('References', id);
}

/** As with a pool of SMTP connections, a waiting message is not read yet and takes up no memory. */
function readAndSend(
  outgoing: OutgoingMessage,
  mailbox: string,
  delivery: Delivery,
): Promise<GraphSentMessageInfo> {
  delivery.sendTrace.mailbox = mailbox;
  return delivery.limiter.run(
    mailbox,
    (pauses) => {
      delivery.timer.start();
      return withMessage(outgoing, delivery, (read) => sendRead(outgoing, read, mailbox, pauses, delivery));
    },
    delivery.signal,
  );
}

/** The mailbox depends on the message's content, which is known only after reading it. */
async function readBeforeTurn(
  outgoing: OutgoingMessage,
  userId: UserIdOf,
  delivery: Delivery,
): Promise<GraphSentMessageInfo> {
  const { defaults, limiter, readAhead, signal } = delivery;
  const { sending } = await readAhead.run(
    READ_AHEAD,
    async () => {
      delivery.timer.start();
      const turn = startOfTurn();
      const sending = withMessage(outgoing, delivery, async (read) => {
        const mailbox = await mailboxFor(userId, questionOf(read.content, outgoing, defaults.from), signal);
        delivery.timer.stop();
        delivery.sendTrace.mailbox = mailbox;
        return limiter.run(
          mailbox,
          (pauses) => {
            turn.begin();
            delivery.timer.start();
            return sendRead(outgoing, read, mailbox, pauses, delivery);
          },
          signal,
        );
      });
      await Promise.race([turn.begun, sending.catch(() => undefined)]);
      return { sending };
    },
    signal,
  );
  return sending;
}

function startOfTurn(): { begun: Promise<void>; begin: () => void } {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return { begun, begin };
}

async function withMessage<T>(
  { node, graph }: OutgoingMessage,
  { defaults, signal }: Delivery,
  work: (read: ReadMessage) => Promise<T>,
): Promise<T> {
  const limits = { heldBytes: MAX_HELD_BYTES, messageBytes: defaults.maxMessageSize };
  const purpose = purposeOf(graph.format ?? defaults.format);
  const compose = () => wholeMessage(node, purpose);
  const read = await readMessage((sink) => writeMessage(node, sink), limits, signal, compose);
  try {
    return await work(read);
  } finally {
    await read.close();
  }
}

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
  signal: AnySignal,
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
