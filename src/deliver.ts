import type { Readable } from 'node:stream';
import { GraphTransportError } from './errors';
import type { GraphClient } from './graph/client';
import { sendMailPath } from './graph/endpoints';
import { sameAddress } from './message/address';
import { type GraphMessage, toGraphMessage } from './message/graph-message';
import { jsonLosses } from './message/json-losses';
import { toMimeMessage } from './message/mime-message';
import { readMessage } from './message/read-message';
import { mailboxesOf } from './message/recipients';
import { type GraphMessageOptions, type UserIdOf, userIdProblems } from './message-options';
import type { ResolvedOptions } from './options';
import { chooseRoute, type Route, type RouteDecision } from './routes/choose-route';
import { MAX_HELD_BYTES, MAX_REQUEST_BYTES } from './routes/limits';
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
  /** The message's own options. */
  graph: GraphMessageOptions;
}

/** Sends one message: read, convert, choose the route, post, report. */
export async function deliver(
  outgoing: OutgoingMessage,
  defaults: ResolvedOptions,
  client: GraphClient,
): Promise<GraphSentMessageInfo> {
  const { envelope } = outgoing;
  const { graph } = outgoing;
  const options = {
    ...defaults,
    saveToSentItems: graph.saveToSentItems ?? defaults.saveToSentItems,
    format: graph.format ?? defaults.format,
    lossy: graph.lossy ?? defaults.lossy,
    importance: graph.importance,
    categories: graph.categories,
  };
  const read = await readMessage(outgoing.mime, MAX_HELD_BYTES);
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
  const unheld = read.complete ? 0 : sum(content.attachments.map(({ size }) => base64Length(size)));
  const decision = chooseRoute(
    {
      losses,
      jsonBytes: () => json().body.length + unheld,
      mimeBytes: () => (read.raw ? mime().body.length : base64Length(read.rawBytes)),
    },
    { requestBytes: MAX_REQUEST_BYTES },
    options,
  );
  if (decision.route === 'none') throw refusal(decision.why);

  const request = decision.route === 'json' ? json() : mime();
  const accepted = await client.post(sendMailPath(userId), request.contentType, request.body);
  return {
    envelope,
    messageId: message.internetMessageId ?? outgoing.messageId,
    accepted: recipientsOf(message),
    rejected: [],
    pending: [],
    dropped: [
      ...decision.dropped,
      ...droppedByGraph(decision.route, outgoing.returnPath, message, userId, options.saveToSentItems),
    ],
    response: `${accepted.status} Accepted`,
    route: decision.route,
    routeReason: reasonOf(decision, losses[0]?.what),
    requestId: accepted.requestId,
    clientRequestId: accepted.clientRequestId,
  };
}

async function mailboxFor(userId: string | UserIdOf, question: Parameters<UserIdOf>[0]): Promise<string> {
  if (typeof userId === 'string') return userId;
  const found = await userId(question);
  const [problem] = userIdProblems(found);
  if (problem) throw new GraphTransportError('ECONFIG', `The userId function found no mailbox: ${problem}.`);
  return found;
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
    ...(route === 'mime' && !saveToSentItems ? ['saveToSentItems: false'] : []),
  ];
}

function reasonOf(decision: Exclude<RouteDecision, { route: 'none' }>, what: string | undefined): string {
  switch (decision.because) {
    case 'whole':
      return 'JSON carries it whole';
    case 'format':
      return `format is ${decision.route}`;
    case 'size':
      return 'too large as JSON';
    default:
      return `${decision.because}: JSON has no place for ${what}`;
  }
}

function recipientsOf({ toRecipients, ccRecipients, bccRecipients }: GraphMessage): string[] {
  return [toRecipients, ccRecipients, bccRecipients]
    .flatMap((recipients) => recipients ?? [])
    .flatMap(({ emailAddress }) => emailAddress?.address ?? []);
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
