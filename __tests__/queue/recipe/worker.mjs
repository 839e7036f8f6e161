import { UnrecoverableError, Worker } from 'bullmq';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';
import { mailQueue } from './queue.mjs';

/** Sends what is in the queue of a mailbox; in as many processes as you like. */
export async function startWorker(mailbox, connection, { graph, ...workerOptions } = {}) {
  const queue = mailQueue(mailbox, connection);
  await queue.setGlobalConcurrency(4); // what Graph serves a mailbox at once
  const transporter = nodemailer.createTransport(
    graphTransport({ userId: mailbox, delivery: 'exactly-once', retry: { attempts: 1 }, ...graph }),
  );

  async function send({ data }) {
    try {
      return await transporter.sendMail(data);
    } catch (error) {
      if (error.retryable && error.retryAfter > 0) {
        // It is the mailbox that is throttled: all processes wait, and it is no attempt of this message.
        const underWay = await queue.getRateLimitTtl(1e9); // of a longer pause, not of the limiter
        await queue.rateLimit(Math.max(error.retryAfter, underWay));
        throw Worker.RateLimitError();
      }
      // Only exactly-once makes it safe to send an ambiguous one again.
      if (error.retryable || error.ambiguous) throw error;
      throw new UnrecoverableError(error.message);
    }
  }

  const worker = new Worker(queue.name, send, {
    connection,
    concurrency: 4,
    limiter: { max: 30, duration: 60_000 }, // messages of the mailbox, over all processes
    maxStalledCount: 5,
    settings: {
      backoffStrategy: (attempt, _type, error, job) =>
        Math.ceil(Math.max(error.retryAfter ?? 0, Math.random() * job.opts.backoff.delay * 2 ** attempt)),
    },
    ...workerOptions,
  });
  worker.on('error', (error) => console.error(error));
  return async function stop() {
    await worker.close(); // once its messages are done
    await queue.close();
    transporter.close();
  };
}
