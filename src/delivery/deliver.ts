import { createHash, randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { Clock } from '../clock';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { GraphClient } from '../graph/client';
import { MessageRequests, type RetryEvent } from '../graph/message-requests';
import { toGraphMessage } from '../message/graph-message';
import { strippedHeaders, toNamedProperties } from '../message/header-carriers';
import { jsonLosses } from '../message/json-losses';
import { type GivenId, isMadeUp, ownMessageId, withMessageId } from '../message/message-id';
import { entriesWithoutAddress } from '../message/recipients';
import { toMimeMessage } from '../message/rewrite-mime';
import { controlCharactersIn } from '../mime/control-characters';
import { headerValues } from '../mime/mail-content';
import { type ReadMessage, readMessage } from '../mime/read-message';
import type { GraphMessageOptions } from '../options/message-options';
import type { UserIdOf } from '../options/options';
import type { ResolvedOptions } from '../options/resolved-options';
import { base64Length } from './base64';
import { headerOf, mailboxFor, questionOf } from './choose-mailbox';
import { chooseRoute } from './choose-route';
import { droppedByGraph, reasonOf, recipientsOf } from './describe-delivery';
import type { SendTrace } from './diagnostics';
import { draftBytes, toDraftContent } from './draft-content';
import { MAX_ATTACHMENT_BYTES, MAX_HELD_BYTES, MAX_REQUEST_BYTES } from './limits';
import type { MailboxLimiter, Pauses } from './mailbox-limiter';
import { sendDraft } from './send-draft';
import { sendInOneRequest } from './send-in-one-request';
import { jsonRequest, mimeRequest } from './send-mail-request';
import type { GraphSentMessageInfo } from './sent-info';
import type { UploadProgress } from './upload-progress';

/** A message as Nodemailer passes it on. */
export interface OutgoingMessage {
  /** Its header, if that is known before the message is read. */
  header: () => Buffer | undefined;
  /** Writes the compiled message, Bcc header included. Its attachments are read from this point on. */
  writeTo: (sink: Writable) => void;
  /** The message as it may be sent, if that differs from what was written, which may contain 8-bit text. */
  asMime: () => Buffer | undefined;
  /** The envelope decides who gets the message, whatever the headers say. */
  envelope: { from: string | false; to: string[] };
  /** The envelope's sender, if the app set its own envelope. */
  returnPath: string | false;
  /** The Message-ID that Nodemailer gave it. One in a raw message takes precedence. */
  messageId: string;
  /** What the app itself set. If it set no Message-ID, Nodemailer made one up. */
  given: GivenId;
  /** Whether the app asked for SMTP delivery status notifications. */
  dsn: boolean;
  /** The options for this message. */
  graph: GraphMessageOptions;
}

/** What is needed to send a message. */
export interface Delivery {
  defaults: ResolvedOptions;
  client: GraphClient;
  limiter: MailboxLimiter;
  /** Lets only a few messages be read before their turn. */
  readAhead: MailboxLimiter;
  clock: Clock;
  /** Aborts the send. */
  signal: AbortSignal;
  /** Filled in as the send proceeds. */
  trace: SendTrace;
  /** Called when the message's turn comes. Its timeout starts again from there. */
  onTurn: () => void;
  /** Called when work begins before the message's turn. The timeout then covers that work alone. */
  onEarlyWork: () => void;
  /** Called when that work is done and the message waits for its turn. */
  onEarlyWorkDone: () => void;
  /** Milliseconds since the message's turn came. */
  elapsedMs: () => number;
  /** Receives the Message-ID that the message is sent under. */
  onMessageId: (messageId: string) => void;
  onRetry: (event: RetryEvent) => void;
  onProgress: (event: UploadProgress) => void;
}

/** All messages that are read before their turn share one queue. */
const READ_AHEAD = 'read-ahead';

/** Sends one message: waits for its turn, reads it, converts it, chooses the route, sends it and reports. */
export async function deliver(outgoing: OutgoingMessage, delivery: Delivery): Promise<GraphSentMessageInfo> {
  const { defaults, signal } = delivery;
  const userId = outgoing.graph.userId ?? defaults.userId;
  if (typeof userId === 'string') return readAndSend(outgoing, userId.trim(), delivery);
  const header = outgoing.header();
  if (!header) return readBeforeTurn(outgoing, userId, delivery);
  delivery.onEarlyWork();
  const mailbox = await mailboxFor(userId, questionOf(headerOf(header), outgoing, defaults.from), signal);
  delivery.onEarlyWorkDone();
  return readAndSend(outgoing, mailbox, delivery);
}

/** As with a pool of SMTP connections, a waiting message is not read yet and takes up no memory. */
function readAndSend(
  outgoing: OutgoingMessage,
  mailbox: string,
  delivery: Delivery,
): Promise<GraphSentMessageInfo> {
  delivery.trace.mailbox = mailbox;
  return delivery.limiter.run(
    mailbox,
    async (pauses) => {
      delivery.onTurn();
      return withMessage(outgoing, delivery, (read) =>
        deliverRead(outgoing, read, mailbox, pauses, delivery),
      );
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
      delivery.onEarlyWork();
      const turn = startOfTurn();
      const sending = withMessage(outgoing, delivery, async (read) => {
        const mailbox = await mailboxFor(userId, questionOf(read.content, outgoing, defaults.from), signal);
        delivery.onEarlyWorkDone();
        delivery.trace.mailbox = mailbox;
        return limiter.run(
          mailbox,
          (pauses) => {
            turn.begin();
            delivery.onTurn();
            return deliverRead(outgoing, read, mailbox, pauses, delivery);
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
  { writeTo }: OutgoingMessage,
  { defaults, signal }: Delivery,
  work: (read: ReadMessage) => Promise<T>,
): Promise<T> {
  const limits = { heldBytes: MAX_HELD_BYTES, messageBytes: defaults.maxMessageSize };
  const read = await readMessage(writeTo, limits, signal);
  try {
    return await work(read);
  } finally {
    await read.close();
  }
}

async function deliverRead(
  outgoing: OutgoingMessage,
  read: ReadMessage,
  userId: string,
  pauses: Pauses,
  { defaults, client, clock, signal, trace, elapsedMs, onMessageId, onRetry, onProgress }: Delivery,
): Promise<GraphSentMessageInfo> {
  trace.bytes = read.raw.bytes;
  const { envelope, graph } = outgoing;
  const options = {
    ...defaults,
    saveToSentItems: graph.saveToSentItems ?? defaults.saveToSentItems,
    format: graph.format ?? defaults.format,
    lossy: graph.lossy ?? defaults.lossy,
    delivery: graph.delivery ?? defaults.delivery,
  };
  const ownId = isMadeUp(outgoing.given)
    ? ownMessageId(outgoing.messageId, read.content, {
        from: options.from,
        userId,
        envelopeFrom: envelope.from,
        tenantId: options.identity.kind === 'secret' ? options.identity.tenantId : undefined,
      })
    : outgoing.messageId;
  const content = withMessageId(read.content, outgoing.messageId, ownId);
  const message = toGraphMessage(content, {
    envelopeTo: envelope.to,
    from: options.from,
    replyTo: options.replyTo,
    messageId: ownId,
    importance: graph.importance,
    categories: graph.categories,
  });
  const losses = jsonLosses(content, controlCharactersIn(message));
  const stripped = strippedHeaders(content);
  // What JSON cannot carry goes into the draft if the message is too large for MIME.
  const named = toNamedProperties([...losses.flatMap(({ header }) => header ?? []), ...stripped]);
  const properties = [...(message.singleValueExtendedProperties ?? []), ...named];
  const largeMessage = named.length > 0 ? { ...message, singleValueExtendedProperties: properties } : message;

  const json = once(() => jsonRequest(message, options.saveToSentItems));
  const jsonBytes = () => json().body.length;
  const mime = once(() =>
    mimeRequest(
      toMimeMessage(outgoing.asMime() ?? read.raw.whole ?? Buffer.alloc(0), message, {
        ...options,
        userId,
        madeUpId: ownId === outgoing.messageId ? undefined : outgoing.messageId,
      }),
    ),
  );
  const exactlyOnce = options.delivery === 'exactly-once';
  const writtenId = headerValues(content, 'message-id')[0] || ownId;
  const marks = { draft: randomUUID(), message: exactlyOnce ? markOf(writtenId) : undefined };
  const decision = chooseRoute(
    {
      losses,
      jsonBytes,
      mimeBytes: () => (read.raw.whole ? mime().body.length : base64Length(read.raw.bytes)),
      draftBytes: () => draftBytes(largeMessage, marks),
      largestAttachment: Math.max(0, ...content.attachments.map((attachment) => attachment.content.size)),
    },
    { requestBytes: MAX_REQUEST_BYTES, attachmentBytes: MAX_ATTACHMENT_BYTES },
    options,
  );
  if (decision.route === 'none') throw refusal(decision.why);
  const messageId = decision.route === 'mime' ? writtenId : (message.internetMessageId ?? writtenId);
  onMessageId(messageId);
  trace.messageId = messageId;
  trace.route = decision.route;
  const carriesNamed = decision.route === 'draft' && decision.because !== 'delivery';

  const onAttempt = (attempts: number) => {
    trace.attempts = attempts;
  };
  const requests = new MessageRequests({
    client,
    pauses,
    policy: options.retry,
    clock,
    signal,
    onRetry,
    onAttempt,
  });
  const byDraft = decision.route === 'draft' || exactlyOnce;
  const sent = byDraft
    ? await sendDraft(requests, {
        userId,
        content:
          decision.route === 'mime'
            ? { ...mime(), isMime: true, added: [] }
            : toDraftContent(carriesNamed ? largeMessage : message, marks),
        marks,
        messageId,
        searchLagMs: Object.hasOwn(defaults, 'searchLag') ? defaults.searchLag : undefined,
        bytes: jsonBytes(),
        onProgress: (attachment, sentBytes, totalBytes) =>
          onProgress({ messageId, attachment, sentBytes, totalBytes }),
      })
    : {
        ...(await sendInOneRequest(
          requests,
          userId,
          decision.route === 'json' ? json() : mime(),
          decision.route === 'json' && options.saveToSentItems,
        )),
        leftDraftId: undefined,
        mayLeaveDraft: false,
        serverMessageId: undefined,
      };
  return {
    envelope,
    messageId,
    serverMessageId: sent.serverMessageId,
    accepted: recipientsOf(message),
    rejected: [],
    pending: [],
    dropped: [
      ...decision.dropped,
      ...(decision.route === 'mime' || carriesNamed ? [] : stripped.map(({ name }) => `the header ${name}`)),
      ...entriesWithoutAddress(content),
      ...(outgoing.dsn ? ['dsn, which is a matter of SMTP'] : []),
      ...droppedByGraph(outgoing.returnPath, message, userId),
      ...(options.saveToSentItems || (decision.route === 'json' && !byDraft)
        ? []
        : ['saveToSentItems: false']),
    ],
    response: sent.response,
    messageSize: read.raw.bytes,
    messageTime: elapsedMs(),
    route: decision.route,
    routeReason: reasonOf(decision, losses[0]?.what, jsonBytes),
    attempts: requests.attempts,
    deduplicated: sent.deduplicated,
    draftId: sent.leftDraftId,
    ...(sent.mayLeaveDraft && { draftMayBeLeft: true }),
    requestId: sent.requestId,
    clientRequestId: sent.clientRequestId,
  };
}

/** Message-IDs are case-sensitive and Graph's search is not, so the mark is a digest. */
function markOf(messageId: string): string {
  return createHash('sha256').update(messageId).digest('hex');
}

function refusal(why: string): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `The message cannot go through Graph: ${why}.`, {
    hint: 'Nothing was sent.',
  });
}

/** Calls `make` on first use and keeps its result. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
