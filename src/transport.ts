import { EventEmitter } from 'node:events';
import type { Transport, Transporter } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import { getLogger } from 'nodemailer/lib/shared';
import type { Dispatcher } from 'undici';
import { AccessTokenSource } from './auth/access-token';
import { createCredential } from './auth/credential';
import type { BounceIterator, BouncesOptions } from './bounces/bounce';
import { type Clock, systemClock } from './clock';
import type { Mailbox, MailboxCallOptions } from './delivery/ask-mailbox';
import { type SendTrace, tellQueue, tellRetry, traced } from './delivery/diagnostics';
import {
  harmlessLogger,
  logAnswer,
  logInsecureSandbox,
  logRetry,
  logUnusedKeys,
  SendLog,
} from './delivery/log';
import { MailboxLimiter } from './delivery/mailbox-limiter';
import type { OutgoingMessage } from './delivery/prepare-message';
import type { ScheduledMessage } from './delivery/schedule';
import type { GraphSentMessageInfo, SentItem, UploadProgress } from './delivery/sent-info';
import { onAbort, SendTimer } from './errors/abort';
import { asSendError, GraphTransportError } from './errors/graph-transport-error';
import { Secrets } from './errors/secrets';
import { errorWithoutSecrets, loggerWithoutSecrets } from './errors/without-secrets';
import { GraphClient, type GraphClientOptions } from './graph/client';
import type { RetryEvent } from './graph/message-requests';
import { leaveUnsigned } from './nodemailer/drop-dkim';
import { checkMessageOptions } from './options/message-options';
import type { GraphTransportOptions } from './options/options';
import { ownProperties } from './options/own-properties';
import { resolveOptions } from './options/resolve-options';
import type { ResolvedOptions } from './options/resolved-options';
import type { MessageTrace, TraceOptions } from './trace/trace';
import type { TraceCall, Tracer } from './trace/tracer';
import { checkWithoutSecrets, logChecks, type VerifyCheck } from './verify/verify-check';

const { version }: { version: string } = require('../package.json');

