import type { RouteDecision } from '../../src/delivery/choose-route';
import { droppedByGraph, reasonOf, recipientsOf } from '../../src/delivery/sent';

const message = {
  from: { emailAddress: { address: 'shop@contoso.example' } },
  sender: { emailAddress: { address: 'office@contoso.example' } },
};
const dropped = (returnPath: string | false) => droppedByGraph(returnPath, message, 'app@contoso.example');

test.each([
  ['is missing', false],
  ['is empty', ''],
  ['is the From', 'shop@contoso.example'],
  ['is the Sender', 'office@contoso.example'],
  ['is the mailbox', 'app@contoso.example'],
  ['is the From in another spelling', 'Shop@CONTOSO.example'],
] as const)('an envelope sender that %s is not listed as dropped', (_, returnPath) => {
  expect(dropped(returnPath)).toEqual([]);
});

test('an envelope sender that is nobody in the message is listed as dropped', () => {
  expect(dropped('bounces@contoso.example')).toEqual(['envelope sender bounces@contoso.example']);
});

test('without a From in the message only the mailbox itself is no other sender', () => {
  expect(droppedByGraph('app@contoso.example', {}, 'app@contoso.example')).toEqual([]);
  expect(droppedByGraph('b@contoso.example', {}, 'app@contoso.example')).toHaveLength(1);
});

describe('the reason for a route', () => {
  const reason = (
    because: RouteDecision['because'],
    more: { route?: 'json' | 'mime' | 'draft'; named?: string[] } = {},
  ) => reasonOf({ because, route: 'json', dropped: [], ...more }, 'a calendar', () => 5_000_000);

  test('is told in words', () => {
    expect(reason('whole')).toBe('JSON carries it whole');
    expect(reason('format', { route: 'mime' })).toBe('format is mime');
    expect(reason('delivery')).toBe('delivery is exactly-once');
    expect(reason('size')).toBe('size: 5000000 bytes as one request of JSON');
    expect(reason('reply', { route: 'draft' })).toBe('a reply in its conversation');
    expect(reason('schedule', { route: 'draft' })).toBe('sendAt: Exchange holds only drafts');
    expect(reason('invitation')).toBe('invitation: JSON cannot carry a calendar');
  });

  test('names the headers that go as named properties', () => {
    expect(reason('size', { named: ['Auto-Submitted', 'Precedence'] })).toBe(
      'size: 5000000 bytes as one request of JSON; as named properties, by [MS-OXCMAIL] 2.1.3.2.4 and not tried: Auto-Submitted, Precedence',
    );
    expect(reason('schedule', { named: ['Precedence'] })).toBe(
      'sendAt: Exchange holds only drafts; as named properties, by [MS-OXCMAIL] 2.1.3.2.4 and not tried: Precedence',
    );
  });
});

describe('the recipients of a message', () => {
  const list = (...addresses: (string | undefined)[]) =>
    addresses.map((address) => ({ emailAddress: address === undefined ? {} : { address } }));

  test('are those of to, cc and bcc, each once and as it is spelled first', () => {
    expect(
      recipientsOf({
        toRecipients: list('Ann@Example.com', 'bob@example.com'),
        ccRecipients: list('ann@example.com', undefined),
        bccRecipients: list('eve@example.com', 'bob@EXAMPLE.com'),
      }),
    ).toEqual(['Ann@Example.com', 'bob@example.com', 'eve@example.com']);
  });

  test('are none if there are no lists, or empty ones', () => {
    expect(recipientsOf({})).toEqual([]);
    expect(recipientsOf({ toRecipients: [{}], ccRecipients: null })).toEqual([]);
  });
});
