import { Queue } from 'bullmq';

/** The queue of one mailbox: rate and pauses are a queue's, as they are a mailbox's. */
export function mailQueue(mailbox, connection, jobOptions = {}) {
  return new Queue(`mail-${mailbox}`, {
    connection,
    defaultJobOptions: {
      attempts: 10,
      backoff: { type: 'custom', delay: 1000 },
      removeOnComplete: { age: 7 * 24 * 3600 },
      ...jobOptions,
    },
  });
}

/** Adds a message; one whose Message-ID is in the queue already is not added again. */
export function addMessage(queue, message) {
  if (!message.messageId) throw new TypeError('A message in a queue needs a messageId of its own.');
  const attachments = message.attachments?.map(storable);
  // BullMQ takes no ":" in the id of a job.
  return queue.add('message', { ...message, attachments }, { jobId: encodeURIComponent(message.messageId) });
}

/** Redis keeps JSON: a path stays a path, and bytes become base64. */
function storable(attachment) {
  const { content } = attachment;
  if (content === undefined || typeof content === 'string') return attachment;
  if (!Buffer.isBuffer(content)) throw new TypeError('A queue takes attachments as path, text or Buffer.');
  return { ...attachment, content: content.toString('base64'), encoding: 'base64' };
}
