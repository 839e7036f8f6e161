import { property } from '../graph/answer-error';
import { type LiveAnswer, UnexpectedAnswer } from './live-http';
import type { LiveService } from './live-service';

/**
 * Creates a draft, does the work with it, and removes the draft and everything else that has its mark.
 *
 * @param extras more properties for the draft
 */
export async function withDraft<T>(
  service: LiveService,
  mark: string,
  work: (path: string, created: LiveAnswer) => Promise<T>,
  extras: object = {},
): Promise<T> {
  const body = { ...service.message(mark), ...extras };
  const created = await service.ask('POST', '/messages', { body });
  const id = property(created.body, 'id');
  if (typeof id !== 'string') {
    throw new UnexpectedAnswer('a request for a draft', created.status, created.code);
  }
  try {
    return await work(`/messages/${encodeURIComponent(id)}`, created);
  } finally {
    await remove(service, [{ id }]);
    await remove(service, await service.find(mark, 0));
  }
}

/** Deletes these messages. */
export async function remove(service: LiveService, messages: readonly { id: string }[]): Promise<void> {
  for (const { id } of messages) {
    await service.ask('DELETE', `/messages/${encodeURIComponent(id)}`);
  }
}
