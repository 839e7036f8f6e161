import { randomUUID } from 'node:crypto';
import type MimeNode from 'nodemailer/lib/mime-node';
import { GraphTransportError } from '../errors/graph-transport-error';
import { type GraphMessage, replyContent, toGraphMessage } from '../message/graph-message';
import { strippedHeaders, toNamedProperties } from '../message/header-carriers';
import { jsonLosses } from '../message/json-losses';
import { type GivenId, isMadeUp, ownMessageId, withMessageId } from '../message/message-id';
import { toMimeMessage } from '../message/rewrite-mime';
import type { MessagePiece } from '../mime/base64-content';
import { headerValues, type MailContent } from '../mime/mail-content';
import type { ReadMessage } from '../mime/read-message';
import type { Purpose } from '../nodemailer/compiled-message';
import { composeAtOnce } from '../nodemailer/compose-small';
import type { GraphMessageOptions } from '../options/message-options';
import type { ResolvedOptions } from '../options/resolved-options';
import { checkedMessageId } from './ask-mailbox';
import { chooseRoute, type RouteDecision } from './choose-route';
import {
  type DraftMarks,
  type DraftMessage,
  draftBytes,
  toDraftContent,
  toReplyDraft,
} from './draft-content';
import { MAX_ATTACHMENT_BYTES, MAX_REQUEST_BYTES } from './limits';
import { digestOf, scheduleMarks } from './message-mark';
import {
  base64Length,
  controlCharactersIn,
  jsonRequest,
  mimeRequest,
  type SendMailRequest,
} from './request-bodies';

