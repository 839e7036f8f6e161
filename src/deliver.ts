import type { Readable } from 'node:stream';
import { GraphTransportError } from './errors';
import type { GraphClient } from './graph/client';
import { sendMailPath } from './graph/endpoints';
import type { MailboxSlots } from './mailbox-slots';
import { sameAddress } from './message/address';
import { type GraphMessage, toGraphMessage } from './message/graph-message';
import { jsonLosses } from './message/json-losses';
import { toMimeMessage } from './message/mime-message';
import { type ReadMessage, readMessage } from './message/read-message';
import { mailboxesOf } from './message/recipients';
import {
  type GraphMessageOptions,
  type MailboxQuestion,
  type UserIdOf,
  userIdProblems,
} from './message-options';
import type { ResolvedOptions } from './options';
import { chooseRoute, type Route, type RouteDecision } from './routes/choose-route';
import { MAX_ATTACHMENT_BYTES, MAX_HELD_BYTES, MAX_REQUEST_BYTES } from './routes/limits';
import { sendDraft } from './routes/send-draft';
import { base64Length, jsonRequest, mimeRequest } from './routes/send-mail-request';
import type { GraphSentMessageInfo } from './sent-message-info';

/** A message as Nodemailer hands it over. */
export interface OutgoingMessage {
  /** The compiled message, Bcc header included. */
  mime: Readable;
  /** The envelope is who gets it, whatever the headers say. */
  envelope: { from: string | false; to: string[] };
  /** The envelope's sender, when the app set an envelope of its own. */
  returnPath: string | false;
  /** Message-ID that Nodemailer gave it; one in a raw message counts more. */
  messageId: string;
  /** Whether the app asked for SMTP's delivery status notifications. */
  dsn: boolean;
  /** The message's own options. */
  graph: GraphMessageOptions;
}

/**
 * Sends one message: read, convert, choose the route, send, report.
 *
 * @param signal gives the send up; once the request that sends is under way, it is too late
 */
export async function deliver(
  outgoing: OutgoingMessage,
  defaults: ResolvedOptions,
  client: GraphClient,
  slots: MailboxSlots,
  signal: AbortSignal | undefined,
): Promise<GraphSentMessageInfo> {
  const limits = { heldBytes: MAX_HELD_BYTES, messageBytes: defaults.maxMessageSize };
  const read = await readMessage(outgoing.mime, limits, signal);
  try {
    return await deliverRead(outgoing, read, defaults, client, slots, signal);
  } finally {
    await read.close();
  }
}

