import { isGone, isPassing } from '../../src/delivery/passing-state';
import { GraphTransportError } from '../../src/errors/graph-transport-error';

const answered = (responseCode: number | undefined, graphCode?: string) =>
  new GraphTransportError('EMESSAGE', 'Graph did not accept it.', { responseCode, graphCode });

test.each([
  [412, undefined],
  [412, 'ErrorIrresolvableConflict'],
  [412, 'SomethingNew'],
  [409, 'ErrorIrresolvableConflict'],
  [404, undefined],
  [404, 'ErrorItemNotFound'],
  [404, 'UnknownError'],
  [404, 'ErrorNonExistentMailbox'],
  [400, 'ErrorNonExistentMailbox'],
  [400, 'nonExistent Mailbox'],
])('%s %s passes, before and after there is a draft', (status, code) => {
  expect(isPassing(answered(status, code))).toBe(true);
  expect(isPassing(answered(status, code), 'mailbox')).toBe(true);
});

test.each([
  'ErrorInvalidUser',
  'ResourceNotFound',
  'Request_ResourceNotFound',
  'MailboxNotEnabledForRESTAPI',
])('404 %s passes where there is a draft, and is a wrong mailbox where there is none', (code) => {
  expect(isPassing(answered(404, code))).toBe(true);
  expect(isPassing(answered(404, code), 'mailbox')).toBe(false);
});

test.each([
  [400, 'ErrorInvalidRequest'],
  [403, 'ErrorAccessDenied'],
  [401, undefined],
  [408, undefined],
  [408, 'ErrorNonExistentMailbox'],
  [429, undefined],
  [500, 'ErrorIrresolvableConflict'],
  [503, 'ErrorNonExistentMailbox'],
  [undefined, 'ErrorNonExistentMailbox'],
])('%s %s is no such state', (status, code) => {
  expect(isPassing(answered(status, code))).toBe(false);
});

test.each([
  [404, undefined, true],
  [404, 'ErrorItemNotFound', true],
  [400, 'ErrorCannotDeleteObject', true],
  [409, 'cannotDeleteObject', true],
  [404, 'ErrorNonExistentMailbox', false],
  [412, 'ErrorIrresolvableConflict', false],
  [500, 'ErrorCannotDeleteObject', false],
  [410, undefined, false],
])('that a message is gone by %s %s is %s', (status, code, gone) => {
  expect(isGone(answered(status, code))).toBe(gone);
});

test('an error of somebody else is neither', () => {
  const error = Object.assign(new Error('no'), { responseCode: 404 });
  expect([isPassing(error), isGone(error)]).toEqual([false, false]);
});