/** A message as Nodemailer passes it on. */
export interface OutgoingMessage {
  /** The compiled message, Bcc header included. */
  node: MimeNode;
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

/** A message that has been converted, with the route it takes and the request for each step of it. */
export interface PreparedMessage {
  /** The Message-ID it is sent under. */
  messageId: string;
  content: MailContent;
  /** The message as Graph knows it, also on the MIME route. */
  message: GraphMessage;
  decision: Exclude<RouteDecision, { route: 'none' }>;
  /** What JSON cannot carry, in words: the weightiest first. */
  losses: readonly string[];
  /** Headers that only named properties of a draft could carry, and that this route leaves out. */
  strippedHeaders: readonly string[];
  /** The size of the message as one request of JSON. */
  jsonBytes: () => number;
  /** Why it is not a reply in its conversation, although the app asked for that. */
  withoutThread: string | undefined;
  /** The copy in Sent Items that the app does not want and Exchange files all the same; undefined if there is none. */
  unwantedCopy: UnwantedCopy | undefined;
  /** When Exchange is to send it, if not at once. */
  sendAt: Date | undefined;
  /** How it is sent: in one request, or by a draft. */
  sending:
    | {
        by: 'request';
        request: SendMailRequest;
        /** Whether the request asks for the copy in Sent Items, and could do without it. */
        savesCopy: boolean;
      }
    | { by: 'draft'; draft: Omit<DraftMessage, 'onProgress'> };
}

/** By what the copy is found again; `proof` stays, because exactly-once delivery relies on it. */
export type UnwantedCopy =
  | { by: 'proof' }
  | { by: 'later' }
  | { by: 'draft'; mark: string }
  | { by: 'message-id' };

/**
 * Converts a message and chooses its route.
 *
 * @param noThread why it cannot be a reply in its conversation
 * @throws GraphTransportError `EMESSAGE` if no route carries it, `EENVELOPE` if its recipients are not those of the
 *   envelope
 */
export function prepareMessage(
  outgoing: OutgoingMessage,
  read: ReadMessage,
  userId: string,
  defaults: ResolvedOptions,
  noThread?: string,
): PreparedMessage {
  const { graph } = outgoing;
  const options = {
    from: defaults.from,
    replyTo: defaults.replyTo,
    importance: graph.importance,
    categories: graph.categories,
    saveToSentItems: graph.saveToSentItems ?? defaults.saveToSentItems,
    format: graph.format ?? defaults.format,
    lossy: graph.lossy ?? defaults.lossy,
    delivery: graph.delivery ?? defaults.delivery,
    isScheduled: graph.sendAt !== undefined,
  };
  const ownId = ownIdOf(outgoing, read.content, userId, defaults);
  const content = withMessageId(read.content, outgoing.messageId, ownId);
  const replyTo = graph.inReplyTo === undefined ? undefined : checkedMessageId(graph.inReplyTo);
  const isReply = replyTo !== undefined && noThread === undefined;
  const message = toGraphMessage(content, {
    envelopeTo: outgoing.envelope.to,
    from: options.from,
    replyTo: options.replyTo,
    messageId: ownId,
    importance: graph.importance,
    categories: graph.categories,
  });
  const controls = controlCharactersIn(message);
  const losses = jsonLosses(content, controls);
  const stripped = strippedHeaders(content);
  // What JSON cannot carry goes into the draft if the message is too large for MIME.
  const named = toNamedProperties([...losses.flatMap(({ header }) => header ?? []), ...stripped]);
  const properties = [...(message.singleValueExtendedProperties ?? []), ...named];
  const largeMessage = named.length > 0 ? { ...message, singleValueExtendedProperties: properties } : message;

  const json = once(() => jsonRequest(message, options.saveToSentItems, controls.length === 0));
  const jsonBytes = () => json().body.length;
  const mime = once(() => {
    const pieces = bytesToSend(outgoing.node, read, options.format);
    const madeUpId = ownId === outgoing.messageId ? undefined : outgoing.messageId;
    const header = pieces === read.raw.pieces ? read.raw.header : undefined;
    return mimeRequest(toMimeMessage(pieces, message, { ...options, userId, madeUpId }, header));
  });
  const replyMessage = once(() => replyContent(largeMessage, replyTo ?? ''));
  const isExactlyOnce = options.delivery === 'exactly-once';
  const writtenId = headerValues(content, 'message-id')[0] || ownId;
  const marks = {
    draft: randomUUID(),
    message: isExactlyOnce ? digestOf(writtenId) : undefined,
    schedule: graph.sendAt && scheduleMarks(graph.sendAt, message.internetMessageId ?? writtenId),
  };
  const decision = chooseRoute(
    {
      losses,
      jsonBytes,
      mimeBytes: () => (read.raw.pieces ? mime().body.length : base64Length(read.raw.bytes)),
      draftBytes: () => draftBytes(isReply ? replyMessage() : largeMessage, marks),
      largestAttachment: Math.max(0, ...content.attachments.map((attachment) => attachment.content.size)),
    },
    { requestBytes: MAX_REQUEST_BYTES, attachmentBytes: MAX_ATTACHMENT_BYTES },
    { ...options, isReply },
  );
  if (decision.route === 'none') {
    throw new GraphTransportError('EMESSAGE', `The message cannot go through Graph: ${decision.why}.`, {
      hint: 'Nothing was sent.',
    });
  }
  const isMime = decision.route === 'mime';
  const messageId = isMime ? writtenId : (message.internetMessageId ?? writtenId);
  const carriesNamed = decision.route === 'draft' && decision.because !== 'delivery';
  const reply =
    isReply && decision.route === 'draft'
      ? { messageId: replyTo, toAll: recipients(message) > 1 }
      : undefined;
  const draftContent = () => {
    if (isMime) return { ...mime(), isMime, added: [] };
    if (reply) return toReplyDraft(replyMessage(), marks);
    return toDraftContent(carriesNamed ? largeMessage : message, marks);
  };
  return {
    messageId,
    content,
    message,
    decision,
    losses: losses.map(({ what }) => what),
    strippedHeaders: isMime || carriesNamed ? [] : stripped.map(({ name }) => name),
    jsonBytes,
    withoutThread: replyTo === undefined || reply ? undefined : (noThread ?? 'it goes as MIME'),
    sendAt: graph.sendAt,
    unwantedCopy:
      options.saveToSentItems || (decision.route === 'json' && !isExactlyOnce)
        ? undefined
        : unwantedCopyOf(marks, isMime),
    sending:
      decision.route === 'draft' || isExactlyOnce
        ? {
            by: 'draft',
            draft: {
              userId,
              content: draftContent(),
              marks,
              messageId,
              reply,
              searchLagMs: Object.hasOwn(defaults, 'searchLag') ? defaults.searchLag : undefined,
              bytes: jsonBytes(),
            },
          }
        : {
            by: 'request',
            request: isMime ? mime() : json(),
            savesCopy: !isMime && options.saveToSentItems,
          },
  };
}

function recipients({ toRecipients, ccRecipients, bccRecipients }: GraphMessage): number {
  return [toRecipients, ccRecipients, bccRecipients].flatMap((list) => list ?? []).length;
}

function unwantedCopyOf(marks: DraftMarks, isMime: boolean): UnwantedCopy {
  if (marks.message !== undefined) return { by: 'proof' };
  if (marks.schedule) return { by: 'later' };
  return isMime ? { by: 'message-id' } : { by: 'draft', mark: marks.draft };
}

/** The Message-ID to send, if it is for us to choose. */
function ownIdOf(
  { given, messageId, envelope }: OutgoingMessage,
  content: MailContent,
  userId: string,
  { from, identity }: ResolvedOptions,
): string {
  if (!isMadeUp(given)) return messageId;
  return ownMessageId(messageId, content, {
    from,
    userId,
    envelopeFrom: envelope.from,
    tenantId: identity.kind === 'secret' ? identity.tenantId : undefined,
  });
}

/** What a message is composed for first: with the format `mime`, what was read is sent. */
export function purposeOf(format: ResolvedOptions['format']): Purpose {
  return format === 'mime' ? 'sending' : 'reading';
}

/**
 * The compiled message as it may be sent, in pieces: what was read may contain 8-bit text.
 *
 * @throws GraphTransportError `EMESSAGE` if it is too large to have been kept: nothing else may stand in for it
 */
export function bytesToSend(
  node: MimeNode,
  { raw }: Pick<ReadMessage, 'raw'>,
  format: ResolvedOptions['format'],
): readonly MessagePiece[] {
  const whole = purposeOf(format) === 'sending' ? undefined : composeAtOnce(node);
  const pieces = whole ?? raw.pieces;
  if (pieces) return pieces;
  throw new GraphTransportError('EMESSAGE', 'The message is too large to be sent as MIME.', {
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
