import { randomUUID } from 'node:crypto';
import { property } from '../graph/answer-error';
import type { LiveCheck } from './live-check';
import { type LiveAnswer, refusal } from './live-http';
import type { LiveService } from './live-service';
import { remove, withDraft } from './with-draft';

/** Rules of drafts that large messages and exactly-once delivery rely on. */
export const DRAFT_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'a draft keeps an x- header and the Message-ID that the client sets',
    shows: ['message-id-kept', 'headers-on-request'],
    expected: { status: 201, header: 'kept', messageId: true },
    observe: async (service) => {
      const messageId = `<${randomUUID()}@live-check.invalid>`;
      const extras = {
        internetMessageId: messageId,
        internetMessageHeaders: [{ name: 'x-live-check', value: 'kept' }],
      };
      const work = async (path: string, { status }: LiveAnswer) => {
        const shown = await service.ask('GET', `${path}?$select=internetMessageId,internetMessageHeaders`);
        const headers = property(shown.body, 'internetMessageHeaders');
        const [header] = (Array.isArray(headers) ? headers : []).filter(
          (candidate) => String(property(candidate, 'name')).toLowerCase() === 'x-live-check',
        );
        return {
          status,
          header: String(property(header, 'value')),
          messageId: property(shown.body, 'internetMessageId') === messageId,
        };
      };
      return withDraft(service, randomUUID(), work, extras);
    },
  },
  {
    rule: 'a header without x- is refused',
    shows: ['header-name'],
    expected: { status: 400, code: 'InvalidInternetMessageHeader' },
    observe: (service) => refusedDraft(service, [{ name: 'List-Id', value: 'x' }]),
  },
  {
    rule: 'a header without x- is accepted as a named property of PS_INTERNET_HEADERS',
    shows: ['properties-on-drafts'],
    expected: { status: 201 },
    observe: (service) => {
      const id = 'String {00020386-0000-0000-C000-000000000046} Name list-id';
      const extras = { singleValueExtendedProperties: [{ id, value: '<live-check.invalid>' }] };
      return withDraft(service, randomUUID(), async (_path, { status }) => ({ status }), extras);
    },
  },
  {
    rule: 'six x- headers are refused',
    shows: ['header-count'],
    expected: { status: 400, code: 'InvalidInternetMessageHeaderCollection' },
    observe: (service) =>
      refusedDraft(
        service,
        Array.from({ length: 6 }, (_, n) => ({ name: `x-live-check-${n}`, value: 'x' })),
      ),
  },
  {
    rule: 'In-Reply-To is accepted as MAPI property 0x1042, and $filter finds it',
    shows: ['properties-on-drafts', 'search-by-property'],
    expected: { status: 201, found: 1 },
    observe: async (service) => {
      const value = `<${randomUUID()}@live-check.invalid>`;
      const extras = { singleValueExtendedProperties: [{ id: 'String 0x1042', value }] };
      const work = async (_path: string, { status }: LiveAnswer) => {
        const filter = `singleValueExtendedProperties/Any(ep: ep/id eq 'String 0x1042' and ep/value eq '${value}')`;
        return { status, found: (await service.filter(filter, 1)).length };
      };
      return withDraft(service, randomUUID(), work, extras);
    },
  },
  {
    rule: "$filter finds a draft by our mark, whatever the mark's case",
    shows: ['search-by-property'],
    expected: { status: 201, found: 1, inCapitals: 1 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, mark, async (_path, { status }) => ({
        status,
        found: (await service.find(mark, 1)).length,
        inCapitals: (await service.find(mark.toUpperCase(), 1)).length,
      }));
    },
  },
  {
    rule: 'a request of 4,000,000 bytes is accepted, one of 4,000,001 is not',
    shows: ['body-too-large'],
    expected: { at: 201, over: 413 },
    observe: async (service) => ({
      at: await statusOfSize(service, 4_000_000),
      over: await statusOfSize(service, 4_000_001),
    }),
  },
];

async function refusedDraft(service: LiveService, internetMessageHeaders: object[]) {
  const message = { ...service.message(randomUUID()), internetMessageHeaders };
  const created = await service.ask('POST', '/messages', { body: message });
  const id = property(created.body, 'id');
  if (typeof id === 'string') await remove(service, [{ id }]);
  return refusal(created);
}

/** The status of a request for a draft of this many bytes. */
async function statusOfSize(service: LiveService, bytes: number): Promise<number> {
  const message = { ...service.message(randomUUID()), body: { contentType: 'text', content: '' } };
  message.body.content = 'x'.repeat(bytes - JSON.stringify(message).length);
  const { status, body } = await service.ask('POST', '/messages', { body: message });
  const id = property(body, 'id');
  if (typeof id === 'string') await remove(service, [{ id }]);
  return status;
}
