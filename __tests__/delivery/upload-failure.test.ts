import { uploadFailure } from '../../src/delivery/upload-answers';

/** What is told of an answer that says this, for an upload to that URL. */
function toldOf(url: string, message: string): string | undefined {
  const body = JSON.stringify({ error: { code: 'x', message } });
  const answer = {
    status: 400,
    body,
    requestId: undefined,
    clientRequestId: undefined,
    retryAfter: undefined,
  };
  const { response } = uploadFailure(answer, { url, name: 'plan.bin', part: 'bytes 0 to 9' });
  return response?.slice('400 x '.length);
}

test.each([
  ['the whole URL', 'https://up.example.com/u/secret-1', 'no https://up.example.com/u/secret-1 here'],
  [
    'its path and query, though no part of them is long',
    'https://up.example.com/a/b?c=dd',
    'no /a/b?c=dd here',
  ],
  ['a part of nine characters', 'https://up.example.com/u/secret-01', 'no secret-01 here'],
  ['the value of a parameter', 'https://up.example.com/u?t=secret-01&v=1', 'no secret-01 here'],
  ['in other capitals', 'https://up.example.com/u/Secret-01', 'no SECRET-01 here'],
  ['encoded', 'https://up.example.com/u?t=secret%2B01', 'no secret%2B01 here'],
  ['decoded', 'https://up.example.com/secret%2B01', 'no secret+01 here'],
  [
    'a part with characters that mean something in a pattern',
    'https://up.example.com/(secret)*01',
    'no (secret)*01 here',
  ],
  ['a part that cannot be decoded', 'https://up.example.com/secret%zz01', 'no secret%zz01 here'],
  [
    'a part that begins like a shorter one',
    'https://up.example.com/secret-01/secret-0123',
    'no secret-0123 here',
  ],
])('what a host repeats of an upload URL is kept out of the error: %s', (_, url, message) => {
  expect(toldOf(url, message)).toBe('no (upload URL) here');
});

test('words that are also in the URL are told', () => {
  expect(toldOf('https://up.example.com/upload/12345678?part=1', 'The upload of part 12345678 failed')).toBe(
    'The upload of part 12345678 failed',
  );
});

test('of an answer that is no JSON only the status is told', () => {
  const answer = { status: 400, requestId: undefined, clientRequestId: undefined, retryAfter: undefined };
  const error = uploadFailure(
    { ...answer, body: 'no https://up.example.com/u/secret-1 here' },
    { url: 'https://up.example.com/u/secret-1', name: 'plan.bin', part: 'bytes 0 to 9' },
  );
  expect(error.response).toBe('400');
});
