import { GraphTransportError } from '../../src/errors/graph-transport-error';

test('says first what failed, then what to do, and last what only support reads', () => {
  const error = new GraphTransportError('EAUTH', 'No token.', {
    smallPrint: 'Trace ID: 1.',
    hint: 'Ask again.',
    link: 'https://learn.microsoft.com/entra',
  });
  const message = 'No token. Ask again. See https://learn.microsoft.com/entra Trace ID: 1.';
  expect(error.message).toBe(message);
  expect(error.with({ before: 'Sorry: ' }).message).toBe(`Sorry: ${message}`);
  expect(error.with({ hint: 'Wait.' }).message).toBe(message.replace('Ask again.', 'Wait.'));
});

test.each([true, false])('an error with something changed waits for the same reason: %s', (isOwn) => {
  const error = new GraphTransportError('ETIMEDOUT', 'Slow down.', { retryAfter: 30_000, isOwnWait: isOwn });
  expect(error.details.isOwnWait).toBe(isOwn);
  const altered = error.with({ hint: 'Wait.' });
  expect([altered.details.isOwnWait, altered.retryAfter]).toEqual([isOwn, 30_000]);
  expect(JSON.stringify(altered)).not.toMatch(/isOwnWait|smallPrint/);
});

test.each([
  ['EMESSAGE', 'refused', true],
  ['EAUTH', undefined, true],
  ['ECONNECTION', 'not-accepted', false],
  ['ETIMEDOUT', 'unknown', undefined],
  ['EABORT', 'refused', undefined],
  ['EABORT', 'unknown', undefined],
  ['EABORT', 'not-accepted', false],
] as const)('%s with the outcome %s is permanent: %s', (code, outcome, permanent) => {
  const error = new GraphTransportError(code, 'It failed.', { outcome });
  expect(error.permanent).toBe(permanent);
  expect(Object.keys(error).includes('permanent')).toBe(permanent !== undefined);
  expect(error.with({ hint: 'Wait.' }).permanent).toBe(permanent);
});
