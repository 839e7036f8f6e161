import type { Transport } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import { getLogger } from 'nodemailer/lib/shared';
import type { Dispatcher } from 'undici';
import { AccessTokenSource } from './auth/access-token';
import { createCredential } from './auth/credential';
import { deliver } from './deliver';
import { createDispatcher } from './dispatcher';
import { asSendError, GraphTransportError } from './errors';
import { GraphClient } from './graph/client';
import { MailboxSlots } from './mailbox-slots';
import { checkMessageOptions } from './message-options';
import type { GraphTransportOptions, ResolvedOptions } from './options';
import { resolveOptions } from './resolve-options';
import type { GraphSentMessageInfo } from './sent-message-info';

const { version }: { version: string } = require('../package.json');

type SendCallback = (error: Error | null, info?: GraphSentMessageInfo) => void;

/**
 * A Nodemailer transport that sends through Microsoft Graph. Make it with `graphTransport()` and hand it to
 * `nodemailer.createTransport()`.
 */
export class GraphTransport implements Transport<GraphSentMessageInfo> {
  readonly name = 'GraphTransport';
  readonly version = version;
  /** Nodemailer's `signal` of a message is heeded until the request that sends it is under way. */
  readonly supportsAbortSignal = true;
  readonly #options: ResolvedOptions;
  readonly #logger: ReturnType<typeof getLogger>;
  readonly #client: GraphClient;
  readonly #ownDispatcher: Dispatcher | undefined;
  readonly #slots = new MailboxSlots();
  /** The sends under way, each with what gives it up. */
  readonly #inFlight = new Map<Promise<unknown>, AbortController>();
  #closed = false;

  /** @throws GraphTransportError `ECONFIG`, which names everything that is wrong with the options */
  constructor(options: GraphTransportOptions = {}) {
    this.#options = resolveOptions(options, process.env);
    const { identity, graphEndpoint, logger, component } = this.#options;
    this.#logger = getLogger({ logger }, { component });
    const dispatcher = this.#options.dispatcher ?? createDispatcher(this.#options, process.env);
    this.#ownDispatcher = this.#options.dispatcher ? undefined : dispatcher;
    const tokens = new AccessTokenSource(createCredential(identity, dispatcher), `${graphEndpoint}/.default`);
    this.#client = new GraphClient({ endpoint: graphEndpoint, getToken: () => tokens.get(), dispatcher });
  }

  /** Sends a message that Nodemailer has compiled. Nodemailer calls this; apps call `sendMail`. */
  send(mail: MailMessage<GraphSentMessageInfo>, callback: SendCallback): void {
    const abort = new AbortController();
    const { signal } = mail.data;
    const giveUp = () => abort.abort(signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    const sending = this.#send(mail, abort.signal);
    this.#inFlight.set(sending, abort);
    const done = (...outcome: Parameters<SendCallback>) => {
      signal?.removeEventListener('abort', giveUp);
      this.#inFlight.delete(sending);
      // The callback runs outside the promise chain: one that throws must not be called a second time.
      setImmediate(() => callback(...outcome));
    };
    sending.then(
      (info) => done(null, info),
      (error: Error) => done(error),
    );
  }

  /**
   * Takes no more messages, and closes the connections that the transport opened itself once those under way
   * are done. With `force` these are aborted: a message that has not been handed to Graph fails with
   * `EABORT`, and its draft is deleted.
   */
  close(options: { force?: boolean } = {}): void {
    if (options.force) for (const abort of this.#inFlight.values()) abort.abort();
    if (this.#closed) return;
    this.#closed = true;
    void Promise.allSettled(this.#inFlight.keys()).then(() => this.#ownDispatcher?.close());
  }

  async #send(mail: MailMessage<GraphSentMessageInfo>, signal: AbortSignal): Promise<GraphSentMessageInfo> {
    if (this.#closed) throw new GraphTransportError('ECONNECTION', 'The transport is closed.');
    const { message, data } = mail;
    const envelope = message.getEnvelope();
    const messageId = message.messageId();
    const entry = { tnx: 'send', messageId };
    this.#logger.info(entry, 'Sending message %s to <%s>', messageId, summary(envelope.to));
    try {
      const graph = data.graph ?? {};
      checkMessageOptions(graph);
      // Graph is told of bcc recipients apart from the headers, so their names are of use here.
      message.keepBcc = true;
      const info = await deliver(
        {
          mime: message.createReadStream(),
          envelope,
          returnPath: data.envelope ? envelope.from : false,
          messageId,
          graph,
          dsn: data.dsn !== undefined,
        },
        this.#options,
        this.#client,
        this.#slots,
        signal,
      );
      // The message has left: a logger that fails now must not make it look as if it had not.
      try {
        this.#report(entry, info);
      } catch {}
      return info;
    } catch (error) {
      const failure = asSendError(error);
      this.#logger.error(
        { ...entry, err: failure },
        'Sending message %s failed: %s',
        messageId,
        failure.message,
      );
      throw failure;
    }
  }

  #report(entry: object, info: GraphSentMessageInfo): void {
    const { messageId, dropped, route, routeReason, requestId } = info;
    if (dropped.length > 0) {
      this.#logger.warn(entry, 'Message %s went without: %s', messageId, dropped.join('; '));
    }
    this.#logger.info(
      entry,
      'Message %s accepted as %s, %s (request-id %s)',
      messageId,
      route,
      routeReason,
      requestId,
    );
  }
}

/** The recipients as Nodemailer's own transports log them: the first two of many. */
function summary(to: string[]): string {
  return to.length > 3 ? [...to.slice(0, 2), `...and ${to.length - 2} more`].join(', ') : to.join(', ');
}
