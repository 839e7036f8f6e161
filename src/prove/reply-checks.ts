import { randomUUID } from 'node:crypto';
import { property } from '../graph/answer-error';
import { type LiveCheck, NotObserved } from './live-check';
import type { LiveService } from './live-service';
import { remove, withDraft } from './with-draft';

/** What replies in a conversation rely on. */
export const REPLY_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'createReply makes a draft, which takes all our content and is sent in the conversation of the message',
    shows: ['reply-draft', 'reply-conversation', 'conversation-stays'],
    expected: {
      created: 201,
      isDraft: true,
      changed: 200,
      subject: 'ours',
      sent: 202,
      conversation: 'kept',
      inReplyTo: 'the message',
    },
    observe: (service) => {
      const mark = randomUUID();
      return withReply(service, mark, 'createReply', async ({ status, body }, path, original) => {
        const ours = { ...service.message(mark), subject: 'An answer', ccRecipients: [], bccRecipients: [] };
        const changed = await service.ask('PATCH', path, { body: ours });
        const { status: sent } = await service.ask('POST', `${path}/send`);
        const copies = await service.find(mark, 2, 'sentitems');
        const copy = copies.find(({ id }) => id !== original.id);
        const shown = await show(service, copy?.id ?? '');
        return {
          created: status,
          isDraft: property(body, 'isDraft') === true,
          changed: changed.status,
          subject: shown.subject === 'An answer' ? 'ours' : 'another one',
          sent,
          conversation:
            shown.conversationId !== undefined && shown.conversationId === original.conversationId
              ? 'kept'
              : 'another one',
          inReplyTo: shown.inReplyTo === original.internetMessageId ? 'the message' : 'something else',
        };
      });
    },
  },
  {
    rule: 'createReplyAll makes a draft to the recipients of the message, with its inline images, which can be deleted',
    shows: ['reply-all-draft', 'reply-attachments'],
    expected: {
      created: 201,
      isDraft: true,
      to: 'with those of the message',
      images: 1,
      deleted: 204,
      after: 0,
    },
    observe: (service) =>
      withReply(service, randomUUID(), 'createReplyAll', async ({ status, body }, path) => {
        const everyone = JSON.stringify([property(body, 'toRecipients'), property(body, 'ccRecipients')]);
        const isForAll = everyone.toLowerCase().includes(service.to.toLowerCase());
        const images = await attachmentsOf(service, path);
        const deleted = await service.ask('DELETE', `${path}/attachments/${images[0]}`);
        return {
          created: status,
          isDraft: property(body, 'isDraft') === true,
          to: isForAll ? 'with those of the message' : 'without those of the message',
          images: images.length,
          deleted: deleted.status,
          after: (await attachmentsOf(service, path)).length,
        };
      }),
  },
];

type Reply = Awaited<ReturnType<LiveService['ask']>>;
type Shown = Awaited<ReturnType<typeof show>>;

/** Sends a message with an inline image, makes the draft of a reply to its copy, and removes all of them. */
async function withReply<T>(
  service: LiveService,
  mark: string,
  action: 'createReply' | 'createReplyAll',
  work: (reply: Reply, path: string, original: Shown) => Promise<T>,
): Promise<T> {
  const image = {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: 'dot.gif',
    contentType: 'image/gif',
    contentBytes: 'R0lGODlhAQABAAAAACw=',
    contentId: 'dot',
    isInline: true,
  };
  const body = { contentType: 'html', content: '<p>A check, to be deleted. <img src="cid:dot"></p>' };
  const send = async (path: string) => {
    await service.ask('POST', `${path}/send`);
    const [copy] = await service.find(mark, 1, 'sentitems');
    if (copy === undefined) throw new NotObserved('the message to answer does not show in Sent Items');
    const answer = await service.ask('POST', `${pathOf(copy.id)}/${action}`, { body: {} });
    const id = property(answer.body, 'id');
    if (typeof id !== 'string') throw new NotObserved(`${action} answered ${answer.status}`);
    try {
      return await work(answer, pathOf(id), await show(service, copy.id));
    } finally {
      await remove(service, [{ id }]);
    }
  };
  return withDraft(service, mark, send, { body, attachments: [image] });
}

async function show(service: LiveService, id: string) {
  const query = new URLSearchParams({
    $select: 'subject,conversationId,internetMessageId',
    $expand: "singleValueExtendedProperties($filter=id eq 'String 0x1042')",
  });
  const { body } = await service.ask('GET', `${pathOf(id)}?${query}`);
  const [inReplyTo] = [property(body, 'singleValueExtendedProperties')].flat();
  return {
    id,
    subject: property(body, 'subject'),
    conversationId: property(body, 'conversationId'),
    internetMessageId: property(body, 'internetMessageId'),
    inReplyTo: property(inReplyTo, 'value'),
  };
}

async function attachmentsOf(service: LiveService, path: string): Promise<string[]> {
  const { body } = await service.ask('GET', `${path}/attachments?$select=id`);
  return [property(body, 'value') ?? []]
    .flat()
    .map((attachment) => encodeURIComponent(String(property(attachment, 'id'))));
}

function pathOf(id: string): string {
  return `/messages/${encodeURIComponent(id)}`;
}
