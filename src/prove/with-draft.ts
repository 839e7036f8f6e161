import { property } from '../graph/json-property';
import type { LiveAnswer, LiveService } from './live-service';
import { remove } from './sending-checks';
import { UnexpectedAnswer } from './unexpected-answer';

/**
 * Makes a draft for as long as the work takes, and takes away what has become of it: the draft by its id, and what
 * else has its mark.
 *
 * @param extras properties that the draft has as well
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
    throw new UnexpectedAnswer('a draft', created.status, created.code);
  }
  try {
    return await work(`/messages/${encodeURIComponent(id)}`, created);
  } finally {
    await remove(service, [{ id }]);
    await remove(service, await service.find(mark, 0));
  }
}
