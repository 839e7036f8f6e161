import { callOptions } from '../../src/options/call-options';

const NAMES = ['userId', 'signal'] as const;
/** As JavaScript may call it. */
const given = (options: unknown) => Reflect.apply(callOptions, undefined, ['cancel()', options, NAMES]);

test.each<[string, unknown]>([
  ['null', null],
  ['a text of 21 characters', 'sales@contoso.example'],
  ['a Date', new Date(0)],
  ['a list', [{ userId: 'a' }]],
  ['5', 5],
])('says that the options cannot be %s, and what they are', (shown, options) => {
  expect(() => given(options)).toThrow(
    expect.objectContaining({
      code: 'ECONFIG',
      message: `cancel() takes an object of options, not ${shown}. Its options are userId, signal.`,
    }),
  );
});

test('says that an option is unknown, and which one may be meant', () => {
  expect(() => given({ userId: 'a', singal: undefined })).toThrow(
    expect.objectContaining({
      code: 'ECONFIG',
      message: expect.stringMatching(/^cancel\(\): .*singal.*signal/),
    }),
  );
});

test('takes the options as they are, without what they inherit', () => {
  expect(given({})).toEqual({});
  expect(given({ userId: 'a', signal: undefined })).toEqual({ userId: 'a', signal: undefined });
  expect(given(Object.create({ userId: 'a', since: 'b' }))).toEqual({});
});
