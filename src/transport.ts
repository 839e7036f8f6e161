import { EventEmitter } from 'node:events';
import type { Transport } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import { getLogger } from 'nodemailer/lib/shared';
import { Agent, type Dispatcher } from 'undici';
import { AccessTokenSource } from './auth/access-token';
import { createCredential } from './auth/credential';
import { type Clock, systemClock } from './clock';
import { deliver } from './deliver';
import { encodeInPieces } from './encode-in-pieces';
import { asSendError, GraphTransportError } from './errors';
import { SendTimeout } from './given-up';
import { GraphClient } from './graph/client';
import { MailboxLimiter } from './mailbox-limiter';
import { checkMessageOptions } from './message-options';
import type { GraphTransportOptions, ResolvedOptions } from './options';
import { resolveOptions } from './resolve-options';
import { logAnswer, SendLog } from './send-log';
import type { GraphSentMessageInfo } from './sent-message-info';
import type { UploadProgress } from './upload-progress';

const { version }: { version: string } = require('../package.json');

type SendCallback = (error: Error | null, info?: GraphSentMessageInfo) => void;

/**
 * A Nodemailer transport that sends through Microsoft Graph. Make it with `graphTransport()` and hand it to
 * `nodemailer.createTransport()`.
 *
 * Events: `idle` when there is room for more messages, `progress` (`UploadProgress`) while a large message
 * is uploaded.
 */
export class GraphTransport
  extends EventEmitter<{ idle: []; progress: [UploadProgress] }>
  implements Transport<GraphSentMessageInfo>
{
  readonly name = 'GraphTransport';
  readonly version = version;
  /** Nodemailer's `signal` of a message is heeded at every step. */
  readonly supportsAbortSignal = true;
  readonly #options: ResolvedOptions;
  readonly #logger: ReturnType<typeof getLogger>;
  readonly #client: GraphClient;
  readonly #ownDispatcher: Dispatcher | undefined;
  readonly #clock: Clock;
  readonly #limiter: MailboxLimiter;
  /** The sends that have not ended, each with what gives it up. */
  readonly #sending = new Map<Promise<unknown>, AbortController>();
  #isIdle = true;
  #closed = false;

  /**
   * @param clock for tests
   * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with the options
   */
  constructor(options: GraphTransportOptions = {}, clock: Clock = systemClock) {
    super();
    this.#options = resolveOptions(options, process.env);
    this.#clock = clock;
    const { identity, graphEndpoint, logger, debug, component, limits, connectionTimeout, socketTimeout } =
      this.#options;
    this.#logger = getLogger({ logger }, { component });
    this.#limiter = new MailboxLimiter(limits, clock, () => this.#tellIdle());
    this.#ownDispatcher = this.#options.dispatcher
      ? undefined
      : new Agent({ connect: { timeout: connectionTimeout } });
    const dispatcher = this.#options.dispatcher ?? this.#ownDispatcher ?? new Agent();
    const credential = createCredential(identity, dispatcher, connectionTimeout + socketTimeout);
    this.#client = new GraphClient({
      endpoint: graphEndpoint,
      tokens: new AccessTokenSource(credential, `${graphEndpoint}/.default`),
      dispatcher,
      socketTimeout,
      ...(debug && { onAnswer: (event) => logAnswer(this.#logger, event) }),
    });
    // As Nodemailer's pool does, once whoever made it has had the time to listen.
    setImmediate(() => this.#isIdle && this.emit('idle'));
  }

  /** Whether there is room for more messages; as in Nodemailer's pool, not whether nothing is under way. */
  isIdle(): boolean {
    return this.#isIdle && !this.#closed;
  }

  /** Sends a message that Nodemailer has compiled. Nodemailer calls this; apps call `sendMail`. */
  send(mail: MailMessage<GraphSentMessageInfo>, callback: SendCallback): void {
    const abort = new AbortController();
    const { signal } = mail.data;
    const giveUp = () => abort.abort(signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    if (signal?.aborted) giveUp();
    const sending = this.#send(mail, abort);
    this.#sending.set(sending, abort);
    if (this.#limiter.waiting >= this.#options.limits.maxConnections) this.#isIdle = false;
    const done = (...outcome: Parameters<SendCallback>) => {
      signal?.removeEventListener('abort', giveUp);
      this.#sending.delete(sending);
      // The callback runs outside the promise chain: one that throws must not be called a second time.
      setImmediate(() => callback(...outcome));
    };
    sending.then(
      (info) => done(null, info),
      (error: Error) => done(error),
    );
  }

  /**
   * Takes no more messages, fails those that wait for their turn with `ECONNECTION`, and closes the
   * connections that the transport opened itself once the messages under way are done. With `force` these
   * are aborted too: they fail with `EABORT`, and their drafts are deleted.
   */
  close(options: { force?: boolean } = {}): void {
    this.#limiter.rejectWaiting(closedError());
    if (options.force) for (const abort of this.#sending.values()) abort.abort(closedError());
    if (this.#closed) return;
    this.#closed = true;
    void Promise.allSettled(this.#sending.keys()).then(() => this.#ownDispatcher?.close());
  }

  async #send(
    mail: MailMessage<GraphSentMessageInfo>,
    abort: AbortController,
  ): Promise<GraphSentMessageInfo> {
    if (this.#closed) throw closedError();
    const { message, data } = mail;
    const envelope = message.getEnvelope();
    const messageId = message.messageId();
    const log = new SendLog(this.#logger, messageId);
    log.started(envelope.to);
    let timer: NodeJS.Timeout | undefined;
    let beganAt = performance.now();
    try {
      const graph = data.graph ?? {};
      checkMessageOptions(graph);
      // Graph is told of bcc recipients apart from the headers, so their names are of use here.
      message.keepBcc = true;
      const outgoing = {
        mime: () => {
          encodeInPieces(message);
          return message.createReadStream();
        },
        envelope,
        returnPath: data.envelope ? envelope.from : false,
        messageId,
        graph,
        dsn: data.dsn !== undefined,
      };
      const info = await deliver(outgoing, {
        defaults: this.#options,
        client: this.#client,
        limiter: this.#limiter,
        clock: this.#clock,
        signal: abort.signal,
        onTurn: () => {
          beganAt = performance.now();
          const { timeout } = this.#options;
          timer = setTimeout(() => abort.abort(new SendTimeout(timeout)), timeout);
        },
        elapsedMs: () => Math.round(performance.now() - beganAt),
        onRetry: (event) => log.retried(event),
        onProgress: (event) => {
          log.uploaded(event);
          this.emit('progress', event);
        },
      });
      // The message has left: a logger that fails now must not make it look as if it had not.
      try {
        log.accepted(info);
      } catch {}
      return info;
    } catch (error) {
      const failure = asSendError(error);
      log.failed(failure);
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says that there is room again, to those who wait with their messages until there is. */
  #tellIdle(): void {
    if (this.#isIdle || this.#limiter.waiting >= this.#options.limits.maxConnections) return;
    this.#isIdle = true;
    setImmediate(() => this.#isIdle && !this.#closed && this.emit('idle'));
  }
}

function closedError(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', 'The transport is closed.', { hint: 'Nothing was sent.' });
}
