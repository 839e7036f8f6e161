import { runInNewContext } from 'node:vm';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { Secrets } from '../../src/errors/secrets';
import { errorWithoutSecrets, loggerWithoutSecrets } from '../../src/errors/without-secrets';

const CANARY = 'canary~client~secret';
const secrets = new Secrets();
secrets.addSecret(CANARY);
const { strike } = secrets;

const clean = (error: Error) => errorWithoutSecrets(error, strike);
/** What the cause is after a secret was struck out of the error. */
const cleanCause = (cause: unknown) =>
  errorWithoutSecrets(new GraphTransportError('EAUTH', `No: ${CANARY}`, { cause }), strike).cause;

test('a secret in what the message does not tell is struck out as well', () => {
  const error = new GraphTransportError('EAUTH', 'No.', { draftId: CANARY, responseCode: 401 });
  expect(errorWithoutSecrets(error, strike)).toMatchObject({
    message: 'No.',
    draftId: '[secret]',
    responseCode: 401,
  });
});

test('a secret that is whole in the message alone is struck out', () => {
  const spaced = new Secrets();
  spaced.addSecret('canary client secret');
  const error = new GraphTransportError('EAUTH', 'No canary', { hint: 'client secret' });
  const { message, stack } = errorWithoutSecrets(error, spaced.strike);
  expect(message).toBe('No [secret]');
  expect(stack).toMatch(/No \[secret\]\n {4}at /);
});

test.each([5, true, null, undefined, Symbol.iterator])('the cause %p stays', (cause) => {
  expect(cleanCause(cause)).toBe(cause);
});

test('causes stay what they are', () => {
  const own = cleanCause(new GraphTransportError('EMESSAGE', `No: ${CANARY}`, { responseCode: 400 }));
  expect(own).toBeInstanceOf(GraphTransportError);
  expect(own).toMatchObject({ code: 'EMESSAGE', message: 'No: [secret]', responseCode: 400 });
  const free = { url: 'https://graph.microsoft.com' };
  expect(cleanCause(free)).toBe(free);
  expect(cleanCause({ url: CANARY })).toBeUndefined();
  expect(cleanCause(`No: ${CANARY}`)).toBe('No: [secret]');
});

test('an error of another realm is an error, and so is what only inherits from one', () => {
  const foreign: unknown = runInNewContext(`new Error('No: ${CANARY}')`);
  expect(cleanCause(foreign)).toMatchObject({ message: 'No: [secret]' });
  const made = Object.setPrototypeOf({ message: `No: ${CANARY}`, status: 400 }, Error.prototype);
  expect(cleanCause(made)).toMatchObject({ message: 'No: [secret]', status: 400 });
});

test('a copy has the name, the numbers and the texts of the error, and its stack', () => {
  const error = Object.assign(new TypeError(`No: ${CANARY}`, { cause: new RangeError('Why.') }), {
    code: 'E_NO',
    status: 401,
    isFinal: false,
    path: `/${CANARY}`,
    request: { url: 'x' },
    [`${CANARY}`]: 'x',
  });
  const copy = clean(error);
  expect(copy).not.toBe(error);
  expect(Object.keys(copy).sort()).toEqual(['code', 'isFinal', 'path', 'status']);
  expect(copy).toMatchObject({
    name: 'TypeError',
    message: 'No: [secret]',
    code: 'E_NO',
    status: 401,
    isFinal: false,
    path: '/[secret]',
    cause: error.cause,
  });
  expect(copy.stack).toBe(error.stack?.replace(CANARY, '[secret]'));
  expect(Object.getOwnPropertyDescriptor(copy, 'name')).toMatchObject({
    enumerable: false,
    configurable: true,
    writable: true,
  });
});

test('a copy has a cause only where the error has one', () => {
  expect('cause' in clean(new Error(CANARY))).toBe(false);
  expect('cause' in clean(new Error(CANARY, { cause: { CANARY } }))).toBe(false);
});

test('an error without a stack has its copy without one of its own', () => {
  const error = Object.assign(new Error(CANARY), { stack: undefined });
  expect(clean(error).message).toBe('[secret]');
});

test('errors that an error stands for are cleaned one by one', () => {
  const free = new Error('Free.');
  const copy = clean(new AggregateError([free, new Error(CANARY), { CANARY }], 'No.'));
  expect(copy).toMatchObject({ name: 'AggregateError', errors: [free, { message: '[secret]' }, undefined] });
  const list = Object.assign(new Error(CANARY), { list: ['x'], errors: 'none' });
  expect(clean(list)).toMatchObject({ errors: 'none' });
  expect('list' in clean(list)).toBe(false);
});

