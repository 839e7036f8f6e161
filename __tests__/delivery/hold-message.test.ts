import type { DraftMessage } from '../../src/delivery/draft-content';
import { DraftLedger } from '../../src/delivery/draft-ledger';
import { holdMessage, type InOutbox } from '../../src/delivery/hold-message';
import { MailboxSearch } from '../../src/delivery/mailbox-search';
import { plainJson } from '../../src/delivery/request-bodies';
import type { SentItem } from '../../src/delivery/sent-info';
import { type Fate, type Reply, scriptedRequests } from '../support/scripted-requests';

const SEND_AT = new Date('2030-05-01T08:00:00Z');
const SUBMITTED = '4';
const message: DraftMessage = {
  userId: 'app',
  content: { contentType: 'application/json', body: plainJson({}), isMime: false, added: [] },
  marks: { draft: 'mark', message: 'job' },
  messageId: '<reminder@contoso.example>',
  searchLagMs: undefined,
  reply: undefined,
  bytes: 100,
  onProgress: () => undefined,
};
const copy: SentItem = { id: 'copy', conversationId: 'conversation', webLink: undefined };

/** What Graph shows of a message in Outbox. */
const shown = (flags = '8', time: Date | null = SEND_AT): Reply => ({
  status: 200,
  body: {
    id: 'held',
    singleValueExtendedProperties: [
      { id: 'Integer 0xe07', value: flags },
      ...(time ? [{ id: 'SystemTime 0x3fef', value: time.toISOString() }] : []),
    ],
  },
});
const sentAt = (date: Date): Reply => ({ status: 202, headers: { date: date.toUTCString() } });
const refused: Reply = { status: 403, body: { error: { code: 'ErrorAccessDenied', message: 'No.' } } };
const gone: Reply = { status: 404, body: { error: { code: 'ErrorItemNotFound', message: 'No.' } } };

interface World {
  /** What the mailbox shows, time after time. */
  reads?: Fate[];
  send?: Fate;
  found?: SentItem;
  place?: Partial<InOutbox>;
}

async function hold({ reads = [], send = { status: 202 }, found, place }: World) {
  let searches = 0;
  const left = [...reads];
  const { requests, seen } = scriptedRequests(({ method }) =>
    method === 'GET' ? (left.shift() ?? gone) : send,
  );
  const ledger = new DraftLedger(requests, message, new MailboxSearch(requests, 'app'));
  const inOutbox = { id: 'held', conversationId: 'conversation', isFound: false, ...place };
  const outcome = await holdMessage(
    { requests, message, ledger, search: ledgerSearch(requests) },
    inOutbox,
    async () => {
      searches++;
      return found;
    },
  ).then(
    (sent) => ({ sent, error: undefined }),
    (error: unknown) => ({ sent: undefined, error }),
  );
  const steps = seen.map(({ method, path }) => (path.includes('/send') ? 'send' : method));
  return { ...outcome, steps, searches };
}
const ledgerSearch = (requests: ConstructorParameters<typeof MailboxSearch>[0]) =>
  new MailboxSearch(requests, 'app');

test('our own message in Outbox is sent without asking what is known of it', async () => {
  const { sent, steps } = await hold({ send: sentAt(new Date('2030-01-01')) });
  expect(steps).toEqual(['send']);
  expect(sent).toMatchObject({ response: '202 Accepted', deduplicated: false });
  expect(sent).not.toHaveProperty('heldUntil');
});

test('a message that another process has had sent is not sent again', async () => {
  const { sent, steps } = await hold({ reads: [shown(SUBMITTED)], place: { isFound: true } });
  expect(steps).toEqual(['GET']);
  expect(sent).toMatchObject({
    response: 'Scheduled before, as the mailbox says',
    deduplicated: true,
    heldUntil: SEND_AT,
    sentItem: { id: undefined, conversationId: 'conversation' },
  });
});

test('nor is one whose time was read before, when it was moved', async () => {
  const schedule = { sendAt: undefined, isSubmitted: true };
  const { sent, steps } = await hold({ place: { schedule } });
  expect(steps).toEqual([]);
  expect(sent).toMatchObject({ response: 'Sent before, as the mailbox says', heldUntil: undefined });
});

test.each<[string, Date | null, Date, Date | undefined]>([
  ['before its time is held until then', SEND_AT, new Date('2030-04-30T08:00:00Z'), SEND_AT],
  ['at its time goes at once', SEND_AT, SEND_AT, undefined],
  ['after its time goes at once', SEND_AT, new Date('2030-05-02T08:00:00Z'), undefined],
  ['that has no time goes at once', null, new Date('2030-04-30T08:00:00Z'), undefined],
])("another process's message that is sent %s", async (_, time, answered, heldUntil) => {
  const { sent, steps } = await hold({
    reads: [shown('8', time)],
    send: sentAt(answered),
    place: { isFound: true },
  });
  expect(steps).toEqual(['GET', 'send']);
  expect(sent).toMatchObject({ response: '202 Accepted', answeredAt: answered.getTime() });
  expect(sent?.heldUntil).toEqual(heldUntil);
});

test('without the time of the answer, a message counts as held until its time', async () => {
  const { sent } = await hold({ reads: [shown()], place: { isFound: true } });
  expect(sent?.heldUntil).toEqual(SEND_AT);
});

test('a message whose time cannot be read is sent all the same', async () => {
  const { sent, steps } = await hold({ reads: [refused], place: { isFound: true } });
  expect(steps).toEqual(['GET', 'send']);
  expect(sent).toMatchObject({ response: '202 Accepted' });
});

describe('when the request to send it fails', () => {
  test('it is repeated, since Exchange only holds the message', async () => {
    const { steps } = await hold({ send: 'lost', reads: [shown(SUBMITTED)] });
    expect(steps).toEqual(['send', 'send', 'send', 'GET']);
  });

  test('the mailbox may show that it is held', async () => {
    const { sent, searches } = await hold({ send: 'lost', reads: [shown(SUBMITTED)] });
    expect(sent).toMatchObject({
      response: 'Scheduled, as the mailbox says',
      deduplicated: false,
      heldUntil: SEND_AT,
      sentItem: { conversationId: 'conversation' },
    });
    expect(searches).toBe(0);
  });

  test.each<[string, Fate]>([
    ['its answer is lost', 'lost'],
    ['it is not found', gone],
  ])('and %s, its copy shows that it was sent', async (_, send) => {
    const { sent } = await hold({ send, found: copy });
    expect(sent).toMatchObject({ response: 'Sent, as the mailbox says', sentItem: copy });
  });

  test.each<[string, Fate]>([
    ['its answer is lost', 'lost'],
    ['it is not found', gone],
  ])('and %s, without a copy it is not known to be held', async (_, send) => {
    const { error, searches } = await hold({ send, reads: [shown('8')] });
    expect(error).toMatchObject({ name: 'GraphTransportError' });
    expect(searches).toBe(1);
  });

  test('because it is refused, no copy is looked for', async () => {
    const { error, searches } = await hold({ send: refused, reads: [shown('8')], found: copy });
    expect(error).toMatchObject({ responseCode: 403 });
    expect(searches).toBe(0);
  });
});
