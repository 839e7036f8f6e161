import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock';
import { property } from '../graph/answer-error';
import { type LiveCheck, NotObserved } from './live-check';
import type { LiveAnswer } from './live-http';
import type { LiveService } from './live-service';
import { openSession, putRange } from './upload-checks';
import { withDraft } from './with-draft';

const HOUR_MS = 3_600_000;
/** Just above the default limit of a mailbox. */
const TOO_LARGE = 36_000_000;
const RANGE = 3_900_000;

/** How often to send two requests together before concluding that they do not conflict. */
const MAX_MEETINGS = 5;

/** What a draft shows after a change, and what happens to changes that conflict or exceed a limit. */
export const CHANGING_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'a draft has a conversationId, a webLink and a changeKey, which changes with the draft',
    shows: ['draft-shown', 'change-key'],
    expected: { conversationId: true, webLink: true, changeKey: true, changed: 200, another: true },
    observe: (service) =>
      withDraft(service, randomUUID(), async (path, { body }) => {
        const changed = await service.ask('PATCH', path, { body: { importance: 'high' } });
        const before = property(body, 'changeKey');
        const after = property(changed.body, 'changeKey');
        return {
          conversationId: isText(property(body, 'conversationId')),
          webLink: isText(property(body, 'webLink')),
          changeKey: isText(before),
          changed: changed.status,
          another: isText(after) && after !== before,
        };
      }),
  },
  {
    rule: 'an $expand shows an extended property by its id, without leading zeros',
    shows: ['expand-properties', 'property-id-zeros'],
    expected: { status: 200, id: 'Integer 0x36', value: '1' },
    observe: (service) => {
      const id = 'Integer 0x0036';
      const work = async (path: string) => {
        const query = new URLSearchParams({
          $expand: `singleValueExtendedProperties($filter=id eq '${id}')`,
        });
        const { status, body } = await service.ask('GET', `${path}?${query}`);
        const shown = property(body, 'singleValueExtendedProperties');
        const [first] = Array.isArray(shown) ? shown : [];
        return { status, id: String(property(first, 'id')), value: String(property(first, 'value')) };
      };
      const extras = { singleValueExtendedProperties: [{ id, value: '1' }] };
      return withDraft(service, randomUUID(), work, extras);
    },
  },
  {
    rule: 'a draft that is sent with a delay of an hour stays in Drafts, where it can be deleted',
    shows: ['deferred-draft'],
    expected: { sent: 202, inDrafts: 1, inSentItems: 0, deleted: 204 },
    observe: (service) => {
      const mark = randomUUID();
      const work = async (path: string) => {
        await deferByHour(service, path);
        const { status: sent } = await service.ask('POST', `${path}/send`);
        const inDrafts = (await service.find(mark, 1, 'drafts')).length;
        const inSentItems = (await service.find(mark, 0, 'sentitems')).length;
        const { status: deleted } = await service.ask('DELETE', path);
        return { sent, inDrafts, inSentItems, deleted };
      };
      return withDraft(service, mark, work);
    },
  },
  {
    rule: 'a draft that is moved to Outbox and sent with a delay of an hour is held there, under a new id, and can be sent again',
    shows: ['deferred-in-outbox', 'held-is-submitted', 'move-makes-new-id'],
    expected: {
      moved: 201,
      oldId: 404,
      before: false,
      sent: 202,
      held: true,
      again: 202,
      inOutbox: 1,
      inSentItems: 0,
      deleted: 204,
    },
    observe: (service) => {
      const mark = randomUUID();
      const work = async (path: string) => {
        await deferByHour(service, path);
        const body = { destinationId: 'outbox' };
        const { status: moved, body: message } = await service.ask('POST', `${path}/move`, { body });
        const { status: oldId } = await service.ask('GET', path);
        const inOutbox = `/messages/${encodeURIComponent(String(property(message, 'id')))}`;
        const before = await isSubmitted(service, inOutbox);
        const { status: sent } = await service.ask('POST', `${inOutbox}/send`);
        const held = await isSubmitted(service, inOutbox);
        const { status: again } = await service.ask('POST', `${inOutbox}/send`);
        const shown = (await service.find(mark, 1, 'outbox')).length;
        const inSentItems = (await service.find(mark, 0, 'sentitems')).length;
        const { status: deleted } = await service.ask('DELETE', inOutbox);
        return { moved, oldId, before, sent, held, again, inOutbox: shown, inSentItems, deleted };
      };
      return withDraft(service, mark, work);
    },
  },
  {
    rule: 'if two files are attached to a draft at the same time, one is refused with 412',
    shows: ['parallel-attachments'],
    expected: { one: '201', other: '412 ErrorIrresolvableConflict' },
    observe: (service) =>
      withDraft(service, randomUUID(), async (path) => {
        const attachBoth = async () => {
          const answers = await Promise.all(['a.txt', 'b.txt'].map((name) => attach(service, path, name)));
          const [one, other] = answers.map(({ status, code }) => `${status} ${code ?? ''}`.trim()).sort();
          return { one, other };
        };
        let seen = await attachBoth();
        // Two requests that are sent together need not meet.
        for (let more = 1; more < MAX_MEETINGS && seen.one === seen.other; more++) seen = await attachBoth();
        return seen;
      }),
  },
  {
    rule: 'an upload that makes a message larger than 35 MB is refused at the range that exceeds it',
    shows: ['message-size-while-uploading'],
    expected: { code: 'ErrorMessageSizeExceeded' },
    observe: (service) =>
      withDraft(service, randomUUID(), async (path) => {
        const { url } = await openSession(service, path, TOO_LARGE);
        for (let start = 0; start < TOO_LARGE; start += RANGE) {
          const end = Math.min(start + RANGE, TOO_LARGE);
          const { status, code } = await putRange(service, url, start, end, TOO_LARGE);
          if (status < 300) continue;
          await service.askUpload('DELETE', url);
          return { code };
        }
        throw new NotObserved('the mailbox accepts messages of 36 MB');
      }),
  },
];

function attach(service: LiveService, path: string, name: string): Promise<LiveAnswer> {
  return service.ask('POST', `${path}/attachments`, {
    body: { '@odata.type': '#microsoft.graph.fileAttachment', name, contentBytes: 'eA==' },
  });
}

/** Whether a property of an answer is a text that says something. */
export function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Whether a draft has mfSubmitted ([MS-OXCMSG] 2.2.1.6). */
async function isSubmitted(service: LiveService, path: string): Promise<boolean> {
  const $expand = "singleValueExtendedProperties($filter=id eq 'Integer 0x0E07')";
  const { body } = await service.ask('GET', `${path}?${new URLSearchParams({ $expand })}`);
  const shown = property(body, 'singleValueExtendedProperties');
  const [flags] = Array.isArray(shown) ? shown : [];
  return (Number(property(flags, 'value')) & 4) !== 0;
}

/** Asks for a draft to be sent in an hour. */
async function deferByHour(service: LiveService, path: string): Promise<void> {
  const value = new Date(systemClock.date() + HOUR_MS).toISOString();
  const later = { singleValueExtendedProperties: [{ id: 'SystemTime 0x3FEF', value }] };
  await service.ask('PATCH', path, { body: later });
}
