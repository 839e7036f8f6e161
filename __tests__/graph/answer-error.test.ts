import { type GraphAnswer, toAnswerError } from '../../src/graph/answer-error';

function errorOf(answer: Partial<GraphAnswer>, strike?: (text: string) => string) {
  const whole = {
    status: 400,
    body: '',
    requestId: undefined,
    clientRequestId: undefined,
    retryAfter: undefined,
  };
  return toAnswerError({ ...whole, ...answer }, 'the message', strike);
}
const saying = (code: unknown, message: unknown = 'No.', innerError?: object) =>
  JSON.stringify({ error: { code, message, innerError } });

test('says what was not accepted, with status, code, sentence and request id', () => {
  const error = errorOf({
    body: saying('ErrorInvalidRequest', 'It is not valid.'),
    requestId: 'id-1',
    clientRequestId: 'id-2',
  });
  expect(error.message).toMatch(
    /^Graph did not accept the message: 400 ErrorInvalidRequest It is not valid \(request-id id-1\)\./,
  );
  expect(error).toMatchObject({
    response: '400 ErrorInvalidRequest It is not valid',
    requestId: 'id-1',
    clientRequestId: 'id-2',
  });
});

test('says nothing of what is missing', () => {
  const error = errorOf({ status: 418 });
  expect(error.message).toMatch(/^Graph did not accept the message: 418\. /);
  expect(error).toMatchObject({ response: '418', graphCode: undefined, requestId: undefined });
});

test.each([
  ['a page', '<html>Bad gateway</html>'],
  ['nothing', ''],
  ['an error without code and message', '{"error":{"target":"x"}}'],
  ['an error that is a text', '{"error":"invalid_client"}'],
  ['code and message that are no texts', saying(17, { lang: 'en' })],
])('takes %s for no answer of Graph, and asks for a proxy', (_, body) => {
  const error = errorOf({ status: 418, body });
  expect(error.graphCode).toBeUndefined();
  expect(error.hint).toContain('proxy or gateway');
});

test.each([
  ['only a code', saying('Odd', undefined), 'Odd'],
  ['only a sentence', JSON.stringify({ error: { message: 'Odd.' } }), undefined],
])('takes %s for an answer of Graph', (_, body, graphCode) => {
  const error = errorOf({ status: 418, body });
  expect(error.graphCode).toBe(graphCode);
  expect(error.hint).toBeUndefined();
});

test.each([
  [401, /application permission Mail\.Send/],
  [403, /application permission Mail\.Send/],
  [404, /object id or the user principal name/],
])('advises what usually helps after %s, if the code says nothing', (status, hint) => {
  const error = errorOf({ status, body: saying('SomethingNew') });
  expect(error.hint).toMatch(hint);
  expect(error.link).toMatch(/^https:/);
});

test('advises nothing where it does not know', () => {
  expect(errorOf({ body: saying('SomethingNew') })).toMatchObject({ hint: undefined, link: undefined });
});

test('goes by the innermost code, however innerError is spelled, and by the outermost sentence', () => {
  for (const name of ['innerError', 'innererror']) {
    const body = JSON.stringify({
      error: {
        code: 'outer',
        message: 'Outer.',
        [name]: { code: ' ErrorSendAsDenied ', message: 'Inner.', [name]: { code: ' ' } },
      },
    });
    expect(errorOf({ status: 403, body })).toMatchObject({
      graphCode: 'ErrorSendAsDenied',
      response: '403 ErrorSendAsDenied Outer',
      code: 'EENVELOPE',
    });
  }
});

test('goes by an outer code if the inner one is unknown', () => {
  const body = saying('ErrorSendAsDenied', 'No.', { code: 'SomethingNew' });
  expect(errorOf({ status: 403, body })).toMatchObject({ graphCode: 'SomethingNew', code: 'EENVELOPE' });
});

test('takes the sentence from inside if there is none outside', () => {
  expect(errorOf({ body: saying('x', '', { message: 'Inner.' }) }).response).toBe('400 x Inner');
});

test('passes on one line, without tags, tokens and its full stop', () => {
  const sentence = (text: string) => errorOf({ body: saying('x', text) }).response?.slice('400 x '.length);
  expect(sentence('Two\r\n\t lines.')).toBe('Two lines');
  expect(sentence('<!DOCTYPE html><p>Busy</p>\n')).toBe('Busy');
  expect(sentence('<html lang="en"><b>Busy</b>')).toBe('Busy');
  expect(sentence('<html>Busy.<br>Come again.')).toBe('Busy. Come again');
  expect(sentence('Use <ann@example.com>, 1 < 2.')).toBe('Use <ann@example.com>, 1 < 2');
  expect(sentence('Sent with bearer abc.def-_~+/==, twice Bearer x')).toBe(
    'Sent with Bearer …, twice Bearer …',
  );
  expect(sentence('v1.0 is. old...')).toBe('v1.0 is. old..');
});

test('passes on no more of a long sentence than its beginning, and marks the cut', () => {
  const sentence = (length: number) => errorOf({ body: saying('x', 'y'.repeat(length)) }).response;
  expect(sentence(500)).toBe(`400 x ${'y'.repeat(500)}`);
  expect(sentence(501)).toBe(`400 x ${'y'.repeat(500)}…`);
});

test('passes on no more than a hundred characters of a code', () => {
  expect(errorOf({ body: saying('c'.repeat(300)) }).graphCode).toBe('c'.repeat(100));
});

test('strikes secrets out before it cuts, in code and sentence', () => {
  const strike = (text: string) => text.replaceAll('canary-secret', '…');
  const body = saying(`${'c'.repeat(95)}canary-secret`, `${'y'.repeat(495)}canary-secret`);
  const error = errorOf({ body }, strike);
  expect(error.graphCode).toBe(`${'c'.repeat(95)}…`);
  expect(error.response).toBe(`400 ${'c'.repeat(95)}… ${'y'.repeat(495)}…`);
});

test('tells the wait that Graph asks for, and estimates one if it throttles without a number', () => {
  expect(errorOf({ status: 503, retryAfter: 7000 }).retryAfter).toBe(7000);
  expect(errorOf({ status: 429 })).toMatchObject({ retryAfter: 30_000, details: { isOwnWait: true } });
  expect(errorOf({ status: 503 }).retryAfter).toBeUndefined();
});
