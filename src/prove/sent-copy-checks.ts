import { randomUUID } from 'node:crypto';
import { draftMark, hasDraftMark, hasMessageId } from '../delivery/message-mark';
import { property } from '../graph/answer-error';
import { isNationalEndpoint } from '../options/clouds';
import { isText } from './changing-checks';
import { type LiveCheck, NotObserved } from './live-check';
import { type LiveAnswer, said } from './live-http';
import type { LiveService } from './live-service';
import { mimeOf } from './sending-checks';
import { remove, withDraft } from './with-draft';

/** What `info.sentItem`, `transport.sentItem()` and `saveToSentItems: false` rely on. */
export const SENT_COPY_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'the copy of a sent message is found in Sent Items by its Message-ID, with conversationId and webLink',
    shows: ['search-by-message-id', 'copy-shown'],
    expected: { sent: 202, copies: 1, status: 200, isDraft: false, conversationId: true, webLink: true },
    observe: async (service) => {
      const internetMessageId = newMessageId();
      const message = { ...service.message(randomUUID()), internetMessageId };
      const { status: sent } = await service.ask('POST', '/sendMail', { body: { message } });
      return withCopies(service, hasMessageId(internetMessageId), async (copies, path) => {
        const shown = await service.ask('GET', `${path}?$select=isDraft,conversationId,webLink`);
        return {
          sent,
          copies,
          status: shown.status,
          isDraft: property(shown.body, 'isDraft') === true,
          conversationId: isText(property(shown.body, 'conversationId')),
          webLink: isText(property(shown.body, 'webLink')),
        };
      });
    },
  },
  {
    rule: 'the copy of a sent draft is found by the property that marked the draft, and permanentDelete removes it',
    shows: ['search-by-property', 'permanent-delete'],
    expected: {
      sent: 202,
      copies: 1,
      deleted: 204,
      shown: '404 ErrorItemNotFound',
      inSentItems: 0,
      inDeletedItems: 0,
    },
    observe: (service) => {
      if (isNationalEndpoint(service.graphEndpoint)) {
        throw new NotObserved('only the global cloud has permanentDelete');
      }
      const mark = randomUUID();
      const { singleValueExtendedProperties: own } = service.message(mark);
      const marks = { singleValueExtendedProperties: [own, draftMark(mark)].flat() };
      const work = async (draft: string) => {
        const { status: sent } = await service.ask('POST', `${draft}/send`);
        return withCopies(service, hasDraftMark(mark), async (copies, path) => ({
          sent,
          copies,
          deleted: (await service.ask('POST', `${path}/permanentDelete`)).status,
          shown: said(await service.ask('GET', path)),
          inSentItems: (await service.filter(hasDraftMark(mark), 0, 'sentitems')).length,
          inDeletedItems: (await service.filter(hasDraftMark(mark), 0, 'deleteditems')).length,
        }));
      };
      return withDraft(service, mark, work, marks);
    },
  },
  {
    rule: 'the copy of a message sent as MIME shows its Message-ID letter by letter and a sentDateTime that is not before the request, and DELETE takes it out of Sent Items',
    shows: ['mime-kept-in-sent-items', 'message-id-kept', 'copy-shown'],
    expected: { sent: 202, copies: 1, messageId: 'ours', time: 'not before', deleted: 204, inSentItems: 0 },
    observe: async (service) => {
      const messageId = newMessageId();
      // The time by the service's clock: this machine's may be wrong.
      const before = await service.ask('GET', '/mailFolders/sentitems?$select=id');
      const { status: sent } = await service.ask('POST', '/sendMail', {
        body: Buffer.from(mimeOf(service, messageId)).toString('base64'),
        contentType: 'text/plain',
      });
      return withCopies(service, hasMessageId(messageId), async (copies, path) => {
        const { body } = await service.ask('GET', `${path}?$select=internetMessageId,sentDateTime`);
        const isOurs = property(body, 'internetMessageId') === messageId;
        return {
          sent,
          copies,
          messageId: isOurs ? 'ours' : 'another one',
          time: timeSince(before, property(body, 'sentDateTime')),
          deleted: (await service.ask('DELETE', path)).status,
          inSentItems: (await service.filter(hasMessageId(messageId), 0, 'sentitems')).length,
        };
      });
    },
  },
];

/** Works with the first copy in Sent Items that a filter finds, and removes what is left of all. */
async function withCopies<T>(
  service: LiveService,
  filter: string,
  work: (copies: number, path: string) => Promise<T>,
): Promise<T> {
  const found = await service.filter(filter, 1, 'sentitems');
  const [copy] = found;
  if (copy === undefined) throw new NotObserved('the copy does not show in Sent Items');
  try {
    return await work(found.length, `/messages/${encodeURIComponent(copy.id)}`);
  } finally {
    await remove(service, await service.filter(filter, 0));
  }
}

/** With capitals, which a search ignores and the transport does not. */
function newMessageId(): string {
  return `<Live-${randomUUID()}@live-check.invalid>`;
}

/** How a time in whole seconds compares with the time of an answer. */
function timeSince({ headers }: LiveAnswer, time: unknown): string {
  const [start, end] = [Date.parse(headers.get('date') ?? ''), Date.parse(String(time))];
  if (Number.isNaN(start)) throw new NotObserved('the service does not tell its time');
  if (Number.isNaN(end)) return 'none';
  return end >= Math.floor(start / 1000) * 1000 ? 'not before' : 'before';
}
