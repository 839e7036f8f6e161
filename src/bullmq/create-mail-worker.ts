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
import { systemClock } from '../clock';
import { type GraphSentMessageInfo, type GraphTransportOptions, graphTransport } from '../index';
import { afterFailure, backoffMs } from './after-failure';
import { type MailJob, type MailQueue, openQueue } from './create-mail-queue';
import { fromStored, type StoredMessage } from './stored-message';

/**
 * How many requests Graph serves at once for one mailbox (Microsoft Graph documentation,
 * concepts/throttling-limits.md).
 */
const CONCURRENCY = 4;
/** How many messages Exchange Online is said to send per minute for one mailbox. */
const RATE = { max: 30, duration: 60_000 };
/** Higher than any real rate, so that `getRateLimitTtl` reports a pause, not the limiter's count. */
const MORE_THAN_ANY_RATE = 1e9;
const RETRY_MS = 1000;
/** A worker checks at least this often whether a pause is over. */
const MAX_PAUSE_MS = 5000;

/** BullMQ's options of a worker, except the connection, and the transport's as `graph`. */
export interface MailWorkerOptions extends Omit<WorkerOptions, 'connection'> {
  /**
   * Options of `graphTransport()`; missing ones come from the environment. The mailbox is the worker's.
   * `retry.attempts` defaults to 1, since the queue does the waiting.
   *
   * `delivery` defaults to `exactly-once`. With `at-most-once`, a message that may have been sent fails, and so
   * does one whose worker died.
   */
  graph?: Omit<GraphTransportOptions, 'userId'>;
  /**
   * How many messages of the mailbox all processes together send at once.
   *
   * @default 4, what Graph serves for one mailbox
   */
  globalConcurrency?: number;
  /**
   * How many messages this process sends at once.
   *
   * @default 4
   */
  concurrency?: number;
  /**
   * How many messages all processes together send in a time window. The windows are fixed, not sliding.
   *
   * @default { max: 30, duration: 60_000 } (milliseconds), what Exchange Online is said to send
   */
  limiter?: WorkerOptions['limiter'];
  /**
   * How often a message may be taken over from a worker that died. After that, it fails.
   *
   * @default 5, and 0 with `at-most-once`, because such a message may have been sent
   */
  maxStalledCount?: number;
}

/** Sends the messages of one mailbox in this process. */
export interface MailWorker {
  /** BullMQ's own worker, for its events `completed`, `failed` and `error`. */
  readonly worker: Worker<StoredMessage, GraphSentMessageInfo, 'message'>;
  /** The queue that it takes messages from. */
  readonly queue: MailQueue['queue'];
  /** The Nodemailer transporter that it sends with, for plugins. */
  readonly transporter: Transporter<GraphSentMessageInfo>;
  /**
   * Takes no more messages, waits for those in progress, and closes all connections. Call it again with `force`
   * to stop waiting: messages in progress are aborted and put back into the queue. With `at-most-once`, one
   * that may have been sent fails instead.
   */
  close(force?: boolean): Promise<void>;
}

/**
 * Starts a worker that sends what is in the queue of a mailbox. Run it in as many processes as you like:
 * together they keep to the mailbox's rate and concurrency, and pause when it is throttled.
 *
 * @example
 * const worker = createMailWorker('orders@contoso.com', { url: process.env.REDIS_URL });
 * process.once('SIGTERM', () => worker.close());
 *
 * @param mailbox the sending mailbox, as user principal name or object id: the same form as for its queue
 * @param connection BullMQ's: ioredis options, or a client with `maxRetriesPerRequest: null`
 * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with the options in `graph`
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
      // These two override the job's own, even if the job was not added by `add()`.
      return await transporter.sendMail({
        ...message,
        graph: { ...message.graph, userId: mailbox, delivery },
      });
    } catch (error) {
      throw await whatToThrow(error, job, token);
    }
  };

  /** The error that tells BullMQ what to do with a message that was not sent. */
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

  /**
   * Puts a job back without counting an attempt. After a `RateLimitError`, a worker that is stopping would wait
   * out the pause.
   */
  async function putBack(job: MailJob, token: string | undefined): Promise<Error> {
    try {
      await job.moveToWait(token);
      return new WaitingError();
    } catch (error) {
      report(error);
      return Worker.RateLimitError();
    }
  }

  /** Keeps all processes from taking messages for `ms`, unless a longer pause has already begun. */
  async function pause(ms: number): Promise<void> {
    const underWay = await queue.getRateLimitTtl(MORE_THAN_ANY_RATE);
    await queue.rateLimit(Math.max(ms, underWay));
  }

  /** Performs an action in Redis, retrying while Redis is down and the worker is running. */
  async function untilDone(action: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await action();
        return;
      } catch (error) {
        if (closing) return;
        report(error);
        await systemClock.sleep(RETRY_MS);
      }
    }
  }

  const worker: MailWorker['worker'] = new Worker(queue.name, send, {
    ...bullmqOptions,
    connection,
    concurrency: options.concurrency ?? CONCURRENCY,
    limiter: options.limiter ?? RATE,
    // A worker that is closed just as a pause begins waits this long before it stops.
    maximumRateLimitDelay: options.maximumRateLimitDelay ?? MAX_PAUSE_MS,
    maxStalledCount: options.maxStalledCount ?? (delivery === 'exactly-once' ? 5 : 0),
    // begin() starts it, once the global concurrency is set.
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

/**
 * BullMQ stores its message in Redis as `failedReason`, which an operator reads before sending the message
 * again.
 */
function unrecoverable(error: unknown, because: 'refused' | 'may have been sent'): UnrecoverableError {
  const reason = error instanceof Error ? error.message : String(error);
  const warning = 'The message may have been sent: check Sent Items before you send it again.';
  const failure = new UnrecoverableError(because === 'refused' ? reason : `${warning} ${reason}`);
  // The cause is not stored; it is for listeners to `failed`.
  failure.cause = error;
  return failure;
}

function baseOf(job: MinimalJob | undefined): number {
  const backoff = job?.opts.backoff;
  return (typeof backoff === 'object' ? backoff.delay : backoff) ?? 1000;
}