test.each<[string, (inner: unknown) => Error]>([
  ['of ours', (cause) => new GraphTransportError('EAUTH', CANARY, { cause })],
  ['of others', (cause) => new Error(CANARY, { cause })],
  ['in lists', (inner) => new AggregateError([inner], CANARY)],
])('errors inside errors %s are passed on to a depth of twenty', (_what, around) => {
  let error = around('the end');
  for (let n = 0; n < 30; n++) error = around(error);
  let depth = 0;
  for (let at: unknown = clean(error); at instanceof Error; depth++) {
    const inner: unknown = Reflect.get(at, 'errors');
    at = Array.isArray(inner) ? inner[0] : at.cause;
  }
  expect(depth).toBe(21);
});

test('a text may have 4000 characters, and a longer one is cut', () => {
  const fits = new Error('x'.repeat(4000));
  fits.stack = 'stack';
  expect(clean(fits)).toBe(fits);
  const long = Object.assign(new Error('x'.repeat(4001)), { stack: 'stack', cause: 'y'.repeat(4001) });
  expect(clean(long)).toMatchObject({ message: `${'x'.repeat(4000)}…`, cause: `${'y'.repeat(4000)}…` });
});

test('an object that leads to more than 500 others is not passed on', () => {
  const leadingTo = (count: number) => ({ list: Array.from({ length: count - 2 }, () => ({})) });
  const fits = leadingTo(500);
  expect(cleanCause(fits)).toBe(fits);
  expect(cleanCause(leadingTo(501))).toBeUndefined();
});

test('bytes are looked at, but only those that belong to the object', () => {
  const pool = Buffer.from(`No: ${CANARY} ${'x'.repeat(4000)}`);
  const free = { body: pool.subarray(0, 4) };
  expect(cleanCause(free)).toBe(free);
  expect(cleanCause({ body: pool.subarray(0, 30) })).toBeUndefined();
  expect(cleanCause({ body: new Uint8Array(pool.subarray(4, 30)) })).toBeUndefined();
  expect(cleanCause({ body: pool.subarray(30) })).toMatchObject({ body: expect.any(Buffer) });
  expect(cleanCause({ body: Buffer.alloc(4001) })).toBeUndefined();
  const secretAfterBytes = { body: pool.subarray(0, 4), more: CANARY };
  expect(cleanCause(secretAfterBytes)).toBeUndefined();
});

test('what an error inherits is looked at, and null is nothing', () => {
  class Named extends Error {}
  Named.prototype.name = CANARY;
  expect(clean(new Named('No.'))).toMatchObject({ name: '[secret]', message: 'No.' });
  const error = Object.assign(new Error('No.'), { response: null });
  expect(clean(error)).toBe(error);
});

test.each([
  ['a Map as a key', new Map([[CANARY, 1]])],
  ['a Map as a value', new Map([['a', [CANARY]]])],
  ['a Set', new Set([{ CANARY }])],
  ['the name of a symbol', { [Symbol(CANARY)]: 1 }],
])('a secret in %s is found', (_where, cause) => {
  expect(cleanCause(cause)).toBeUndefined();
});

test('what cannot be looked into is not passed on', () => {
  const closed = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('closed');
      },
    },
  );
  expect(cleanCause(closed)).toBeUndefined();
});

test.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)(
  'no secret reaches a logger at the level %s',
  (level) => {
    const said = jest.fn();
    const quiet = () => undefined;
    const all = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, fatal: quiet };
    const logger = loggerWithoutSecrets({ ...all, [level]: said }, strike);
    const error = new Error(CANARY);
    logger[level]({ tnx: 'send', url: `/${CANARY}`, err: error, n: 1 }, `Sent %s`, CANARY, error, 5);
    logger[level]({ tnx: 'send' });
    logger[level](`To %s`, CANARY);
    logger[level](undefined, CANARY);
    expect(said.mock.calls).toEqual([
      [
        { tnx: 'send', url: '/[secret]', err: expect.objectContaining({ message: '[secret]' }), n: 1 },
        'Sent %s',
        '[secret]',
        expect.objectContaining({ message: '[secret]' }),
        5,
      ],
      [{ tnx: 'send' }, undefined],
      ['To %s', '[secret]'],
      [undefined, '[secret]'],
    ]);
  },
);

test('an error whose message is made when it is read keeps no secret either', () => {
  class ApiError extends Error {
    override get message(): string {
      return `No: ${CANARY}`;
    }
  }
  expect(clean(new ApiError()).message).toBe('No: [secret]');
});

test('only the errors that an error wraps come along, no other lists', () => {
  const error = Object.assign(new Error(`No: ${CANARY}`), { attempts: [new Error('First.')] });
  expect(clean(error)).not.toHaveProperty('errors');
  const wrapping = new AggregateError([new Error('First.')], `No: ${CANARY}`);
  expect(clean(wrapping)).toMatchObject({ errors: [{ message: 'First.' }] });
});
