import { randomUUID } from 'node:crypto';
import { hasMessageId, messageMark } from '../delivery/message-mark';
import { property } from '../graph/answer-error';
import { type LiveCheck, NotObserved } from './live-check';
import type { LiveService } from './live-service';
import { remove, withDraft } from './with-draft';

/** PS_INTERNET_HEADERS, of [MS-OXPROPS] 1.3.2. */
const INTERNET_HEADERS = '{00020386-0000-0000-C000-000000000046}';
const FIVE = [1, 2, 3, 4, 5].map((n) => ({ name: `x-live-check-${n}`, value: `${n}` }));
const SIXTH = { name: 'x-live-check-6', value: '6' };
const LIST_ID = { name: 'list-id', value: '<live-check.invalid>' };

/** What arrives of a message. Messages that are too large for MIME rely on this for their headers. */
export const ARRIVAL_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'a named property of PS_INTERNET_HEADERS on a draft becomes a header of the message that arrives, even a sixth x- header',
    shows: ['named-headers-on-the-wire'],
    expected: { sent: 202, arrived: true, five: 'kept kept kept kept kept', named: 'kept', sixth: 'kept' },
    observe: async (service) => {
      const address = ownAddress(service);
      const messageId = `<${randomUUID()}@live-check.invalid>`;
      const mark = randomUUID();
      const named = [LIST_ID, SIXTH].map(({ name, value }) => ({
        id: `String ${INTERNET_HEADERS} Name ${name}`,
        value,
      }));
      const extras = {
        internetMessageId: messageId,
        toRecipients: [{ emailAddress: { address } }],
        internetMessageHeaders: FIVE,
        singleValueExtendedProperties: [messageMark(mark), ...named],
      };
      const work = async (path: string) => {
        const { status: sent } = await service.ask('POST', `${path}/send`);
        try {
          const [arrived] = await service.filter(hasMessageId(messageId), 1, 'inbox');
          const headers = arrived === undefined ? [] : await headersOf(service, arrived.id);
          return {
            sent,
            arrived: arrived !== undefined,
            five: FIVE.map((header) => stateOf(headers, header)).join(' '),
            named: stateOf(headers, LIST_ID),
            sixth: stateOf(headers, SIXTH),
          };
        } finally {
          // One in Inbox, one in Sent Items.
          await remove(service, await service.filter(hasMessageId(messageId), 2));
        }
      };
      return withDraft(service, mark, work, extras);
    },
  },
];

/** An address that the mailbox receives mail at. */
function ownAddress({ userId, alias }: LiveService): string {
  const address = userId.includes('@') ? userId : alias;
  if (address === undefined)
    throw new NotObserved('GRAPH_USER_ID is an object id, and LIVE_ALIAS is not set');
  return address;
}

async function headersOf(service: LiveService, id: string): Promise<unknown[]> {
  const path = `/messages/${encodeURIComponent(id)}?$select=internetMessageHeaders`;
  const { body } = await service.ask('GET', path);
  const headers = property(body, 'internetMessageHeaders');
  return Array.isArray(headers) ? headers : [];
}

function stateOf(headers: readonly unknown[], wanted: { name: string; value: string }): string {
  const found = headers.find((header) => String(property(header, 'name')).toLowerCase() === wanted.name);
  if (found === undefined) return 'missing';
  return property(found, 'value') === wanted.value ? 'kept' : 'changed';
}
