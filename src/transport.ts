import { EventEmitter } from 'node:events';
import type { Transport, Transporter } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import type { getLogger } from 'nodemailer/lib/shared';
import type { BounceIterator, BouncesOptions } from './bounces/bounce';
import { type Clock, systemClock } from './clock';
import type { Connection } from './connect';
import type { CallContext, Mailbox, MailboxCallOptions } from './delivery/ask-mailbox';
import { tellQueue } from './delivery/diagnostics';
import { logAnswer, loggerFor, logInsecureSandbox, logRetry, logUnusedKeys } from './delivery/log';
import { Queues, WorkUnderWay } from './delivery/pending';
import type { ScheduledMessage } from './delivery/schedule';
import type { Sender } from './delivery/send-message';
import type { GraphSentMessageInfo, SentItem, UploadProgress } from './delivery/sent-info';
import { closedError, SendTimer } from './errors/abort';
import { asSendError } from './errors/graph-transport-error';
import { Secrets } from './errors/secrets';
import type { Abort } from './errors/signal';
import { errorWithoutSecrets } from './errors/without-secrets';
import type { RetryEvent } from './graph/message-requests';
import { leaveUnsigned } from './nodemailer/drop-dkim';
import { ownProperties } from './options/given-options';
import type { GraphTransportOptions } from './options/options';
import { resolveOptions } from './options/resolve-options';
import type { ResolvedOptions } from './options/resolved-options';
import type { MessageTrace, TraceOptions } from './trace/trace';
import type { Tracer } from './trace/tracer';
import { checkWithoutSecrets, logChecks, type VerifyCheck } from './verify/verify-check';

// Longer than a file should be, because half of it documents the public methods. Each of them hands its work to code
// that is loaded when it is first called.

const { version }: { version: string } = require('../package.json');

type SendMessage = (mail: MailMessage<GraphSentMessageInfo>, abort: Abort) => Promise<GraphSentMessageInfo>;
type VerifyCallback = (error: Error | null, success?: true) => void;
/** In the types of the app's own Nodemailer: @types/nodemailer and Nodemailer 10 differ here. */
type SendCallback = Parameters<Transport<GraphSentMessageInfo>['send']>[1];

/**
 * A Nodemailer transport that sends through Microsoft Graph. Create it with `graphTransport()` and pass it to
 * `nodemailer.createTransport()`.
 *
 * Events: `idle` when there is room for more messages, `progress` (`UploadProgress`) while a large message is
 * uploaded.
 */
