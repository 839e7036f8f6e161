import { randomUUID } from 'node:crypto';
import { property } from '../../src/graph/json-property';
import type { LiveCheck } from './live-check';
import { IMMUTABLE, type LiveAnswer, type LiveService } from './live-service';
import { refusal, remove } from './sending-checks';

/** Rules of drafts, on which large messages and exactly-once delivery rest. */
export const DRAFT_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'an x- header and a Message-ID of the client stay on a draft',
    expected: { status: 201, header: 'kept', messageId: true },
    observe: async (service) => {
      const messageId = `<${randomUUID()}@live-check.invalid>`;
      const message = {
        ...service.message(randomUUID()),
        internetMessageId: messageId,
        internetMessageHeaders: [{ name: 'x-live-check', value: 'kept' }],
      };
      return withDraft(service, message, async (path, { status }) => {
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
      });
    },
  },
  {
    rule: 'a header without x- is refused',
    expected: { status: 400, code: 'InvalidInternetMessageHeader' },
    observe: (service) => refusedDraft(service, [{ name: 'List-Id', value: 'x' }]),
  },
  {
    rule: 'a header without x- is taken as a named property of PS_INTERNET_HEADERS',
    expected: { status: 201 },
    observe: (service) => {
      const id = 'String {00020386-0000-0000-C000-000000000046} Name list-id';
      const properties = [{ id, value: '<live-check.invalid>' }];
      const message = { ...service.message(randomUUID()), singleValueExtendedProperties: properties };
      return withDraft(service, message, async (_path, { status }) => ({ status }));
    },
  },
  {
    rule: 'six x- headers are refused',
    expected: { status: 400, code: 'InvalidInternetMessageHeaderCollection' },
    observe: (service) =>
      refusedDraft(
        service,
        Array.from({ length: 6 }, (_, n) => ({ name: `x-live-check-${n}`, value: 'x' })),
      ),
  },
  {
    rule: 'In-Reply-To as MAPI property 0x1042 is taken, and found by $filter',
    expected: { status: 201, found: 1 },
    observe: async (service) => {
      const value = `<${randomUUID()}@live-check.invalid>`;
      const message = {
        ...service.message(randomUUID()),
        singleValueExtendedProperties: [{ id: 'String 0x1042', value }],
      };
      return withDraft(service, message, async (_path, { status }) => {
        const filter = `singleValueExtendedProperties/Any(ep: ep/id eq 'String 0x1042' and ep/value eq '${value}')`;
        return { status, found: (await service.filter(filter, 1)).length };
      });
    },
  },
  {
    rule: "our mark finds a draft by $filter, whatever the mark's case",
    expected: { status: 201, found: 1, inCapitals: 1 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, service.message(mark), async (_path, { status }) => ({
        status,
        found: (await service.find(mark, 1)).length,
        inCapitals: (await service.find(mark.toUpperCase(), 1)).length,
      }));
    },
  },
  {
    rule: 'the immutable id of a draft leads to the sent message, the usual id nowhere; the mark finds it once',
    expected: { sent: 202, immutable: 200, isDraft: false, usual: 404, found: 1 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, service.message(mark), async (path) => {
        const { body } = await service.ask('GET', `${path}?$select=id`);
        const usual = `/messages/${encodeURIComponent(String(property(body, 'id')))}`;
        const { status: sent } = await service.ask('POST', `${path}/send`, { headers: IMMUTABLE });
        const found = await service.find(mark, 1);
        const shown = await service.ask('GET', path, { headers: IMMUTABLE });
        return {
          sent,
          immutable: shown.status,
          isDraft: property(shown.body, 'isDraft') === true,
          usual: (await service.ask('GET', usual)).status,
          found: found.length,
        };
      });
    },
  },
  {
    rule: 'a draft is sent once, whoever sends it again: what exactly-once delivery rests on',
    expected: { first: 202, again: 'refused', found: 1 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, service.message(mark), async (path) => {
        const { status: first } = await service.ask('POST', `${path}/send`, { headers: IMMUTABLE });
        await service.find(mark, 1);
        const { status } = await service.ask('POST', `${path}/send`, { headers: IMMUTABLE });
        const again = status >= 400 && status < 500 ? 'refused' : `${status}`;
        return { first, again, found: (await service.find(mark, 1)).length };
      });
    },
  },
  {
    rule: 'a draft that was deleted is gone, for the search too',
    expected: { before: 1, deleted: 204, shown: 404, found: 0 },
    observe: async (service) => {
      const mark = randomUUID();
      return withDraft(service, service.message(mark), async (path) => {
        const before = await service.find(mark, 1);
        const { status: deleted } = await service.ask('DELETE', path, { headers: IMMUTABLE });
        const { status: shown } = await service.ask('GET', path, { headers: IMMUTABLE });
        return { before: before.length, deleted, shown, found: (await service.find(mark, 0)).length };
      });
    },
  },
  {
    rule: 'a request of 4,000,000 bytes is taken, one of 4,000,001 is not',
    expected: { at: 201, over: 413 },
    observe: async (service) => ({
      at: await statusOfSize(service, 4_000_000),
      over: await statusOfSize(service, 4_000_001),
    }),
  },
];

/** Makes a draft for as long as the work takes, and takes it away again, sent or not. */
export async function withDraft<T>(
  service: LiveService,
  message: object,
  work: (path: string, created: LiveAnswer) => Promise<T>,
): Promise<T> {
  const created = await service.ask('POST', '/messages', { body: message, headers: IMMUTABLE });
  const id = property(created.body, 'id');
  if (typeof id !== 'string') {
    throw new Error(`a draft was answered with ${created.status} ${created.code ?? ''}`);
  }
  try {
    return await work(`/messages/${encodeURIComponent(id)}`, created);
  } finally {
    await remove(service, [{ id }]);
  }
}

async function refusedDraft(service: LiveService, internetMessageHeaders: object[]) {
  const message = { ...service.message(randomUUID()), internetMessageHeaders };
  const created = await service.ask('POST', '/messages', { body: message, headers: IMMUTABLE });
  const id = property(created.body, 'id');
  if (typeof id === 'string') await remove(service, [{ id }]);
  return refusal(created);
}

/** The status of a draft whose request has so many bytes. */
async function statusOfSize(service: LiveService, bytes: number): Promise<number> {
  const message = { ...service.message(randomUUID()), body: { contentType: 'text', content: '' } };
  message.body.content = 'x'.repeat(bytes - JSON.stringify(message).length);
  const { status, body } = await service.ask('POST', '/messages', { body: message, headers: IMMUTABLE });
  const id = property(body, 'id');
  if (typeof id === 'string') await remove(service, [{ id }]);
  return status;
}
