import { getLogger } from 'nodemailer/lib/shared';
import { atEachLevel, loggerWithoutSecrets, type Strike } from '../errors/without-secrets';
import type { AnswerEvent } from '../graph/client';
import type { RetryEvent } from '../graph/message-requests';
import type { LogMethod, TransportLogger } from '../options/options';
import type { ResolvedOptions } from '../options/resolved-options';
import type { GraphSentMessageInfo, UploadProgress } from './sent-info';

type Logger = ReturnType<typeof getLogger>;

/** The log lines of one message, in Nodemailer's style: no subjects, no bodies, no secrets. */
export class SendLog {
  readonly #logger: Logger;
  #entry: { tnx: string; messageId: string };

  constructor(logger: Logger, messageId: string) {
    this.#logger = logger;
    this.#entry = { tnx: 'send', messageId };
  }

  /** From here on, the message is logged under this Message-ID. */
  goesBy(messageId: string): void {
    this.#entry = { ...this.#entry, messageId };
  }

  started(to: string[]): void {
    this.#say('debug', this.#entry, 'Sending message %s to <%s>', this.#entry.messageId, summary(to));
  }

  retried({ error, attempt, waitMs, throttled }: RetryEvent): void {
    const { messageId } = this.#entry;
    const entry = { ...this.#entry, tnx: throttled ? 'throttled' : 'retry', attempt, waitMs };
    const what = throttled ? 'Graph throttles the mailbox of message %s' : 'Sending message %s failed';
    this.#say(
      'warn',
      entry,
      `${what} (attempt %s), next in %s ms: %s`,
      messageId,
      attempt,
      waitMs,
      error.message,
    );
  }

  uploaded({ attachment, sentBytes, totalBytes }: UploadProgress): void {
    const { messageId } = this.#entry;
    const entry = { ...this.#entry, tnx: 'upload', sentBytes, totalBytes };
    if (sentBytes < totalBytes) {
      this.#say(
        'debug',
        entry,
        'Uploading attachment "%s" of message %s: %s of %s bytes',
        attachment,
        messageId,
        sentBytes,
        totalBytes,
      );
    } else {
      this.#say(
        'info',
        entry,
        'Uploaded attachment "%s" of message %s: %s bytes',
        attachment,
        messageId,
        totalBytes,
      );
    }
  }

  /** Warns that the time of a scheduled message is uncertain. */
  timeDoubted(what: string | undefined): void {
    if (what === undefined) return;
    this.#say('warn', this.#entry, 'Message %s is scheduled. %s', this.#entry.messageId, what);
  }

  accepted(info: GraphSentMessageInfo): void {
    const {
      messageId,
      dropped,
      route,
      routeReason,
      requestId,
      response,
      attempts,
      messageSize,
      messageTime,
      sendAt,
    } = info;
    if (dropped.length > 0) {
      this.#say('warn', this.#entry, 'Message %s went without: %s', messageId, dropped.join('; '));
    }
    if (info.draftMayBeLeft) {
      const why = 'Graph answered neither the request that created it nor the search for it';
      this.#say('warn', this.#entry, 'A draft of message %s may be left in Drafts: %s', messageId, why);
    }
    const recipients = info.accepted.length;
    const until = sendAt?.toISOString();
    const entry = {
      tnx: 'send',
      messageId,
      ...(until !== undefined && { sendAt: until }),
      status: response,
      recipients,
      route,
      bytes: messageSize,
      attempts,
      requestId,
      ms: messageTime,
      deduplicated: info.deduplicated,
    };
    this.#say(
      'info',
      entry,
      `${until ? 'Scheduled message %s for %s,' : 'Message %s for'} %s recipients, %s bytes: %s as %s (%s), attempts %s, %s ms, request-id %s`,
      messageId,
      ...(until ? [until] : []),
      recipients,
      messageSize,
      response,
      route,
      routeReason,
      attempts,
      messageTime,
      requestId,
    );
  }

  /** A failing logger must not affect the message or what is reported about it. */
  #say(level: 'debug' | 'info' | 'warn' | 'error', entry: object, message: string, ...args: unknown[]): void {
    this.#logger[level](entry, message, ...args);
  }

  failed(error: Error): void {
    const { messageId } = this.#entry;
    this.#say(
      'error',
      { ...this.#entry, err: error },
      'Sending message %s failed: %s',
      messageId,
      error.message,
    );
  }
}

/** Logs that Graph answered, without what it said. */
export function logAnswer(logger: Logger, event: AnswerEvent): void {
  const { method, path, status, requestId, ms } = event;
  const said = '%s %s: %s in %s ms (request-id %s)';
  logger.debug({ tnx: 'http', ...event }, said, method, path, status, ms, requestId);
}

/** Logs that a question about a mailbox is asked again. */
export function logRetry(logger: Logger, { error, attempt, waitMs, throttled }: RetryEvent): void {
  const entry = { tnx: throttled ? 'throttled' : 'retry', attempt, waitMs };
  logger.warn(entry, 'A request failed (attempt %s), next in %s ms: %s', attempt, waitMs, error.message);
}

/** Logs that the app's DKIM keys are not used. */
export function logUnusedKeys(logger: Logger): void {
  const why =
    'Exchange signs what it sends: set up DKIM for the domain in Microsoft 365, and remove the option dkim.';
  logger.warn({ tnx: 'dkim' }, `The app's DKIM keys are not used. ${why}`);
}

export function logInsecureSandbox(logger: Logger, graphEndpoint: string): void {
  logger.warn(
    { tnx: 'sandbox' },
    'insecureSandbox is on: secret, tokens and mail go to %s without encryption. It is for a sandbox only.',
    graphEndpoint,
  );
}

/** The recipients as Nodemailer's own transports log them: the first two if there are many. */
function summary(to: string[]): string {
  return to.length > 3 ? [...to.slice(0, 2), `...and ${to.length - 2} more`].join(', ') : to.join(', ');
}

/** The logger for the options of a transport: it never receives a secret, and its failures change nothing. */
export function loggerFor({ logger, component }: ResolvedOptions, strike: Strike): Logger {
  const safe = typeof logger === 'object' ? harmlessLogger(logger) : logger;
  const named = getLogger({ logger: safe }, { component });
  return logger === false ? named : loggerWithoutSecrets(named, strike);
}

/** A logger whose failures change nothing: it may throw or reject without affecting a message or a check. */
export function harmlessLogger(logger: TransportLogger): TransportLogger {
  const method =
    (level: keyof TransportLogger): LogMethod =>
    (...entry) => {
      try {
        Promise.resolve(logger[level](...entry)).catch(() => undefined);
      } catch {}
    };
  return atEachLevel(method);
}
