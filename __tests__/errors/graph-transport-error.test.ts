import { inspect, types } from 'node:util';
import { asSendError, errorCode, fieldOf, outcomeOf } from '../../src/errors/graph-transport-error';
import { GraphTransportError, graphTransport } from '../../src/index';
import { resolveOptions } from '../../src/options/resolve-options';
import { IDENTITY } from '../support/options';

const DETAILS = {
  hint: 'Try again.',
  responseCode: 503,
  graphCode: 'serviceNotAvailable',
  requestId: 'r-1',
  clientRequestId: 'c-1',
  response: '503 serviceNotAvailable',
  draftId: 'AAMk=',
  retryAfter: 1000,
  link: 'https://learn.microsoft.com/graph/errors',
};

test('has only the details that are set as properties of its own', () => {
  const { hint, ...others } = DETAILS;
  const error = new GraphTransportError('ECONFIG', 'It failed.', { hint, responseCode: undefined });
  expect(Object.keys(error)).toEqual(['name', 'code', 'retryable', 'ambiguous', 'permanent', 'hint']);
  for (const name of Object.keys(others)) expect(error).toHaveProperty(name, undefined);
});

test('has all details that are set', () => {
  const error = new GraphTransportError('ECONNECTION', 'It failed.', { ...DETAILS, outcome: 'not-accepted' });
  expect({ ...error }).toEqual({
    name: 'GraphTransportError',
    code: 'ECONNECTION',
    retryable: true,
    permanent: false,
    ambiguous: false,
    ...DETAILS,
  });
});

test('is printed without a row of undefined fields', () => {
  const printed = inspect(failureOf(() => graphTransport({ tenantId: 'common' })));
  expect(printed).toContain("code: 'ECONFIG'");
  expect(printed).not.toContain('undefined');
});

describe('a changed error', () => {
  class OwnError extends GraphTransportError {}
  const cause = new Error('the socket broke');
  const error = new OwnError('ECONNECTION', 'It failed.', { ...DETAILS, outcome: 'not-accepted', cause });

  test('keeps its class, its cause and all that is not changed', () => {
    const changed = error.with({ code: 'ETIMEDOUT', draftId: 'BBMk=' });
    expect(changed).toBeInstanceOf(OwnError);
    expect(types.isNativeError(changed)).toBe(true);
    expect(changed.cause).toBe(cause);
    expect({ ...changed }).toEqual({ ...error, code: 'ETIMEDOUT', draftId: 'BBMk=' });
    expect(changed.message).toBe(error.message);
  });

  test('loses what is changed to undefined, from its message too', () => {
    const changed = error.with({ hint: undefined, link: undefined });
    expect(changed.message).toBe('It failed.');
    expect(Object.keys(changed)).not.toEqual(expect.arrayContaining(['hint']));
    expect(inspect(changed)).not.toContain('undefined');
  });

  test('says what it was made of to no log', () => {
    expect(Object.keys(error)).not.toContain('details');
    expect(JSON.stringify(error.with({ smallPrint: 'Trace ID: 1.' }))).not.toContain('Trace ID');
  });

  test('has the stack of the failure under its own message', () => {
    const first = failedHere();
    const [header = '', ...places] = first.stack?.split('\n') ?? [];
    const changed = first.with({ before: 'Sorry: ' }).with({ hint: 'Wait.' });
    expect(places[0]).toMatch(/failedHere/);
    const itsOwn = header.replace('It failed.', 'Sorry: It failed. Wait.');
    expect(changed.stack?.split('\n')).toEqual([itsOwn, ...places]);
    changed.stack = 'mine';
    expect(changed.stack).toBe('mine');
    changed.stack = 'yours';
    expect(changed.stack).toBe('yours');
    expect(Object.keys(changed)).not.toContain('stack');
  });

  test('has a stack even if the original has none', () => {
    const original = failedHere();
    original.stack = 'of another failure';
    expect(original.with({ hint: 'Wait.' }).stack).toBe('GraphTransportError: It failed. Wait.');
  });

  test('does not have its stack written out before someone reads it', () => {
    const written = jest.fn(() => 'stack');
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = written;
    try {
      failedHere().with({ hint: 'Wait.' }).with({ draftId: 'BBMk=' });
      expect(written).not.toHaveBeenCalled();
    } finally {
      if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
      else Reflect.deleteProperty(Error, 'prepareStackTrace');
    }
  });
});

function failedHere(): GraphTransportError {
  return new GraphTransportError('EAUTH', 'It failed.');
}

test('names the three ways to set an option that is missing, and only then', () => {
  const missing = failureOf(() => resolveOptions({}, {}));
  expect(missing).toMatchObject({ code: 'ECONFIG', hint: expect.stringMatching(/as an option in code/) });
  expect(missing.message).toMatch(/option tenantId or environment variable AZURE_TENANT_ID/);
  expect(missing.message).toMatch(
    /as an environment variable, or in a \.env file.*node --env-file=\.env app\.js/,
  );
  const wrong = failureOf(() => resolveOptions({ ...IDENTITY, tenantId: 'common' }, {}));
  expect(wrong.message).not.toContain('.env');
});

function failureOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}

describe('any other error', () => {
  test.each([new Error('read ECONNRESET'), new Error('no recipients')])('keeps its code: %s', (error) => {
    const coded = Object.assign(error, { code: 'ECONNRESET' });
    expect(asSendError(coded)).toBe(coded);
  });

  test.each([
    ['without a code', new Error('disk gone'), 'disk gone'],
    ['whose code is a number', Object.assign(new Error('disk gone'), { code: 5 }), 'disk gone'],
    ['that is no error', 'disk gone', 'disk gone'],
    ['that is nothing', null, 'null'],
  ])('%s is one about the message', (_what, error, said) => {
    expect(asSendError(error)).toMatchObject({
      code: 'EMESSAGE',
      message: `The message cannot be sent: ${said}.`,
      permanent: true,
      cause: expect.objectContaining({ message: said }),
    });
  });

  test.each([
    [new GraphTransportError('ETIMEDOUT', 'It failed.', { outcome: 'unknown' }), 'unknown'],
    [new GraphTransportError('ETIMEDOUT', 'It failed.'), 'refused'],
    [Object.assign(new Error('It failed.'), { details: { outcome: 'unknown' } }), 'refused'],
    [undefined, 'refused'],
  ])('is final unless ours says otherwise: %s', (error, outcome) => {
    expect(outcomeOf(error)).toBe(outcome);
  });

  test.each([
    ['an error', failureWith('EPIPE'), 'EPIPE'],
    ['what only looks like an error', { code: 'EPIPE' }, 'EPIPE'],
    ['a code that is a number', failureWith(32), undefined],
    ['an error without a code', new Error('it broke'), undefined],
    ['nothing', null, undefined],
    ['text', 'EPIPE', undefined],
  ])('has its code read whatever it is: %s', (_what, error, code) => {
    expect(errorCode(error)).toBe(code);
  });
});

function failureWith(code: unknown): Error {
  return Object.assign(new Error('it broke'), { code });
}

test.each<[string, unknown, unknown]>([
  ['an error', Object.assign(new Error('no'), { responseCode: 550 }), 550],
  ['an object that is no error', { responseCode: 421 }, 421],
  ['an error without it', new Error('no'), undefined],
  ['a text', 'no', undefined],
  ['null', null, undefined],
  ['nothing', undefined, undefined],
])('reads a field of whatever another transport throws: %s', (_what, thrown, value) => {
  expect(fieldOf(thrown, 'responseCode')).toBe(value);
});
