import type { Readable } from 'node:stream';
import { GraphTransportError } from './errors';
import type { GraphClient } from './graph/client';
import { sameAddress } from './message/address';
import { type GraphMessage, toGraphMessage } from './message/graph-message';
import { jsonLosses, type Loss } from './message/json-losses';
import { readMessage } from './message/read-message';
import type { ResolvedOptions } from './options';
import { MAX_REQUEST_CONTENT_BYTES } from './routes/limits';
import { sendJson } from './routes/send-json';
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
}

/** Sends one message: read, convert, post, report. */
export async function deliver(
  outgoing: OutgoingMessage,
  options: ResolvedOptions,
  client: GraphClient,
): Promise<GraphSentMessageInfo> {
  const { envelope } = outgoing;
  const content = await readMessage(outgoing.mime, MAX_REQUEST_CONTENT_BYTES);
  refuseLoss(jsonLosses(content));
  const message = toGraphMessage(content, {
    envelopeTo: envelope.to,
    from: options.from,
    replyTo: options.replyTo,
    messageId: outgoing.messageId,
  });
  const accepted = await sendJson(client, options.userId, message, options.saveToSentItems);
  return {
    envelope,
    messageId: message.internetMessageId ?? outgoing.messageId,
    accepted: recipientsOf(message),
    rejected: [],
    pending: [],
    dropped: droppedOf(outgoing.returnPath, message, options.userId),
    response: `${accepted.status} Accepted`,
    requestId: accepted.requestId,
    clientRequestId: accepted.clientRequestId,
  };
}

function refuseLoss(losses: readonly Loss[]): void {
  if (losses.length === 0) return;
  throw new GraphTransportError(
    'EMESSAGE',
    `Graph's JSON has no place for ${losses.map(({ what }) => what).join(', ')}.`,
    { hint: 'Nothing was sent.' },
  );
}

/** Bounces go to the mailbox: Exchange sets the return path itself, and has no place for another. */
function droppedOf(returnPath: string | false, message: GraphMessage, userId: string): string[] {
  if (!returnPath) return [];
  const senders = [message.from, message.sender].flatMap((sender) => sender?.emailAddress?.address ?? []);
  return [...senders, userId].some((address) => sameAddress(address, returnPath))
    ? []
    : [`envelope sender ${returnPath}`];
}

function recipientsOf({ toRecipients, ccRecipients, bccRecipients }: GraphMessage): string[] {
  return [toRecipients, ccRecipients, bccRecipients]
    .flatMap((recipients) => recipients ?? [])
    .flatMap(({ emailAddress }) => emailAddress?.address ?? []);
}
