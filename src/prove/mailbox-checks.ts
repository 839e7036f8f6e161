import { randomUUID } from 'node:crypto';
import { hasMark } from '../delivery/message-mark';
import { property } from '../graph/answer-error';
import type { LiveCheck } from './live-check';
import { type LiveAnswer, said } from './live-http';
import { IMMUTABLE, type LiveService } from './live-service';
import { withDraft } from './with-draft';

/** What exactly-once delivery relies on: which ids stay valid, and what searches find. */
export const MAILBOX_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'the creation time of a draft is in whole seconds',
    shows: ['whole-seconds'],
    expected: { created: 'whole seconds' },
    observe: (service) =>
      withDraft(service, randomUUID(), async (_path, { body }) => {
        const created = String(property(body, 'createdDateTime'));
        const isWhole = /T\d\d:\d\d:\d\d(?:\.0+)?Z$/.test(created);
        return { created: isWhole ? 'whole seconds' : created.replace(/\d/g, '0') };
      }),
  },
  {
    rule: 'neither the ordinary id of a draft nor its immutable id leads to the sent message',
    shows: ['id-changes-with-folder', 'immutable-id-dies-by-sending'],
    expected: { sent: 202, copies: 1, usual: '404 ErrorItemNotFound', immutable: '404 ErrorItemNotFound' },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, mark, async (path) => {
        const immutable = await immutablePath(service, path);
        const { status: sent } = await service.ask('POST', `${path}/send`);
        const copies = await service.find(mark, 1, 'sentitems');
        return {
          sent,
          copies: copies.length,
          usual: said(await service.ask('GET', path)),
          immutable: said(await service.ask('GET', immutable, { headers: IMMUTABLE })),
        };
      });
    },
  },
  {
    rule: 'a draft that was sent cannot be sent again, by its ordinary id or its immutable id',
    shows: ['id-changes-with-folder', 'immutable-id-dies-by-sending', 'item-not-found'],
    expected: { first: 202, usual: '404 ErrorItemNotFound', immutable: '404 ErrorItemNotFound', copies: 1 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, mark, async (path) => {
        const immutable = await immutablePath(service, path);
        const { status: first } = await service.ask('POST', `${path}/send`);
        await service.find(mark, 1, 'sentitems');
        return {
          first,
          usual: said(await service.ask('POST', `${path}/send`)),
          immutable: said(await service.ask('POST', `${immutable}/send`, { headers: IMMUTABLE })),
          copies: (await service.find(mark, 1, 'sentitems')).length,
        };
      });
    },
  },
  {
    rule: 'a message shows its class, by which a search knows reports, and is there in its raw form',
    shows: ['message-class', 'mime-of-message'],
    expected: { messageClass: 'IPM.Note', raw: 200, isJson: false },
    observe: (service) =>
      withDraft(service, randomUUID(), async (path) => {
        const query = new URLSearchParams({
          $expand: "singleValueExtendedProperties($filter=id eq 'String 0x001A')",
        });
        const { body } = await service.ask('GET', `${path}?${query}`);
        const [own] = [property(body, 'singleValueExtendedProperties')].flat();
        const raw = await service.ask('GET', `${path}/$value`);
        return {
          messageClass: String(property(own, 'value')),
          raw: raw.status,
          isJson: raw.body !== undefined,
        };
      }),
  },
  {
    rule: 'no search finds a deleted draft, and it is not in Deleted Items',
    shows: ['delete-hides'],
    expected: { before: 1, deleted: 204, shown: '404 ErrorItemNotFound', inDeletedItems: 0, found: 0 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, mark, async (path) => {
        const before = await service.find(mark, 1);
        const { status: deleted } = await service.ask('DELETE', path);
        return {
          before: before.length,
          deleted,
          shown: said(await service.ask('GET', path)),
          inDeletedItems: (await service.find(mark, 1, 'deleteditems')).length,
          found: (await service.find(mark, 0)).length,
        };
      });
    },
  },
  {
    rule: 'a second DELETE of a draft is refused, by its ordinary id and by its immutable id',
    shows: ['delete-again'],
    expected: { first: 204, usual: '403 ErrorCannotDeleteObject', immutable: '403 ErrorCannotDeleteObject' },
    observe: (service) =>
      withDraft(service, randomUUID(), async (path) => {
        const immutable = await immutablePath(service, path);
        return {
          first: (await service.ask('DELETE', path)).status,
          usual: said(await service.ask('DELETE', path)),
          immutable: said(await service.ask('DELETE', immutable, { headers: IMMUTABLE })),
        };
      }),
  },
  {
    rule: 'a search with one message a page leads on to the last message, and no page is empty',
    shows: ['next-link'],
    expected: { drafts: 3, found: 3, pages: 3, emptyPages: 0 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDrafts(service, mark, 3, async () => {
        const drafts = await service.find(mark, 3);
        const pages = await service.pages(hasMark(mark), 1);
        const ids = new Set(pages.flat().map((message) => property(message, 'id')));
        return {
          drafts: drafts.length,
          found: ids.size,
          pages: pages.length,
          emptyPages: pages.filter((page) => page.length === 0).length,
        };
      });
    },
  },
  {
    rule: 'parentFolderId is the id of Drafts, and of Sent Items once the draft is sent; conversationId stays the same',
    shows: ['parent-folder', 'conversation-stays'],
    expected: {
      drafts: 200,
      draft: 'drafts',
      sentItems: 200,
      copy: 'sentitems',
      conversation: 'kept',
    },
    observe: async (service) => {
      const mark = randomUUID();
      const folders = new Map<unknown, string>();
      const readFolder = async (name: string) => {
        const { status, body } = await service.ask('GET', `/mailFolders/${name}?$select=id`);
        if (status === 200) folders.set(property(body, 'id'), name);
        return status;
      };
      const folderOf = ({ body }: LiveAnswer) =>
        folders.get(property(body, 'parentFolderId')) ?? 'another one';
      return withDraft(service, mark, async (path, created) => {
        const drafts = await readFolder('drafts');
        const sentItems = await readFolder('sentitems');
        await service.ask('POST', `${path}/send`);
        const [copy] = await service.find(mark, 1, 'sentitems');
        const copyPath = `/messages/${encodeURIComponent(copy?.id ?? '')}`;
        const shown = await service.ask('GET', `${copyPath}?$select=parentFolderId,conversationId`);
        const [before, after] = [created, shown].map(({ body }) => property(body, 'conversationId'));
        const conversation = before !== undefined && before === after ? 'kept' : 'another one';
        return { drafts, draft: folderOf(created), sentItems, copy: folderOf(shown), conversation };
      });
    },
  },
  {
    rule: '$filter finds a draft by internetMessageId, in the whole mailbox and in Drafts',
    shows: ['search-by-message-id'],
    expected: { everywhere: 1, inDrafts: 1, inSentItems: 0 },
    observe: async (service) => {
      const internetMessageId = `<${randomUUID()}@live-check.invalid>`;
      const filter = `internetMessageId eq '${internetMessageId}'`;
      const work = async () => ({
        everywhere: (await service.filter(filter, 1)).length,
        inDrafts: (await service.filter(filter, 1, 'drafts')).length,
        inSentItems: (await service.filter(filter, 0, 'sentitems')).length,
      });
      return withDraft(service, randomUUID(), work, { internetMessageId });
    },
  },
];

/** Several drafts with one mark. */
function withDrafts<T>(
  service: LiveService,
  mark: string,
  count: number,
  work: () => Promise<T>,
): Promise<T> {
  return withDraft(service, mark, () => (count === 1 ? work() : withDrafts(service, mark, count - 1, work)));
}

/** The path of a draft by its immutable id. */
async function immutablePath(service: LiveService, path: string): Promise<string> {
  const { body } = await service.ask('GET', `${path}?$select=id`, { headers: IMMUTABLE });
  return `/messages/${encodeURIComponent(String(property(body, 'id')))}`;
}
