import { LongAnswerError } from '../../src/auth/azure-http-client';
import { toTokenError } from '../../src/auth/token-error';
import { GraphTransportError } from '../../src/errors/graph-transport-error';

const ENTRA = 'https://login.example';
const answer = (status: number, more = {}) => ({
  status,
  requestId: 'r-1',
  retryAfter: undefined,
  ...more,
});

test('an error that already says what it means stays as it is', () => {
  const error = new GraphTransportError('EABORT', 'The send was aborted.');
  expect(toTokenError(error, ENTRA)).toBe(error);
});

test('Entra that cannot be reached is a connection failure: nothing was sent', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(toTokenError(new Error('network_error'), ENTRA, { last: { error } })).toMatchObject({
    code: 'ECONNECTION',
    message: expect.stringContaining(`No answer from ${ENTRA}: connect ECONNREFUSED`),
    hint: expect.stringContaining('Check DNS'),
    retryable: true,
  });
});

test('an answer that is far too long does not come from Entra', () => {
  const last = { error: new LongAnswerError() };
  expect(toTokenError(new Error('network_error'), ENTRA, { last })).toMatchObject({
    hint: expect.stringMatching(/not one of Entra's: check authorityHost/),
    retryable: true,
  });
});

test('what Entra has said counts, even if a connection failed after it', () => {
  const refusal = new Error('invalid_client: AADSTS7000215: Invalid client secret provided.');
  expect(toTokenError(refusal, ENTRA, { last: { error: new Error('socket hang up') } })).toMatchObject({
    code: 'EAUTH',
    graphCode: 'AADSTS7000215',
  });
});

describe.each([408, 429, 500, 502, 503, 504])('Entra that answers %i', (status) => {
  const error = toTokenError(new Error('invalid_response'), ENTRA, { last: answer(status) });

  test('is out of order, and nothing was sent', () => {
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringContaining(`Entra is out of order: ${ENTRA} answered ${status}.`),
      hint: 'Nothing was sent: try again later.',
      responseCode: status,
      response: String(status),
      requestId: 'r-1',
      retryable: true,
    });
  });

  test(status === 429 ? 'is given half a minute, for it throttles' : 'may be asked again at once', () => {
    const waits = status === 429;
    expect([error.retryAfter, error.details.isOwnWait]).toEqual([waits ? 30_000 : undefined, waits]);
  });

  test('is asked again when it says', () => {
    const last = answer(status, { retryAfter: '7' });
    const waiting = toTokenError(new Error('invalid_response'), ENTRA, { last });
    expect([waiting.retryAfter, waiting.details.isOwnWait]).toEqual([7000, false]);
  });
});

test.each([
  [200, true, true],
  [299, true, true],
  [300, false, true],
  [302, false, true],
  [399, false, true],
  [400, false, false],
  [404, false, false],
])('an answer %i that is no token: asked again %s, blames authorityHost %s', (status, retryable, isHost) => {
  const error = toTokenError(new Error('not JSON'), ENTRA, { last: answer(status) });
  expect(error).toMatchObject({
    code: 'EAUTH',
    message: expect.stringContaining(`No token from ${ENTRA}: not JSON.`),
    responseCode: status,
    retryable,
    retryAfter: undefined,
  });
  expect(error.hint).toEqual(isHost ? expect.stringContaining('check authorityHost') : undefined);
});

test('a credential of the app that fails is final, in its own words', () => {
  expect(toTokenError('vault is sealed', 'the credential')).toMatchObject({
    code: 'EAUTH',
    message: 'No token from the credential: vault is sealed.',
    hint: undefined,
    permanent: true,
    cause: expect.objectContaining({ message: 'vault is sealed' }),
  });
});

test('a refusal that is not known is quoted from its code on', () => {
  const error = new Error('400 - invalid_request: AADSTS999999999: Something new');
  expect(toTokenError(error, ENTRA, { last: answer(400) })).toMatchObject({
    code: 'EAUTH',
    graphCode: 'AADSTS999999999',
    message: `No token from ${ENTRA}: AADSTS999999999: Something new.`,
    response: 'AADSTS999999999: Something new',
    hint: undefined,
    permanent: true,
  });
});

test.each([
  [503, undefined],
  [429, 30_000],
])('a refusal that is not known may pass if the answer says so: %i', (status, retryAfter) => {
  const error = new Error('AADSTS999999999: Something new.');
  expect(toTokenError(error, ENTRA, { last: answer(status) })).toMatchObject({ retryable: true, retryAfter });
});

test('a trouble of Entra that passes is worth another try without an answer to go by', () => {
  const error = toTokenError(new Error('AADSTS90033: A transient error has occurred.'), ENTRA);
  expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true, graphCode: 'AADSTS90033' });
});

test('a known refusal says what to do first, and what Entra says last', () => {
  const said = 'AADSTS7000215: Invalid client secret provided';
  const error = toTokenError(new Error(`invalid_client: ${said}`), ENTRA, { last: answer(401) });
  expect(error.message).toMatch(new RegExp(`^No token from ${ENTRA}: AADSTS7000215\\. .*See https://learn`));
  expect(error.message).toMatch(/Entra says: Invalid client secret provided\.$/);
  expect(error).toMatchObject({ responseCode: 401, requestId: 'r-1', permanent: true });
});

test('the ids that support asks for are named once, after the sentence', () => {
  const ids = 'Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-01-02 03:04:05Z';
  const said = `AADSTS999999999: Something\r\n  new. ${ids} - Correlation ID: c-1 - Trace ID: t-1`;
  expect(toTokenError(new Error(said), ENTRA).response).toBe(`AADSTS999999999: Something new. ${ids}`);
});

test('of two ids of one kind, the first is that of the refusal; a time may come without a zone', () => {
  const said =
    ' AADSTS999999999: No. Correlation ID: c-1 Timestamp: 2026-01-02 03:04:05 - Correlation ID: c-2 ';
  expect(toTokenError(new Error(said), ENTRA).response).toBe(
    'AADSTS999999999: No. Correlation ID: c-1 Timestamp: 2026-01-02 03:04:05',
  );
});

test('white space around what a credential says is left out', () => {
  expect(toTokenError(new Error('\n vault is sealed \n'), 'the credential').response).toBe('vault is sealed');
});

test('a refusal that is final names no time to wait, even with 429', () => {
  const error = new Error('AADSTS7000215: Invalid client secret provided.');
  expect(toTokenError(error, ENTRA, { last: answer(429) })).toMatchObject({
    permanent: true,
    retryAfter: undefined,
  });
});

test('a long text is cut, after its secrets were struck out', () => {
  const secret = 'hunter2-hunter2';
  const strike = (text: string) => text.replaceAll(secret, '[secret]');
  const text = (length: number) => toTokenError(new Error('x'.repeat(length)), ENTRA).response;
  expect(text(2000)).toBe('x'.repeat(2000));
  expect(text(2001)).toBe(`${'x'.repeat(2000)}…`);
  const leaky = new Error(`${'x'.repeat(1990)}${secret}`);
  expect(toTokenError(leaky, ENTRA, { strike }).response).toBe(`${'x'.repeat(1990)}[secret]`);
});