/** Messages that may be read before their turn, because their content decides which mailbox sends them. */
const MAX_READ_AHEAD = 16;

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
  readonly #tokens: AccessTokenSource;
  readonly #clientOptions: GraphClientOptions;
  readonly #client: GraphClient;
  readonly #ownDispatcher: Dispatcher | undefined;
  readonly #clock: Clock;
  readonly #limiter: MailboxLimiter;
  readonly #readAhead: MailboxLimiter;
  /** The sends in progress, each with the controller that aborts it. */
  readonly #sends = new Map<Promise<unknown>, AbortController>();
  /** The checks and other questions in progress. */
  readonly #checks = new Map<Promise<unknown>, AbortController>();
  /** Aborts when the transport is closed, for what can be given up at any time. */
  readonly #closing = new AbortController();
  #tracer: Tracer | undefined;
  #mailer: Transporter<GraphSentMessageInfo> | undefined;
  #toldOfKeys = false;
  #isIdle = true;
  #closed = false;
  #dispatcherClosed: Promise<void> | undefined;

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
    const given = getLogger(
      { logger: typeof logger === 'object' ? harmlessLogger(logger) : logger },
      { component },
    );
    this.#logger = logger === false ? given : loggerWithoutSecrets(given, this.#secrets.strike);
    const onTurn = () => {
      this.#tellIdle();
      this.#tellQueue();
    };
    this.#limiter = new MailboxLimiter(limits, clock, onTurn);
    this.#readAhead = new MailboxLimiter(
      {
        ...limits,
        maxConnections: MAX_READ_AHEAD,
        maxTotalConnections: MAX_READ_AHEAD,
        rateLimit: undefined,
      },
      clock,
      onTurn,
    );
    // Loaded only here, undici included, for the sake of apps that load this package but never send. The code
    // that sends and verifies is loaded on first use.
    const {
      createDispatcher,
      passwordsOf,
    }: typeof import('./network/dispatcher') = require('./network/dispatcher');
    for (const password of passwordsOf(this.#options, process.env)) this.#secrets.addSecret(password);
    const dispatcher = this.#options.dispatcher ?? createDispatcher(this.#options, process.env);
    this.#ownDispatcher = this.#options.dispatcher ? undefined : dispatcher;
    const credential = createCredential(
      identity,
      dispatcher,
      connectionTimeout + socketTimeout,
      this.#secrets,
      clock,
    );
    this.#tokens = new AccessTokenSource(
      credential,
      `${graphEndpoint}/.default`,
      (token) => this.#secrets.addToken(token),
      clock,
    );
    this.#clientOptions = {
      endpoint: graphEndpoint,
      insecureSandbox: this.#options.insecureSandbox,
      tokens: this.#tokens,
      dispatcher,
      socketTimeout,
      secrets: this.#secrets,
      clock,
      ...(debug && { onAnswer: (event) => logAnswer(this.#logger, event) }),
    };
    this.#client = new GraphClient(this.#clientOptions);
    if (this.#options.insecureSandbox) logInsecureSandbox(this.#logger, graphEndpoint);
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
    return this.#isIdle && !this.#closed;
  }

  /** Sends a message that Nodemailer has compiled. Nodemailer calls this; apps call `sendMail`. */
  send(mail: MailMessage<GraphSentMessageInfo>, callback: SendCallback): void {
    const abort = new AbortController();
    const { signal } = ownProperties(mail.data);
    const stopListening = onAbort(signal, () => abort.abort(signal?.reason));
    const sending = this.#sendTraced(mail, abort);
    this.#sends.set(sending, abort);
    this.#tellQueue();
    if (this.#waiting >= this.#options.limits.maxConnections) this.#isIdle = false;
    const done = (...outcome: Parameters<SendCallback>) => {
      stopListening();
      this.#sends.delete(sending);
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
    if (this.#closed) throw closedError();
    const { verify }: typeof import('./verify/verify') = require('./verify/verify');
    const abort = new AbortController();
    const timer = new SendTimer(this.#clock, this.#options.timeout, abort);
    timer.start();
    const checking = verify({
      options: this.#options,
      tokens: this.#tokens,
      client: this.#client,
      signal: abort.signal,
    });
    this.#checks.set(checking, abort);
    try {
      const checks = (await checking).map((check) => checkWithoutSecrets(check, this.#secrets.strike));
      logChecks(this.#logger, checks);
      return checks;
    } catch (error) {
      throw errorWithoutSecrets(asSendError(error), this.#secrets.strike);
    } finally {
      timer.stop();
      this.#checks.delete(checking);
    }
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
      client: this.#client,
      pausesOf: (userId) => this.#limiter.pausesOf(userId),
      policy: this.#options.retry,
      clock: this.#clock,
      logger: this.#logger,
      closing: this.#closing.signal,
      cleaned: (error) => errorWithoutSecrets(asSendError(error), this.#secrets.strike),
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
    const { findSentItem }: typeof import('./delivery/sent-item') = require('./delivery/sent-item');
    return this.#ask(options, (mailbox) => findSentItem(mailbox, messageId));
  }

  /**
   * Lists the messages that `graph: { sendAt }` has scheduled and that are still in Drafts, the next one first.
   *
   * @throws GraphTransportError `EAUTH` without the application permission `Mail.Read`, `ECONFIG` if `userId` is a
   *   function and none is given here
   */
  async scheduled(options: MailboxCallOptions = {}): Promise<ScheduledMessage[]> {
    const { findScheduled }: typeof import('./delivery/schedule') = require('./delivery/schedule');
    return this.#ask(options, (mailbox) => findScheduled(mailbox));
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
    return this.#ask(options, (mailbox) => cancelScheduled(mailbox, messageId));
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
      client: this.#clientOptions,
      secrets: this.#secrets,
      clock: this.#clock,
    });
    const tracer = this.#tracer;
    return this.#question(options.signal, async (call) => {
      // Given up at any time, since the wait for its turn may take minutes.
      const signal = AbortSignal.any([call.signal, this.#closing.signal]);
      const traces = await tracer.trace(messageId, options, { ...call, signal });
      this.#logger.info(
        { tnx: 'trace', messageId, recipients: traces.length },
        'Exchange has a trace of %s for %d recipients',
        messageId,
        traces.length,
      );
      return traces;
    });
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
    while (this.#sends.size > 0) await Promise.allSettled(this.#sends.keys());
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
    this.#closed = true;
    this.#closing.abort(closedError());
    for (const queue of [this.#readAhead, this.#limiter]) queue.rejectWaiting(closedError());
    const underWay = [...this.#sends, ...this.#checks];
    if (options.force) for (const [, abort] of underWay) abort.abort(closedError());
    await Promise.allSettled(underWay.map(([work]) => work));
    this.#dispatcherClosed ??= this.#ownDispatcher?.close();
    await this.#dispatcherClosed?.catch(() => undefined);
  }

  /** The number of messages that are waiting for their turn. */
  get #waiting(): number {
    return this.#limiter.waiting + this.#readAhead.waiting;
  }

  async #verify(): Promise<true> {
    const checks = await this.check();
    for (const { error } of checks) if (error) throw error;
    return true;
  }

  /** Asks a mailbox about its messages. As with `check()`, `close()` waits for it. */
  async #ask<T>({ userId, signal }: MailboxCallOptions, work: (mailbox: Mailbox) => Promise<T>): Promise<T> {
    const { mailboxToAsk }: typeof import('./delivery/ask-mailbox') = require('./delivery/ask-mailbox');
    return this.#question(signal, (call) =>
      work(
        mailboxToAsk(userId, {
          defaults: this.#options,
          client: this.#client,
          clock: this.#clock,
          ...call,
        }),
      ),
    );
  }

  /** Work that sends nothing, within the timeout. */
  async #question<T>(signal: AbortSignal | undefined, work: (call: TraceCall) => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError();
    const abort = new AbortController();
    const stopListening = onAbort(signal, () => abort.abort(signal?.reason));
    const timer = new SendTimer(this.#clock, this.#options.timeout, abort);
    timer.start();
    const onRetry = (event: RetryEvent) =>
      logRetry(this.#logger, { ...event, error: errorWithoutSecrets(event.error, this.#secrets.strike) });
    const asking = (async () => work({ signal: abort.signal, timer, onRetry }))();
    this.#checks.set(asking, abort);
    try {
      return await asking;
    } catch (error) {
      throw errorWithoutSecrets(asSendError(error), this.#secrets.strike);
    } finally {
      timer.stop();
      stopListening();
      this.#checks.delete(asking);
    }
  }

  async #sendTraced(
    mail: MailMessage<GraphSentMessageInfo>,
    abort: AbortController,
  ): Promise<GraphSentMessageInfo> {
    const trace: SendTrace = {
      messageId: mail.message.messageId(),
      mailbox: undefined,
      route: undefined,
      bytes: undefined,
      attempts: 0,
    };
    return traced(trace, () => this.#send(mail, abort, trace));
  }

  async #send(
    mail: MailMessage<GraphSentMessageInfo>,
    abort: AbortController,
    trace: SendTrace,
  ): Promise<GraphSentMessageInfo> {
    if (this.#closed) throw closedError();
    const { deliver }: typeof import('./delivery/deliver') = require('./delivery/deliver');
    const { message } = mail;
    const data = ownProperties(mail.data);
    const envelope = message.getEnvelope();
    const { messageId } = trace;
    const log = new SendLog(this.#logger, messageId);
    log.started(envelope.to);
    const timer = new SendTimer(this.#clock, this.#options.timeout, abort);
    try {
      const graph = ownProperties(data.graph ?? {});
      checkMessageOptions(graph);
      if (graph.sendAt !== undefined) {
        const { checkedSendAt }: typeof import('./delivery/schedule') = require('./delivery/schedule');
        graph.sendAt = checkedSendAt(graph, this.#options, this.#clock, this.#client.clockAheadMs);
      }
      // Graph gets the bcc recipients separately from the headers, so keep the header for their names.
      message.keepBcc = true;
      const outgoing: OutgoingMessage = {
        node: message,
        envelope,
        returnPath: data.envelope ? envelope.from : false,
        messageId,
        given: { messageId: data.messageId, headers: data.headers },
        graph,
        dsn: data.dsn !== undefined,
      };
      const info = await deliver(outgoing, {
        defaults: this.#options,
        client: this.#client,
        limiter: this.#limiter,
        readAhead: this.#readAhead,
        clock: this.#clock,
        signal: abort.signal,
        timer,
        trace,
        onMessageId: (id) => log.goesBy(id),
        onRetry: (event) => {
          const told = { ...event, error: errorWithoutSecrets(event.error, this.#secrets.strike) };
          log.retried(told);
          tellRetry(trace, told);
        },
        onProgress: (event) => {
          log.uploaded(event);
          this.#tell(() => this.emit('progress', event));
        },
      });
      if (info.sendAt) {
        const { clockWarning }: typeof import('./delivery/schedule') = require('./delivery/schedule');
        log.timeDoubted(clockWarning(info.sendAt, this.#clock, this.#client.clockAheadMs));
      }
      const { draftId } = info;
      const told = draftId === undefined ? info : { ...info, draftId: this.#secrets.strike(draftId) };
      log.accepted(told);
      return told;
    } catch (error) {
      const failure = errorWithoutSecrets(asSendError(error), this.#secrets.strike);
      log.failed(failure);
      throw failure;
    } finally {
      timer.stop();
    }
  }

  #tellQueue(): void {
    tellQueue(this, this.#waiting, this.#sends.size);
  }

  /** Emits `idle` for senders that are waiting for room. */
  #tellIdle(): void {
    if (this.#isIdle || this.#waiting >= this.#options.limits.maxConnections) return;
    this.#isIdle = true;
    setImmediate(() => this.#isIdle && !this.#closed && this.#tell(() => this.emit('idle')));
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

function closedError(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', 'The transport is closed.', {
    outcome: 'not-accepted',
    hint: 'Nothing was sent.',
  });
}