async function deliverRead(
  outgoing: OutgoingMessage,
  read: ReadMessage,
  defaults: ResolvedOptions,
  client: GraphClient,
  slots: MailboxSlots,
  signal: AbortSignal | undefined,
): Promise<GraphSentMessageInfo> {
  const { envelope, graph } = outgoing;
  const options = {
    ...defaults,
    saveToSentItems: graph.saveToSentItems ?? defaults.saveToSentItems,
    format: graph.format ?? defaults.format,
    lossy: graph.lossy ?? defaults.lossy,
    importance: graph.importance,
    categories: graph.categories,
  };
  const { content } = read;
  const [from = options.from] = mailboxesOf(content, 'from');
  const userId = await mailboxFor(graph.userId ?? defaults.userId, { from, envelope });
  const losses = jsonLosses(content);
  const message = toGraphMessage(content, {
    envelopeTo: envelope.to,
    from: options.from,
    replyTo: options.replyTo,
    messageId: outgoing.messageId,
    importance: options.importance,
    categories: options.categories,
  });

  const json = once(() => jsonRequest(message, options.saveToSentItems));
  const mime = once(() =>
    mimeRequest(toMimeMessage(read.raw ?? Buffer.alloc(0), message, { ...options, userId })),
  );
  const contents = content.attachments.map((attachment) => attachment.content);
  const onDisk = contents.filter(({ held }) => held === undefined).map(({ size }) => base64Length(size));
  const jsonBytes = once(() => json().body.length + sum(onDisk));
  const decision = chooseRoute(
    {
      losses,
      jsonBytes,
      mimeBytes: () => (read.raw ? mime().body.length : base64Length(read.rawBytes)),
      draftBytes: () => Buffer.byteLength(JSON.stringify({ ...message, attachments: [] })),
      largestAttachment: Math.max(0, ...contents.map(({ size }) => size)),
    },
    { requestBytes: MAX_REQUEST_BYTES, attachmentBytes: MAX_ATTACHMENT_BYTES },
    options,
  );
  if (decision.route === 'none') throw refusal(decision.why);

  const accepted = await slots.run(userId, () =>
    decision.route === 'draft'
      ? sendDraft(client, { userId, message, contents, bytes: jsonBytes() }, signal)
      : client.call({
          method: 'POST',
          path: sendMailPath(userId),
          what: 'the message',
          expect: 202,
          signal,
          sends: true,
          ...(decision.route === 'json' ? json() : mime()),
        }),
  );
  return {
    envelope,
    messageId: message.internetMessageId ?? outgoing.messageId,
    accepted: recipientsOf(message),
    rejected: [],
    pending: [],
    dropped: [
      ...decision.dropped,
      ...(outgoing.dsn ? ['dsn, which is a matter of SMTP'] : []),
      ...droppedByGraph(decision.route, outgoing.returnPath, message, userId, options.saveToSentItems),
    ],
    response: `${accepted.status} Accepted`,
    route: decision.route,
    routeReason: reasonOf(decision, losses[0]?.what, jsonBytes),
    requestId: accepted.requestId,
    clientRequestId: accepted.clientRequestId,
  };
}

async function mailboxFor(userId: string | UserIdOf, question: MailboxQuestion): Promise<string> {
  if (typeof userId === 'string') return userId.trim();
  let found: string;
  try {
    found = await userId(question);
  } catch (cause) {
    throw new GraphTransportError('ECONFIG', `The userId function failed: ${String(cause)}.`, { cause });
  }
  const [problem] = userIdProblems(found);
  if (problem) throw new GraphTransportError('ECONFIG', `The userId function found no mailbox: ${problem}.`);
  return found.trim();
}

function refusal(why: string): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `The message cannot go through Graph: ${why}.`, {
    hint: 'Nothing was sent.',
  });
}

/** What no route takes, or not this one, and no message is refused for. */
function droppedByGraph(
  route: Route,
  returnPath: string | false,
  message: GraphMessage,
  userId: string,
  saveToSentItems: boolean,
): string[] {
  const senders = [message.from, message.sender].flatMap((sender) => sender?.emailAddress?.address ?? []);
  // Bounces go to the mailbox: Exchange sets the return path itself, and has no place for another.
  const ownReturnPath =
    !returnPath || [...senders, userId].some((address) => sameAddress(address, returnPath));
  return [
    ...(ownReturnPath ? [] : [`envelope sender ${returnPath}`]),
    ...(route !== 'json' && !saveToSentItems ? ['saveToSentItems: false'] : []),
  ];
}

function reasonOf(
  { because, route }: Exclude<RouteDecision, { route: 'none' }>,
  what: string | undefined,
  jsonBytes: () => number,
): string {
  switch (because) {
    case 'whole':
      return 'JSON carries it whole';
    case 'format':
      return `format is ${route}`;
    case 'size':
      return `size: ${jsonBytes()} bytes as one request of JSON`;
    default:
      return `${because}: JSON has no place for ${what}`;
  }
}

function recipientsOf({ toRecipients, ccRecipients, bccRecipients }: GraphMessage): string[] {
  return [toRecipients, ccRecipients, bccRecipients]
    .flatMap((recipients) => recipients ?? [])
    .flatMap(({ emailAddress }) => emailAddress?.address ?? [])
    .filter((address, index, all) => all.findIndex((other) => sameAddress(other, address)) === index);
}

/** The result of `make`, made when it is first wanted. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
