import { EXCHANGE_CODES, hintOf } from '../../src/bounces/exchange-codes';
import { kindOf, statusOf } from '../../src/bounces/kind';

const failure = (diagnostic: string, field = '') =>
  kindOf({ action: 'failed', status: statusOf(field, diagnostic), diagnostic });

test.each([
  '550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown',
  '550 5.1.1 <spam@example.com>: Recipient address rejected: User unknown',
  '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
  '550 5.4.1 Recipient address rejected: Access denied',
  '550 5.4.310 DNS domain does not exist',
  '550 5.5.0 Requested action not taken: mailbox unavailable',
  '550 5.7.1 Unable to relay',
  '550 5.7.124 RESOLVER.RST.SenderNotInAllowedSenders',
  '550 5.7.505 Access denied, banned recipient',
  '550 No such user here',
])('is hard given %s', (diagnostic) => {
  expect(failure(diagnostic)).toBe('hard');
});

test.each([
  '550 5.1.8 Access denied, bad outbound sender',
  '550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus',
  '550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy',
  '550-5.7.26 This mail has been blocked because the sender is unauthenticated',
  '550 5.7.509 Access denied, sending domain does not pass DMARC verification',
  '550 5.7.606 Access denied, banned sending IP',
  '554 Email rejected due to security policies',
  '552 5.7.0 Virus found in the message',
])('is filtered given %s', (diagnostic) => {
  expect(failure(diagnostic)).toBe('filtered');
});

test.each([
  '552 5.2.2 Mailbox full',
  '550 5.2.2 Submission quota exceeded',
  '552 5.3.4 Message too big for system',
  '550 5.4.316 Message expired, connection refused',
  '550 5.7.236 over the limit of external recipients',
  '550 4.4.7 QUEUE.Expired; message expired',
  '421 4.7.0 Try again later',
  '550 The user is over quota',
  'nothing that tells anything',
])('is soft given %s', (diagnostic) => {
  expect(failure(diagnostic)).toBe('soft');
});

test.each([
  ['delayed', 'delayed', '5.1.1'],
  ['delivered', 'delivered', '5.1.1'],
  ['relayed', 'relayed', '5.0.0'],
  ['delivered', '', '2.0.0'],
  ['delayed', '', '4.4.1'],
  ['soft', 'failed', '2.0.0'],
])('is %s, never hard, given the action "%s" and the status %s', (kind, action, status) => {
  expect(kindOf({ action, status, diagnostic: '550 5.1.1 no such user' })).toBe(kind);
});

test('is unknown given neither an action nor a status', () => {
  expect(kindOf({ action: '', status: undefined, diagnostic: 'hello' })).toBeUndefined();
});

test.each([
  ['the field', '5.1.1 (unknown)', 'smtp; 550 5.2.2 full', '5.1.1'],
  ['the words, where the field tells only the class', '5.0.0', '550 5.1.1 unknown', '5.1.1'],
  ['the field, where the words have another class', '4.0.0', '550 5.1.1 unknown', '4.0.0'],
  ['the words without a field', '', '550-5.7.1 blocked', '5.7.1'],
  ['a field with blanks in it', '5. 1. 1', '', '5.1.1'],
  ['a field that has a reply', '550', '', '5.0.0'],
  ['a number sign', '', 'Sorry, no mailbox here by that name. (#5.1.1)', '5.1.1'],
  ['the class of the reply', '', '550 No such user', '5.0.0'],
  ['no address of four numbers', '', 'connect to 5.1.1.10 failed', undefined],
  ['no version', '', 'Postfix 2.11.3 says no', undefined],
])('takes the status from %s', (_, field, diagnostic, status) => {
  expect(statusOf(field, diagnostic)).toBe(status);
});

test.each([
  ...['5.1.1', '5.1.10', '5.1.8', '5.1.90', '5.1.92', '5.2.2', '5.2.3', '5.4.1', '5.4.6', '5.4.14', '5.7.1'],
  ...[
    '5.7.124',
    '5.7.133',
    '5.7.134',
    '5.7.136',
    '5.7.23',
    '5.7.236',
    '5.7.360',
    '5.7.708',
    '5.7.750',
    '4.4.7',
  ],
])('has a hint for %s', (status) => {
  expect(hintOf(status, '')).toMatch(/\.$/);
});

test('tells the two meanings of 5.2.2 apart', () => {
  expect(hintOf('5.2.2', '550 5.2.2 STOREDRV.Submit; Submission quota exceeded')).toMatch(/sending mailbox/);
  expect(hintOf('5.2.2', '554 5.2.2 mailbox full')).toMatch(/mailbox is full/);
});

test('has each row in reach: none stands behind one that takes its code', () => {
  for (const { code, words, hint } of EXCHANGE_CODES) {
    const first = typeof code === 'string' ? code : code[0];
    if (!words) expect([first, hintOf(first, '')]).toEqual([first, hint]);
  }
});

test('has no hint for a code that Exchange does not explain', () => {
  expect(hintOf('5.9.9', '')).toBeUndefined();
  expect(hintOf(undefined, '')).toBeUndefined();
});
