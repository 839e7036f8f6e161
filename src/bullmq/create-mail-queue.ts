import { type ConnectionOptions, type Job, type JobsOptions, Queue, type QueueOptions } from 'bullmq';
import type { GraphSentMessageInfo } from '../index';
import { type QueuedMessage, type StoredMessage, toStored } from './stored-message';

/** BullMQ's options of a queue, except the connection. */
export interface MailQueueOptions extends Omit<QueueOptions, 'connection'> {
  /**
   * Options for each message, unless `add()` overrides them.
   *
   * @default 10 attempts, with random waits that grow from a second; sent messages are kept for a week
   */
  defaultJobOptions?: QueueOptions['defaultJobOptions'];
}

/** A message in the queue. */
export type MailJob = Job<StoredMessage, GraphSentMessageInfo, 'message'>;

/** Where an app puts messages of one mailbox for the workers to send. */
export interface MailQueue {
  /** BullMQ's own queue, for its events, counts and failed messages. */
  readonly queue: Queue<StoredMessage, GraphSentMessageInfo, 'message'>;
  /**
   * Adds a message once. If its Message-ID is already in the queue, even of a message that was sent or has
   * failed, it is not added again. So if you do not know whether Redis has a message, add it again.
   *
   * @param message what `sendMail` takes, with a `messageId`; a Buffer is stored as base64
   * @param options BullMQ's options of a job, such as `delay` or `priority`
   * @throws TypeError if the message has no `messageId`, contains something that cannot be stored (a stream, a
   *   `signal`), or sets what the worker decides (`graph.userId`, `graph.delivery`)
   */
  add(message: QueuedMessage, options?: Omit<JobsOptions, 'jobId'>): Promise<MailJob>;
  /** Closes the connection to Redis. The messages stay in the queue. */
  close(): Promise<void>;
}

/**
 * The queue of one mailbox, for processes that have mail to send. Each mailbox has its own queue, because rate
 * and pauses apply per mailbox.
 *
 * @example
 * const orders = createMailQueue('orders@contoso.com', { url: process.env.REDIS_URL });
 * await orders.add({ messageId: '<order-4711@contoso.com>', to: 'ann@example.com', subject: 'Your order', text });
 *
 * @param mailbox the sending mailbox, as user principal name or object id: the same form as for its workers
 * @param connection BullMQ's: ioredis options, or a client
 */
export function createMailQueue(
  mailbox: string,
  connection: ConnectionOptions,
  options: MailQueueOptions = {},
): MailQueue {
  const queue = openQueue(mailbox, connection, options);
  return {
    queue,
    async add(message, jobOptions) {
      const jobId = jobIdOf(message);
      refuseWorkersOptions(message);
      return queue.add('message', toStored(message), { ...jobOptions, jobId });
    },
    close: () => queue.close(),
  };
}

/** The queue of a mailbox, as apps and workers open it. */
export function openQueue(
  mailbox: string,
  connection: ConnectionOptions,
  { defaultJobOptions, ...options }: MailQueueOptions,
): MailQueue['queue'] {
  return new Queue(queueName(mailbox), {
    ...options,
    connection,
    defaultJobOptions: {
      attempts: 10,
      backoff: { type: 'custom', delay: 1000 },
      removeOnComplete: { age: 7 * 24 * 3600 },
      ...defaultJobOptions,
    },
  });
}

/** Exchange ignores case in mailbox names, and two queues for one mailbox would each have its full rate. */
function queueName(mailbox: string): string {
  const name = typeof mailbox === 'string' ? mailbox.trim().toLowerCase() : '';
  if (name === '')
    throw new TypeError('A mail queue needs the mailbox it sends from, such as orders@contoso.com.');
  return `mail-${name}`;
}

/** The same with and without <>, as in Nodemailer. BullMQ does not accept ":" in the id of a job. */
function jobIdOf({ messageId }: QueuedMessage): string {
  const id = typeof messageId === 'string' ? messageId.trim().replace(/^<|>$/g, '') : '';
  if (id === '') {
    throw new TypeError(
      'A message in a queue needs a messageId that stays the same when it is added again, such as <order-4711@contoso.com>.',
    );
  }
  return encodeURIComponent(`<${id}>`);
}

function refuseWorkersOptions({ graph }: QueuedMessage): void {
  for (const name of ['userId', 'delivery'] as const) {
    if (graph?.[name] !== undefined) {
      throw new TypeError(
        `graph.${name} is the same for all messages of a queue: give it to createMailWorker.`,
      );
    }
  }
}
