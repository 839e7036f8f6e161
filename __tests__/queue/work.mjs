// A process that works on the queues of the mailboxes that its argument names.
import { createMailWorker } from 'nodemailer-graph-transport/bullmq';

const { limiters, connection, options } = JSON.parse(process.argv[2]);

const workers = Object.entries(limiters).map(([mailbox, limiter]) => {
  const worker = createMailWorker(mailbox, connection, { ...options, limiter });
  worker.worker.on('error', (error) => console.error(error));
  return worker;
});
process.once('SIGTERM', () => Promise.all(workers.map((worker) => worker.close())));
