import { inspect } from 'node:util';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { Secrets } from '../../src/errors/secrets';
import { errorWithoutSecrets } from '../../src/errors/without-secrets';
import { ECHOES, readings } from '../support/echoes';
import { fc } from '../support/fast-check';

/** What Entra's secrets, tokens and passwords are made of, and what people may have made up. */
const secret = fc.oneof(
  fc.stringMatching(/^[\w.~-]{8,40}$/),
  fc.stringMatching(/^[!-~]{8,40}$/),
  fc.stringMatching(/^[!-~][ -~]{6,30}[!-~]$/),
  fc
    .string({ unit: 'grapheme', minLength: 8, maxLength: 20 })
    .filter((text) => text.trim() === text && text.length >= 8 && !/\p{Cs}/u.test(text)),
);

test.each(Object.entries(ECHOES))('a secret that comes back %s is struck out', (_, echo) => {
  const around = fc.stringMatching(/^[a-z ]{0,5}$/);
  fc.assert(
    fc.property(secret, around, around, around, (known, before, after, more) => {
      const secrets = new Secrets();
      secrets.addSecret(known);
      const struck = secrets.strike(`${more}<${echo(known, before, after)}>${more}`);
      expect(readings(struck).filter((text) => text.includes(known))).toEqual([]);
      expect(struck).toContain('[secret]');
      expect(struck.startsWith(`${more}<`) && struck.endsWith(`>${more}`)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('what holds no secret stays as it is', () => {
  const secrets = new Secrets();
  secrets.addSecret('Abc8Q~canary-canary-canary-canary-canary');
  secrets.addToken('eyJhbGciOiJIUzI1NiJ9.eyJyb2xlcyI6WyJNYWlsLlNlbmQiXX0.c2lnbmF0dXJl');
  secrets.addUrl('https://outlook.office.com/api/v2.0/Users/1/AttachmentSessions/2?authtoken=canary');
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.webUrl(), fc.json()), (text) => {
      expect(secrets.strike(text)).toBe(text);
    }),
  );
  for (const text of [
    'clientSecret is wrong: it must be the value of the secret.',
    'Check https://outlook.office.com',
    'POST /api/v2.0/Users/1/AttachmentSessions: 201',
  ]) {
    expect(secrets.strike(text)).toBe(text);
  }
});

test('a text of fewer than eight characters is not known for a secret, whatever it is', () => {
  const secrets = new Secrets();
  secrets.addSecret('secret');
  secrets.addToken('wrong');
  expect(secrets.strike('The client secret is wrong.')).toBe('The client secret is wrong.');
});

test('a secret that was cut off is struck out, too', () => {
  const secrets = new Secrets();
  secrets.addSecret('Abc8Q~canary-canary-canary-canary-canary');
  expect(secrets.strike('Refused: Abc8Q~canary-can')).toBe('Refused: [secret]');
  expect(secrets.strike('Refused: Abc8Q~canary-can… and so on')).toBe('Refused: [secret]… and so on');
  expect(secrets.strike('Refused: Abc8Q~canary-can (401)')).toBe('Refused: [secret] (401)');
});

test('the beginning of a secret is struck out where it is cut off, or where it is long', () => {
  const secrets = new Secrets();
  secrets.addSecret('Abc8Q~canary-canary-canary-canary-canary');
  for (const [text, struck] of [
    ['Refused: Abc8Q~ca', 'Refused: [secret]'],
    ['Refused: Abc8Q~c', 'Refused: Abc8Q~c'],
    ['Refused: Abc8Q~ca… (401)', 'Refused: [secret]… (401)'],
    ['Refused: Abc8Q~canary-ca (401)', 'Refused: Abc8Q~canary-ca (401)'],
    ['Refused: Abc8Q~canary-can (401)', 'Refused: [secret] (401)'],
    ['…Abc8Q~ca', '…[secret]'],
  ] as const) {
    expect(secrets.strike(text)).toBe(struck);
  }
});

test('each place that tells a secret is struck out once, in whatever order they are found', () => {
  const secrets = new Secrets();
  secrets.addSecret('Abcdefgh');
  secrets.addToken('eyJhbGciOi');
  for (const [text, struck] of [
    ['Abcdefgh', '[secret]'],
    ['AbcdefghAbcdefgh', '[secret][secret]'],
    ['%41bcdefgh, Abcdefgh and %42', '[secret], [secret] and %42'],
    ['Bearer eyJhbGciOi', 'Bearer [secret]'],
  ] as const) {
    expect(secrets.strike(text)).toBe(struck);
  }
});

test('a text that is no URL is a secret as a whole', () => {
  const secrets = new Secrets();
  secrets.addUrl('the upload, relative');
  expect(secrets.strike('PUT <the upload, relative>')).toBe('PUT <[secret]>');
  expect(secrets.strike('PUT the upload')).toBe('PUT the upload');
});

test.each([
  ['https://u.example/a?n=1', 'https://u.example/a?n=1', '[secret]'],
  ['https://u.example/a?n=1', 'https://u.exa', 'https://u.exa'],
  ['https://u.example/a?n=1', 'HTTPS://U.example/a?n=1 n=1', 'HTTPS://U.example/a?n=1 n=1'],
  ['https://U.example/a?n=1', 'https://u.example/a?n=1', '[secret]'],
  ['https://u.example/api/messages?n=1', '/api/messages?n=1', '[secret]'],
  ['https://u.example/api/messages?n=1', 'messages of /api/messages', 'messages of /api/messages'],
  ['https://u.example/api/a-part-of-16-let', 'a-part-of-16-let', '[secret]'],
  ['https://u.example/a/a-part-of-15-le', 'a-part-of-15-le', 'a-part-of-15-le'],
  ['https://u.example/api/the-session-of-ann/put', 'the-session-of-ann', 'the-session-of-ann'],
  ['https://u.example/a?auth=0123456789&n=2', 'auth=0123456789&n=2', '[secret]'],
  ['https://u.example/a?auth=0123456789&n=2', 'n=2, auth=0123456789', 'n=2, auth=[secret]'],
  ['https://u.example/abcdefg/hijklmn?a', 'PUT /abcdefg/hijklmn', 'PUT [secret]'],
  ['https://u.example/abcdefg/hijklm?a', 'PUT /abcdefg/hijklm', 'PUT /abcdefg/hijklm'],
])('of the upload URL %s, "%s" is told as "%s"', (url, text, struck) => {
  const secrets = new Secrets();
  secrets.addUrl(url);
  expect(secrets.strike(text)).toBe(struck);
});

test.each([
  ['addSecret', 20],
  ['addToken', 50],
  ['addUrl', 200],
] as const)('%s remembers the latest %i', (add, most) => {
  const secrets = new Secrets();
  const nth = (n: number) => `${String(n).padStart(10, '0')}-the-number`;
  for (let n = 0; n < most; n++) secrets[add](nth(n));
  expect(secrets.strike(nth(0))).toBe('[secret]');
  secrets[add](nth(most));
  expect(secrets.strike(`<${nth(0)}>`)).toBe(`<${nth(0)}>`);
  expect(secrets.strike(nth(1))).toBe('[secret]');
});

test('of an upload URL its query, the values in it and its path are struck out as well', () => {
  const secrets = new Secrets();
  secrets.addUrl('https://uploads.example.com/canary-path-of-a-session?authtoken=canary-token%2B1&n=2');
  for (const text of [
    'https://uploads.example.com/canary-path-of-a-session?authtoken=canary-token%2B1&n=2',
    '/canary-path-of-a-session?authtoken=canary-token%2B1&n=2',
    'canary-path-of-a-session',
    'authtoken=canary-token%2B1&n=2',
    'canary-token+1',
    'canary-token%2b1',
  ]) {
    expect(secrets.strike(`PUT <${text}>`)).not.toContain('canary');
  }
});

test('those that are used are remembered, however many others there are', () => {
  const secrets = new Secrets();
  secrets.addSecret('the-client-secret');
  secrets.addUrl('https://uploads.example.com/the-upload-url-in-use');
  for (let n = 0; n < 1000; n++) {
    secrets.addToken(`token-number-${n}-`);
    secrets.addUrl(`https://uploads.example.com/session-number-${n}-`);
    secrets.addUrl('https://uploads.example.com/the-upload-url-in-use');
  }
  expect(secrets.strike('the-client-secret, token-number-999-')).toBe('[secret], [secret]');
  expect(secrets.strike('/the-upload-url-in-use')).toBe('[secret]');
  expect(secrets.strike('/session-number-999-')).toBe('[secret]');
});

test('a long text costs no more than its length, however many secrets there are', () => {
  const secrets = new Secrets();
  for (let n = 0; n < 200; n++)
    secrets.addUrl(`https://uploads.example.com/${'x'.repeat(40)}${n}?authtoken=${'y'.repeat(40)}${n}`);
  secrets.strike('first');
  for (const text of ['%41'.repeat(2000), '\\u0041'.repeat(1000), '&'.repeat(6000), 'é'.repeat(3000)]) {
    // Each place of the text is looked at once in each of the few ways in which it can be read.
    const looks = jest.spyOn(String.prototype, 'slice');
    secrets.strike(text);
    expect(looks.mock.calls.length).toBeLessThan(10 * text.length);
    looks.mockRestore();
  }
});

test('a text that held no secret is looked at again when there is another secret', () => {
  const secrets = new Secrets();
  secrets.addSecret('the-first-secret');
  const text = 'a sentence with the-second-secret in it';
  expect(secrets.strike(text)).toBe(text);
  secrets.addSecret('the-second-secret');
  expect(secrets.strike(text)).toBe('a sentence with [secret] in it');
});

test('a text that comes again and again is looked at once', () => {
  const secrets = new Secrets();
  secrets.addSecret('the-client-secret');
  const text = 'The send was aborted. '.repeat(90);
  const slices = jest.spyOn(String.prototype, 'slice');
  secrets.strike(text);
  const looks = slices.mock.calls.length;
  for (let n = 0; n < 1000; n++) secrets.strike(text);
  expect(slices.mock.calls.length).toBe(looks);
  slices.mockRestore();
});

describe('an error', () => {
  const CANARY = 'canary~client~secret';
  const secrets = new Secrets();
  secrets.addSecret(CANARY);
  const shown = (error: unknown) =>
    inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error) + String(error);

  test('without a secret in it is the same one, and so is its cause', () => {
    const cause = Object.assign(new TypeError('No.'), {
      inner: { list: [new Map([['a', new Set(['b'])]])] },
    });
    const error = new GraphTransportError('EAUTH', 'No.', { cause });
    expect(errorWithoutSecrets(error, secrets.strike)).toBe(error);
    expect(errorWithoutSecrets(cause, secrets.strike)).toBe(cause);
  });

  test('without a secret in it does not have its stack written out, which takes longer than all else', () => {
    const written = jest.fn(() => 'stack');
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = written;
    try {
      errorWithoutSecrets(new GraphTransportError('EABORT', 'The send was aborted.'), secrets.strike);
      expect(written).not.toHaveBeenCalled();
    } finally {
      if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
      else Reflect.deleteProperty(Error, 'prepareStackTrace');
    }
  });

  const places = fc.record({
    message: fc.boolean(),
    hint: fc.boolean(),
    smallPrint: fc.boolean(),
    graphCode: fc.boolean(),
    requestId: fc.boolean(),
    clientRequestId: fc.boolean(),
    response: fc.boolean(),
    draftId: fc.boolean(),
    link: fc.boolean(),
  });

  test('of ours keeps all but the secret, wherever that was', () => {
    fc.assert(
      fc.property(places, ({ message, ...rest }) => {
        const text = (has: boolean | undefined) => (has ? `What of ${CANARY}?` : 'What of it?');
        const details = Object.fromEntries(Object.entries(rest).map(([name, has]) => [name, text(has)]));
        const error = new GraphTransportError('ETIMEDOUT', text(message), {
          ...details,
          outcome: 'not-accepted',
          responseCode: 401,
          retryAfter: 5,
        });
        const clean = errorWithoutSecrets(error, secrets.strike);
        expect(shown(clean)).not.toContain(CANARY);
        expect(clean).toMatchObject({
          name: 'GraphTransportError',
          code: 'ETIMEDOUT',
          retryable: true,
          responseCode: 401,
          retryAfter: 5,
        });
        expect(clean.message).toBe(error.message.replaceAll(CANARY, '[secret]'));
        expect(clean.stack?.split('\n    at ')[1]).toBe(error.stack?.split('\n    at ')[1]);
      }),
    );
  });

  const hidden = Symbol('hidden');
  test.each<[string, () => unknown]>([
    ['its message', () => new Error(CANARY)],
    ['its name', () => Object.assign(new Error('No.'), { name: CANARY })],
    ['its code', () => Object.assign(new Error('No.'), { code: CANARY })],
    ['its stack', () => Object.assign(new Error('No.'), { stack: `Error: ${CANARY}` })],
    ['a property', () => Object.assign(new Error('No.'), { request: { url: [`https://x/?a=${CANARY}`] } })],
    ['the name of a property', () => Object.assign(new Error('No.'), { [CANARY]: 1 })],
    [
      'a hidden property',
      () => Object.defineProperty(new Error('No.'), 'request', { value: { body: CANARY } }),
    ],
    ['a symbol', () => Object.assign(new Error('No.'), { [hidden]: CANARY })],
    ['a Map', () => Object.assign(new Error('No.'), { headers: new Map([['authorization', CANARY]]) })],
    ['a Set', () => Object.assign(new Error('No.'), { headers: new Set([CANARY]) })],
    ['bytes', () => Object.assign(new Error('No.'), { body: Buffer.from(CANARY) })],
    ['its cause', () => new Error('No.', { cause: new Error('No.', { cause: CANARY }) })],
    ['the cause of one of ours', () => new Error('No.', { cause: new GraphTransportError('EAUTH', CANARY) })],
    ['errors that it stands for', () => new AggregateError([new Error(CANARY), CANARY, { CANARY }], 'No.')],
    ['a text', () => `No: ${CANARY}`],
    ['an object', () => ({ url: CANARY })],
  ])('is without the secret in %s, too', (_, cause) => {
    const clean = errorWithoutSecrets(
      new GraphTransportError('EAUTH', 'No.', { cause: cause() }),
      secrets.strike,
    );
    expect(shown(clean)).not.toContain(CANARY);
    expect(clean.message).toBe('No.');
    const given = cause();
    if (given instanceof Error) {
      const own = errorWithoutSecrets(given, secrets.strike);
      expect(shown(own)).not.toContain(CANARY);
      expect(own).toBeInstanceOf(Error);
    }
  });

  test('may lead round in a circle, or on without end', () => {
    const round: Error & { self?: unknown } = new Error(CANARY);
    round.self = round;
    round.cause = round;
    const { stackTraceLimit } = Error;
    // Their stacks would take most of the time.
    Error.stackTraceLimit = 0;
    let chain = new Error(CANARY);
    for (let n = 0; n < 5000; n++) chain = new Error(`${n}`, { cause: chain });
    Error.stackTraceLimit = stackTraceLimit;
    for (const error of [round, chain]) {
      expect(shown(errorWithoutSecrets(error, secrets.strike))).not.toContain(CANARY);
    }
  });

  test('is cut in length', () => {
    const long = 'x'.repeat(100_000);
    const error = new GraphTransportError('EAUTH', 'No.', { cause: new Error(long, { cause: long }) });
    expect(shown(errorWithoutSecrets(error, secrets.strike)).length).toBeLessThan(30_000);
  });
});
