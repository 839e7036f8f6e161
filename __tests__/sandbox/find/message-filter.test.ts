import { runInNewContext } from 'node:vm';
import { createSandbox, type Sandbox, type SandboxMessageQuery } from '../../../src/sandbox';
import { send, TEXT_FILE } from '../support';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({ mailboxes: ['Orders@contoso.example'], now: () => Date.UTC(2026, 4, 1) });
  const person = (address: string, name?: string) => ({ emailAddress: { address, name } });
  await send(sandbox, {
    subject: 'Your order 4711',
    body: { contentType: 'html', content: '<p>Thank you, <b>Ann</b>!</p>' },
    toRecipients: [person('Ann@Example.com', 'Ann Lee'), person('bob@example.com')],
    ccRecipients: [person('cc@example.com')],
    bccRecipients: [person('bcc@example.com')],
    replyTo: [person('support@contoso.example')],
    internetMessageId: '<4711@contoso.example>',
    internetMessageHeaders: [{ name: 'X-Order', value: '4711' }],
    singleValueExtendedProperties: [{ id: 'String 0x1042', value: '<1@contoso.example>' }],
    attachments: [TEXT_FILE],
  });
});

const person = (address: string) => ({ name: '', address });

test.each<[SandboxMessageQuery]>([
  [{}],
  [{ to: 'ann@example.com' }],
  [{ to: 'ann lee' }],
  [{ to: 'Ann Lee <ANN@example.com>' }],
  [{ to: /^bob@/ }],
  [{ to: /lee <ann/i }],
  [{ to: ['bob@example.com', /^ann@/i] }],
  [{ to: expect.stringContaining('bob') }],
  [{ to: expect.objectContaining({ address: 'bob@example.com' }) }],
  [{ to: expect.arrayContaining([person('bob@example.com')]) }],
  [{ to: expect.not.arrayContaining([person('eve@example.com')]) }],
  [{ to: expect.anything(), subject: expect.any(String) }],
  [{ cc: 'cc@example.com', bcc: 'bcc@example.com', replyTo: /support/ }],
  [{ from: 'orders@contoso.example', mailbox: 'orders@CONTOSO.example' }],
  [{ subject: 'Your order 4711' }],
  [{ subject: /order \d+$/g }],
  [{ subject: expect.stringMatching(/order/) }],
  [{ text: 'Thank you, Ann!' }],
  [{ html: '<b>Ann</b>' }],
  [{ header: { 'x-order': '4711' } }],
  [{ header: { 'X-Order': /^\d+$/, Subject: 'Your order 4711', 'in-reply-to': true } }],
  [{ attachment: 'greeting.txt' }],
  [{ attachment: /\.txt$/ }],
  [{ messageId: '<4711@contoso.example>' }],
  [{ messageId: '4711@contoso.example' }],
  [{ route: 'json' }],
  [{ since: new Date(Date.UTC(2026, 4, 1)) }],
  [({ attachments }) => attachments.length === 1],
])('the message is found by %p', (query) => {
  expect(sandbox.latest(query)?.subject).toBe('Your order 4711');
  expect(sandbox.only(query)).toBe(sandbox.messages[0]);
});

test.each<[SandboxMessageQuery]>([
  [{ to: 'nn@example.com' }],
  [{ to: 'Ann' }],
  [{ to: ['ann@example.com', 'eve@example.com'] }],
  [{ to: 'cc@example.com' }],
  [{ to: expect.arrayContaining([person('eve@example.com')]) }],
  [{ from: 'ann@example.com' }],
  [{ subject: 'Your order' }],
  [{ subject: 'your order 4711' }],
  [{ subject: expect.not.stringContaining('order') }],
  [{ text: '<b>' }],
  [{ html: 'Ann!' }],
  [{ header: { 'X-Order': '47' } }],
  [{ header: { 'X-Orders': true } }],
  [{ attachment: 'greeting' }],
  [{ messageId: '4711' }],
  [{ mailbox: 'sales@contoso.example' }],
  [{ route: 'mime' }],
  [{ since: new Date(Date.UTC(2026, 4, 2)) }],
  [{ to: 'ann@example.com', subject: 'Another' }],
  [() => false],
])('the message is not found by %p', (query) => {
  expect(sandbox.latest(query)).toBeUndefined();
});

