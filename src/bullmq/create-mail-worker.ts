import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConnectionOptions,
  type MinimalJob,
  type Processor,
  UnrecoverableError,
  WaitingError,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { createTransport, type Transporter } from 'nodemailer';
import { type GraphSentMessageInfo, type GraphTransportOptions, graphTransport } from '../index';
import { afterFailure, backoffMs } from './after-failure';
import { type MailJob, type MailQueue, openQueue } from './create-mail-queue';
import { fromStored, type StoredMessage } from './stored-message';

/** What Graph serves of one mailbox at once (Microsoft Graph documentation, concepts/throttling-limits.md). */
const CONCURRENCY = 4;
/** What Exchange Online is said to send of one mailbox in a minute. */
const RATE = { max: 30, duration: 60_000 };
/** No rate: what `getRateLimitTtl` is to see is a pause, not the limiter's count. */
const MORE_THAN_ANY_RATE = 1e9;
const TRY_AGAIN_MS = 1000;
/** Then a worker looks again whether the pause is over. */
const MOST_PAUSE_AT_ONCE_MS = 5000;

/** Options of `createMailWorker`: BullMQ's own, and the transport's as `graph`. */
export interface MailWorkerOptions extends Omit<WorkerOptions, 'connection'> {
  /**
   * Options of `graphTransport()`; those that are missing come from the environment. The mailbox is that of the
   * worker, and `retry.attempts` is 1 unless given, since the queue does the waiting.
   *
   * `delivery` is `exactly-once` unless given. With `at-most-once` a message that may have been sent fails, and so
   * does one whose worker died.
   */
  graph?: Omit<GraphTransportOptions, 'userId'>;
  /**
   * Messages of the mailbox that all processes together send at once.
   * @default 4, what Graph serves of one mailbox
   */
  globalConcurrency?: number;
  /**
   * Messages that this process sends at once.
   * @default 4
   */
  concurrency?: number;
  /**
   * Messages that all processes together send in a time, counted in windows that do not slide.
   * @default { max: 30, duration: 60_000 }, what Exchange Online is said to send
   */
  limiter?: WorkerOptions['limiter'];
  /**
   * How often a message may be taken over from a worker that died; one more, and it fails.
   * @default 5, and 0 with `at-most-once`: such a message may have been sent
   */
  maxStalledCount?: number;
}

/** What sends the messages of one mailbox in this process. */
export interface MailWorker {
  /** BullMQ's worker: listen here to `completed`, `failed` and `error`. */
  readonly worker: Worker<StoredMessage, GraphSentMessageInfo, 'message'>;
  /** The queue that it works on. */
  readonly queue: MailQueue['queue'];
  /** What it sends with, for Nodemailer's plugins. */
  readonly transporter: Transporter<GraphSentMessageInfo>;
  /**
   * Takes no more messages, waits for those under way, and closes all connections. Call it again with `force` to
   * stop waiting: messages under way are aborted and put back into the queue; with `at-most-once` one that may have
   * been sent fails instead.
   */
  close(force?: boolean): Promise<void>;
}

/**
 * Sends what is in the queue of a mailbox. Run it in as many processes as you like: together they keep to the rate
 * and the concurrency of the mailbox, and pause when it is throttled.
 *
 * @example
 * const worker = createMailWorker('orders@contoso.com', { url: process.env.REDIS_URL });
 * process.once('SIGTERM', () => worker.close());
 *
 * @param mailbox the sending mailbox, by user principal name or object id: written as for its queue
 * @param connection BullMQ's: options of ioredis, or a client with `maxRetriesPerRequest: null`
 * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with the options of `graph`
 */
