import { type ConnectionOptions, type Job, type JobsOptions, Queue, type QueueOptions } from 'bullmq';
import type { GraphSentMessageInfo } from '../index';
import { type QueuedMessage, type StoredMessage, toStored } from './stored-message';

/** Options of `createMailQueue`: BullMQ's own. */
export interface MailQueueOptions extends Omit<QueueOptions, 'connection'> {
  /**
   * What holds for each message unless `add()` says otherwise.
   * @default 10 attempts, waits that are random and grow from a second, and a week for which sent messages are kept
   */
  defaultJobOptions?: QueueOptions['defaultJobOptions'];
}

/** A message in the queue. */
export type MailJob = Job<StoredMessage, GraphSentMessageInfo, 'message'>;

/** Where an app leaves the messages of one mailbox for the workers. */
export interface MailQueue {
  /** BullMQ's queue: its events, counts, and failed messages. */
  readonly queue: Queue<StoredMessage, GraphSentMessageInfo, 'message'>;
  /**
   * Adds a message, once: one whose Message-ID is in the queue, sent and failed ones included, is not added again.
   * So when it is in doubt whether Redis has a message, add it again.
   *
   * @param message what `sendMail` takes, with a `messageId`; a Buffer is stored as base64
   * @param options BullMQ's options of a job, such as `delay` or `priority`
   * @throws TypeError if the message has no `messageId`, has something that cannot wait in a queue (a stream, a
   *   `signal`), or says what is the worker's to say (`graph.userId`, `graph.delivery`)
   */
  add(message: QueuedMessage, options?: Omit<JobsOptions, 'jobId'>): Promise<MailJob>;
  /** Closes the connection to Redis. The messages stay there. */
  close(): Promise<void>;
}

/**
 * The queue of one mailbox, for the processes that have mail to send. Each mailbox has a queue of its own, because
 * rate and pauses belong to the mailbox.
 *
 * @example
 * const orders = createMailQueue('orders@contoso.com', { url: process.env.REDIS_URL });
 * await orders.add({ messageId: '<order-4711@contoso.com>', to: 'ann@example.com', subject: 'Your order', text });
 *
 * @param mailbox the sending mailbox, by user principal name or object id: written as for its workers
 * @param connection BullMQ's: options of ioredis, or a client
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

/** Exchange tells mailboxes apart without regard to case, and two queues of one mailbox would each have its rate. */
function queueName(mailbox: string): string {
  const name = typeof mailbox === 'string' ? mailbox.trim().toLowerCase() : '';
  if (name === '')
    throw new TypeError('A mail queue needs the mailbox that it is for, such as orders@contoso.com.');
  return `mail-${name}`;
}

/** The same with and without <>, as Nodemailer sees it. BullMQ takes no ":" in the id of a job. */
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
