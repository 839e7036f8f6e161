import { inspect } from 'node:util';
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