export class GraphTransport
  extends EventEmitter<{ idle: []; progress: [UploadProgress] }>
  implements Transport<GraphSentMessageInfo>
{
  /** The name of the transport in Nodemailer's logs. */
  readonly name = 'GraphTransport';
  /** The version of this package. */
  readonly version = version;
  /** Tells Nodemailer that a message's `signal` is observed at every step. */
  readonly supportsAbortSignal = true;
  readonly #options: ResolvedOptions;
  /** What no error and no log line may contain. */
  readonly #secrets = new Secrets();
  readonly #logger: ReturnType<typeof getLogger>;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #queues: Queues;
  readonly #sends = new WorkUnderWay();
  /** Checks and other questions. */
  readonly #questions = new WorkUnderWay();
  /** Aborts when the transport is closed. */
  readonly #closing = new AbortController();
  #sendMessage: SendMessage | undefined;
  #tracer: Tracer | undefined;
  #mailer: Transporter<GraphSentMessageInfo> | undefined;
  #toldOfKeys = false;
  #isIdle = true;
  #dispatcherClosed: Promise<void> | undefined;

  /**
   * @param clock for tests
   * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with the options
   */
  constructor(options: GraphTransportOptions = {}, clock: Clock = systemClock) {
    super();
    this.#options = resolveOptions(options, process.env);
    this.#clock = clock;
    this.#logger = loggerFor(this.#options, this.#secrets.strike);
    this.#queues = new Queues(this.#options.limits, clock, () => {
      this.#tellIdle();
      this.#tellQueue();
    });
    // Loaded only here, undici included, for the sake of apps that load this package but never send. The code
    // that sends and verifies is loaded on first use.
    const { connect }: typeof import('./connect') = require('./connect');
    this.#connection = connect(this.#options, this.#secrets, clock, (event) =>
      logAnswer(this.#logger, event),
    );
    const { insecureSandbox, graphEndpoint } = this.#options;
    if (insecureSandbox) logInsecureSandbox(this.#logger, graphEndpoint);
    // Like Nodemailer's pool: emitted after the constructor returns, so the app can attach listeners first.
    setImmediate(() => this.#isIdle && this.#tell(() => this.emit('idle')));
  }

  /** What `createTransport()` made of this transport. Nodemailer sets it. */
  get mailer(): Transporter<GraphSentMessageInfo> | undefined {
    return this.#mailer;
  }

  set mailer(mailer: Transporter<GraphSentMessageInfo> | undefined) {
    this.#mailer = mailer;
    if (!mailer) return;
    leaveUnsigned(mailer, () => {
      if (!this.#toldOfKeys) logUnusedKeys(this.#logger);
      this.#toldOfKeys = true;
    });
  }

  /** Whether there is room for more messages: as in Nodemailer's pool, not whether nothing is in progress. */
  isIdle(): boolean {
    return this.#isIdle && !this.#closing.signal.aborted;
  }

  /** Sends a message that Nodemailer has compiled. Nodemailer calls this; apps call `sendMail`. */
  send(mail: MailMessage<GraphSentMessageInfo>, callback: SendCallback): void {
    const { signal } = ownProperties(mail.data);
    const sending = this.#sends.do(signal, (abort) => this.#send(mail, abort));
    this.#tellQueue();
    if (this.#queues.waiting >= this.#options.limits.maxConnections) this.#isIdle = false;
    const done = (...outcome: Parameters<SendCallback>) => {
      this.#tellQueue();
      // The callback runs outside the promise chain, so that if it throws, it is not called a second time.
      setImmediate(() => callback(...outcome));
    };
    sending.then(
      (info) => done(null, info),
      (error: Error) => done(error),
    );
  }

  /**
   * Resolves with true if a message could be sent: Entra issues the app a token, Graph knows the mailbox, and
   * the app may use it. Nothing is sent.
   *
   * Graph has no documented way to check that. So it is asked to send a message without recipients, which it is
   * known to refuse before anything can be delivered (400 `ErrorInvalidRecipients`): that refusal is the good
   * answer. If Graph accepted the message, that would be reported as a failure. This was tried on the sandbox
   * only, not on Microsoft's service.
   *
   * Anything that may be wrong but need not be, such as a permission that the token does not show, is logged as
   * a warning. Each request is made once, with a new token.
   *
   * @throws GraphTransportError for the first thing that is wrong, with a `hint`
   */
  verify(): Promise<true>;
  verify(callback: VerifyCallback): void;
  verify(callback?: VerifyCallback): Promise<true> | undefined {
    const verified = this.#verify();
    if (!callback) return verified;
    verified.then(
      () => setImmediate(callback, null, true),
      (error: Error) => setImmediate(callback, error),
    );
  }

  /**
   * The same checks as `verify()`, as a list: each thing that was checked and its result, up to the first that
   * is wrong.
   *
   * @throws GraphTransportError `ECONNECTION` if the transport is closed
   */
  async check(): Promise<VerifyCheck[]> {
    return this.#question(undefined, async ({ signal }) => {
      const { verify }: typeof import('./verify/verify') = require('./verify/verify');
      const { tokens, client } = this.#connection;
      const found = await verify({ options: this.#options, tokens, client, signal });
      const checks = found.map((check) => checkWithoutSecrets(check, this.#secrets.strike));
      logChecks(this.#logger, checks);
      return checks;
    });
  }

  /**
   * Reads what became of messages that were sent: non-delivery reports, delays and receipts in the Inbox of the
   * mailbox, each matched to the Message-ID that `sendMail` returned. Takes the permission `Mail.Read`.
   *
   * @example
   * for await (const bounce of transport.bounces({ since: lastToken })) {
   *   if (bounce.kind === 'hard') await stopSendingTo(bounce.recipient);
   *   lastToken = bounce.token;
   * }
   *
   * @throws GraphTransportError from the iterator: `ECONFIG` if an option is wrong, `EAUTH` without the permission,
   *   `EABORT` once the signal aborts or the transport is closed
   */
  bounces(options: BouncesOptions = {}): BounceIterator {
    const { bouncesOf }: typeof import('./bounces/bounces') = require('./bounces/bounces');
    return bouncesOf(options, {
      userId: this.#options.userId,
      client: this.#connection.client,
      pausesOf: (userId) => this.#queues.limiter.pausesOf(userId),
      policy: this.#options.retry,
      clock: this.#clock,
      logger: this.#logger,
      closing: this.#closing.signal,
      cleaned: (error) => this.#cleaned(error),
    });
  }

  /**
   * Looks up the copy of a sent message in Sent Items, by the `messageId` of its info. Resolves with undefined if
   * there is none: it may take Exchange a moment to file the copy.
   *
   * @throws GraphTransportError `EAUTH` without the application permission `Mail.Read`, `EMESSAGE` for what is no
   *   Message-ID, `ECONFIG` if `userId` is a function and none is given here
   */
  async sentItem(messageId: string, options: MailboxCallOptions = {}): Promise<SentItem | undefined> {
    const { findSentItem }: typeof import('./delivery/find-messages') = require('./delivery/find-messages');
    return this.#ask('sentItem()', options, (mailbox) => findSentItem(mailbox, messageId));
  }

  /**
   * Lists the messages that `graph: { sendAt }` has scheduled and that are not sent yet, the next one first.
   *
   * @throws GraphTransportError `EAUTH` without the application permission `Mail.Read`, `ECONFIG` if `userId` is a
   *   function and none is given here
   */
  async scheduled(options: MailboxCallOptions = {}): Promise<ScheduledMessage[]> {
    const { findScheduled }: typeof import('./delivery/schedule') = require('./delivery/schedule');
    return this.#ask('scheduled()', options, (mailbox) => findScheduled(mailbox));
  }

  /**
   * Deletes a scheduled message, by the `messageId` of its info before it is sent. Resolves with false if there
   * is none, for example because it has already been sent.
   *
   * @throws GraphTransportError `EAUTH` without the application permission `Mail.ReadWrite`, `EMESSAGE` for what is no
   *   Message-ID, `ECONFIG` if `userId` is a function and none is given here; ambiguous if it may have been deleted
   */
  async cancel(messageId: string, options: MailboxCallOptions = {}): Promise<boolean> {
    const { cancelScheduled }: typeof import('./delivery/schedule') = require('./delivery/schedule');
    return this.#ask('cancel()', options, (mailbox) => cancelScheduled(mailbox, messageId));
  }

  /**
   * Asks Exchange's message trace what became of a message, for each recipient, by the `messageId` of its info. Resolves
   * with an empty array if Exchange has no trace of it: after a message was sent, that takes some minutes.
   *
   * It takes the application permission `ExchangeMessageTrace.Read.All`, which is about the mail of the whole tenant,
   * and a service principal of Microsoft's: see docs/trace.md. Only the global cloud has it. Exchange takes 100 requests
   * in 5 minutes, and further ones wait; the option `timeout` does not count that wait.
   *
   * @throws GraphTransportError `EAUTH` without the permission or the service principal, `EMESSAGE` for what is no
   *   Message-ID, `ECONFIG` in another cloud or if an option is wrong, `EABORT` once the signal aborts
   */
  async trace(messageId: string, options: TraceOptions = {}): Promise<MessageTrace[]> {
    const { Tracer }: typeof import('./trace/tracer') = require('./trace/tracer');
    this.#tracer ??= new Tracer({
      defaults: this.#options,
      client: this.#connection.clientOptions,
      secrets: this.#secrets,
      clock: this.#clock,
      logger: this.#logger,
      closing: this.#closing.signal,
    });
    const tracer = this.#tracer;
    return this.#question(options?.signal, (call) => tracer.trace(messageId, options, call));
  }

  /** The number of messages that are waiting for their turn or being sent. */
  pendingCount(): number {
    return this.#sends.size;
  }

  /**
   * Resolves when no message is waiting or being sent. It also waits for messages that are handed over in the
   * meantime, so stop sending first. It never rejects: each message reports its own outcome.
   */
  async drain(): Promise<void> {
    while (this.#sends.size > 0) await this.#sends.ended();
  }

  /**
   * Accepts no more messages and fails those that are waiting with `ECONNECTION` (`retryable`). Once the
   * messages being sent are done, it closes the connections that the transport opened itself. With `force`,
   * messages being sent are aborted: they fail with `EABORT`, and their drafts are deleted.
   *
   * Resolves when all of that is done, and never rejects. Nodemailer's `transporter.close()` calls this and
   * does not wait for it.
   */
  async close(options: { force?: boolean } = {}): Promise<void> {
    const closed = closedError();
    this.#closing.abort(closed);
    this.#queues.rejectWaiting(closed);
    const underWay = [this.#sends, this.#questions];
    if (options.force) for (const work of underWay) work.abortAll(closed);
    await Promise.all(underWay.map((work) => work.ended()));
    this.#dispatcherClosed ??= this.#connection.ownDispatcher?.close();
    await this.#dispatcherClosed?.catch(() => undefined);
  }

  async #verify(): Promise<true> {
    const checks = await this.check();
    for (const { error } of checks) if (error) throw error;
    return true;
  }

  /** Asks a mailbox about its messages. As with `check()`, `close()` waits for it. */
  async #ask<T>(
    what: string,
    options: MailboxCallOptions,
    work: (mailbox: Mailbox) => Promise<T>,
  ): Promise<T> {
    const asking: typeof import('./delivery/ask-mailbox') = require('./delivery/ask-mailbox');
    const { userId, signal } = asking.mailboxCallOptions(what, options);
    return this.#question(signal, (call) =>
      work(
        asking.mailboxToAsk(userId, {
          defaults: this.#options,
          client: this.#connection.client,
          clock: this.#clock,
          ...call,
        }),
      ),
    );
  }

  /** Work that sends nothing, within the timeout. */
  async #question<T>(signal: AbortSignal | undefined, work: (call: CallContext) => Promise<T>): Promise<T> {
    if (this.#closing.signal.aborted) throw closedError();
    return this.#questions.do(signal, async (abort) => {
      const timer = new SendTimer(this.#clock, this.#options.timeout, abort);
      timer.start();
      const onRetry = (event: RetryEvent) =>
        logRetry(this.#logger, { ...event, error: errorWithoutSecrets(event.error, this.#secrets.strike) });
      try {
        return await work({ signal: abort.signal, timer, onRetry });
      } catch (error) {
        throw this.#cleaned(error);
      } finally {
        timer.stop();
      }
    });
  }

  /** The error for the app: without secrets. */
  #cleaned(error: unknown): Error {
    return errorWithoutSecrets(asSendError(error), this.#secrets.strike);
  }

  #send(mail: MailMessage<GraphSentMessageInfo>, abort: Abort): Promise<GraphSentMessageInfo> {
    this.#sendMessage ??= this.#loadSender();
    return this.#sendMessage(mail, abort);
  }

  /** Loads the code that sends. Once, because `require` takes some microseconds each time. */
  #loadSender(): SendMessage {
    const { sendMessage }: typeof import('./delivery/send-message') = require('./delivery/send-message');
    const sender: Sender = {
      defaults: this.#options,
      client: this.#connection.client,
      queues: this.#queues,
      clock: this.#clock,
      logger: this.#logger,
      secrets: this.#secrets,
      closing: this.#closing.signal,
      onProgress: (event) => this.#tell(() => this.emit('progress', event)),
    };
    return (mail, abort) => sendMessage(mail, abort, sender);
  }

  #tellQueue(): void {
    tellQueue(this, this.#queues.waiting, this.#sends.size);
  }

  /** Emits `idle` for senders that are waiting for room. */
  #tellIdle(): void {
    if (this.#isIdle || this.#queues.waiting >= this.#options.limits.maxConnections) return;
    this.#isIdle = true;
    setImmediate(() => this.isIdle() && this.#tell(() => this.emit('idle')));
  }

  /** A listener that throws is the app's fault, and must not fail the message. */
  #tell(emit: () => boolean): void {
    try {
      emit();
    } catch (error) {
      this.#logger.error({ tnx: 'listener', err: error }, 'A listener of the transport threw: %s', error);
    }
  }
}