export function createMailWorker(
  mailbox: string,
  connection: ConnectionOptions,
  options: MailWorkerOptions = {},
): MailWorker {
  const { graph, globalConcurrency = CONCURRENCY, autorun = true, settings, ...bullmqOptions } = options;
  const delivery = graph?.delivery ?? 'exactly-once';
  const transport = graphTransport({
    ...graph,
    userId: mailbox,
    delivery,
    retry: { attempts: 1, ...graph?.retry },
  });
  const transporter = createTransport(transport);
  const queue = openQueue(mailbox, connection, { prefix: options.prefix });
  let closing: Promise<void> | undefined;

  const send: Processor<StoredMessage, GraphSentMessageInfo, 'message'> = async (job, token) => {
    try {
      const message = fromStored(job.data);
      // A job that was not added by `add()` has no say in it either.
      return await transporter.sendMail({
        ...message,
        graph: { ...message.graph, userId: mailbox, delivery },
      });
    } catch (error) {
      throw await whatToThrow(error, job, token);
    }
  };

  /** The error by which BullMQ does what is to be done about a message that was not sent. */
  async function whatToThrow(error: unknown, job: MailJob, token: string | undefined): Promise<unknown> {
    const next = afterFailure(error, { delivery, isStopping: closing !== undefined });
    switch (next.action) {
      case 'pause':
        await untilDone(() => pause(next.ms));
        return closing ? putBack(job, token) : Worker.RateLimitError();
      case 'put-back':
        return putBack(job, token);
      case 'retry':
        return error;
      case 'fail':
        return unrecoverable(error, next.because);
    }
  }

  /** Without an attempt. A worker that stops would wait out the pause after a `RateLimitError`. */
  async function putBack(job: MailJob, token: string | undefined): Promise<Error> {
    try {
      await job.moveToWait(token);
      return new WaitingError();
    } catch (error) {
      report(error);
      return Worker.RateLimitError();
    }
  }

  /** Keeps all processes from the queue for so long; a longer pause that has begun stays. */
  async function pause(ms: number): Promise<void> {
    const underWay = await queue.getRateLimitTtl(MORE_THAN_ANY_RATE);
    await queue.rateLimit(Math.max(ms, underWay));
  }

  /** Does something in Redis, again and again while Redis is away and the worker is wanted. */
  async function untilDone(action: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await action();
        return;
      } catch (error) {
        if (closing) return;
        report(error);
        await sleep(TRY_AGAIN_MS);
      }
    }
  }

  const worker: MailWorker['worker'] = new Worker(queue.name, send, {
    ...bullmqOptions,
    connection,
    concurrency: options.concurrency ?? CONCURRENCY,
    limiter: options.limiter ?? RATE,
    // A worker that is closed as a pause begins waits so long for nothing.
    maximumRateLimitDelay: options.maximumRateLimitDelay ?? MOST_PAUSE_AT_ONCE_MS,
    maxStalledCount: options.maxStalledCount ?? (delivery === 'exactly-once' ? 5 : 0),
    // Not before the global concurrency is set.
    autorun: false,
    settings: {
      backoffStrategy: (attempt, _type, error, job) => backoffMs(attempt, baseOf(job), error, Math.random()),
      ...settings,
    },
  });
  queue.on('error', report);

  function report(error: unknown): void {
    worker.emit('error', error instanceof Error ? error : new Error(String(error)));
  }

  async function begin(): Promise<void> {
    await untilDone(() => queue.setGlobalConcurrency(globalConcurrency));
    if (autorun && !closing) await worker.run();
  }
  begin().catch(report);

  async function stop(): Promise<void> {
    try {
      await worker.close();
      await queue.close();
    } finally {
      transport.close();
    }
  }

  return {
    worker,
    queue,
    transporter,
    close(force = false) {
      closing ??= stop();
      if (force) transport.close({ force });
      return closing;
    },
  };
}

/** Its message is kept in Redis as `failedReason`: what an operator reads before sending the message again. */
function unrecoverable(error: unknown, because: 'refused' | 'may have been sent'): UnrecoverableError {
  const reason = error instanceof Error ? error.message : String(error);
  const warning = 'The message may have been sent: look into Sent Items before you send it again.';
  const failure = new UnrecoverableError(because === 'refused' ? reason : `${warning} ${reason}`);
  // Not stored; for those who listen to `failed`.
  failure.cause = error;
  return failure;
}

function baseOf(job: MinimalJob | undefined): number {
  const backoff = job?.opts.backoff;
  return (typeof backoff === 'object' ? backoff.delay : backoff) ?? 1000;
}
