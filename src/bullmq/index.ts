export {
  createMailQueue,
  type MailJob,
  type MailQueue,
  type MailQueueOptions,
} from './create-mail-queue';
export { createMailWorker, type MailWorker, type MailWorkerOptions } from './create-mail-worker';
export type { QueuedMessage, StoredBytes, StoredMessage } from './stored-message';
