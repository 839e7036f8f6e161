// A process that works on the queues of the mailboxes that its argument names, as the recipe has it.
import { startWorker } from './recipe/worker.mjs';

const { limiters, connection, options } = JSON.parse(process.argv[2]);

const stops = await Promise.all(
  Object.entries(limiters).map(([mailbox, limiter]) =>
    startWorker(mailbox, connection, { ...options, limiter }),
  ),
);
process.once('SIGTERM', () => Promise.all(stops.map((stop) => stop())));