test('an expression or a time of another realm is one all the same', () => {
  const [subject, since] = runInNewContext('[/order/, new Date(0)]');
  expect(sandbox.latest({ subject, since })?.subject).toBe('Your order 4711');
});

test.each<[object, string]>([
  [{ too: 'x' }, 'Unknown property "too" of a filter. Did you mean "to"? A filter has to, cc, bcc'],
  [{ subjcet: 'x' }, 'Did you mean "subject"?'],
  [{ Subject: 'x' }, 'Did you mean "subject"?'],
  [{ recipient: 'x' }, 'Did you mean "to"?'],
  [{ headers: {} }, 'Did you mean "header"?'],
  [{ colour: 'x' }, 'Unknown property "colour" of a filter. A filter has'],
  [{ to: undefined }, '`to` of the filter is undefined. Leave it out, or give it a value.'],
  [{ to: 4711 }, 'Expected `to` of the filter to be a string, a regular expression or a matcher'],
  [{ to: ['a', 1] }, 'Expected `to` of the filter to be'],
  [{ subject: ['a'] }, 'Expected `subject` of the filter to be'],
  [{ header: 'x' }, 'Expected `header` of the filter to be an object'],
  [{ header: { x: 1 } }, 'Expected `header` of the filter to be an object'],
  [{ since: 'today' }, 'Expected `since` of the filter to be a valid Date'],
  [{ since: new Date(Number.NaN) }, 'Expected `since` of the filter to be a valid Date'],
  [{ route: 'smtp' }, 'Expected `route` of the filter to be json, mime or draft'],
  [[], 'Expected a filter such as'],
  [/order/, 'Expected a filter such as'],
  [Object('x'), 'Unknown property "0"'],
])('the filter %p is refused', (filter, complaint) => {
  expect(() => sandbox.latest(filter)).toThrow(TypeError);
  expect(() => sandbox.latest(filter)).toThrow(complaint);
  expect(() => sandbox.only(filter)).toThrow(complaint);
});

test('an async function is refused: its promise would accept every message', () => {
  const query: unknown = async () => false;
  const isQuery = (value: unknown): value is SandboxMessageQuery => typeof value === 'function';
  if (isQuery(query)) expect(() => sandbox.latest(query)).toThrow('must not be async');
  expect.assertions(1);
});

test('the latest message is the newest one that matches', async () => {
  const several = createSandbox();
  for (const subject of ['One', 'Two', 'Other']) {
    await send(several, { subject, toRecipients: [{ emailAddress: { address: 'ann@example.com' } }] });
  }
  expect(several.latest()?.subject).toBe('Other');
  expect(several.latest({ subject: /^T|^O../ })?.subject).toBe('Other');
  expect(several.latest({ subject: /o$/ })?.subject).toBe('Two');
});

test('only() says which messages there are when none matches, or several do', async () => {
  const several = createSandbox();
  expect(() => several.only()).toThrow(
    'There is no message.\nThe sandbox has no messages.\nIt got no requests either.',
  );
  for (const subject of ['One', 'Two']) {
    await send(several, { subject, toRecipients: [{ emailAddress: { address: 'ann@example.com' } }] });
  }
  expect(() => several.only({ subject: 'Three' })).toThrow(
    'There is no message with subject "Three".\n' +
      'The sandbox has 2 messages, closest first:\n' +
      '  1. "Two" to ann@example.com, from Contoso App <app@contoso.example>\n' +
      '     subject is "Two", not "Three"\n',
  );
  expect(() => several.only({ to: 'ann@example.com' })).toThrow(
    expect.objectContaining({
      name: 'SandboxMessageError',
      code: 'EMANYMESSAGES',
      message: expect.stringMatching(
        /^Expected one message with to "ann@example\.com", and there are 2:\n {2}1\. "One" to .*\n {2}2\. "Two"/,
      ),
      messages: several.messages,
    }),
  );
});
