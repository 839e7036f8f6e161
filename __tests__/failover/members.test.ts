import nodemailer, { type Transport } from 'nodemailer';
import { failover } from '../../src/failover';
import { graphTransport } from '../../src/index';
import { IDENTITY } from '../support/options';

const letter = { from: 'app@contoso.example', to: 'ann@example.com', text: 'Hello' };

/** A transport that calls back with nothing, as some do for success. */
const mute: Transport = { name: 'Mute', version: '1', send: (_, callback) => callback(null) };

test.each([
  ['plugins that change what is compiled', 'compile', 'member 0 has plugins of its own'],
  ['plugins that change the compiled message', 'stream', 'member 0 has plugins of its own'],
])('refuses a member with %s, which would be left out', (_, step, why) => {
  const member = nodemailer.createTransport({ jsonTransport: true });
  member.use(step, (_mail, next) => next());
  expect(() => failover([member])).toThrow(why);
  const graph = nodemailer.createTransport(graphTransport(IDENTITY));
  graph.use(step, (_mail, next) => next());
  expect(() => failover([graph])).toThrow(why);
});

test('refuses a member with message defaults, which would be left out', () => {
  const member = nodemailer.createTransport({ jsonTransport: true }, { from: 'app@contoso.example' });
  expect(() => failover([mute, member])).toThrow('member 1 has message defaults of its own');
});

test('takes what createTransport() makes of the transports of this package', () => {
  const graph = nodemailer.createTransport(graphTransport(IDENTITY));
  const inner = nodemailer.createTransport(failover([graph]));
  expect(() => failover([inner])).not.toThrow();
});

test('takes a call back without an error for success, as Nodemailer does', async () => {
  const next = { ...mute, send: jest.fn() };
  const info = await nodemailer.createTransport(failover([mute, next])).sendMail(letter);
  expect(info).toMatchObject({
    envelope: { from: 'app@contoso.example', to: ['ann@example.com'] },
    messageId: expect.stringMatching(/^<.+>$/),
    failover: { index: 0, name: 'Mute', failures: [] },
  });
  expect(next.send).not.toHaveBeenCalled();
});

test.each([
  ['null', null],
  ['a text', 'smtp'],
  ['a list', [mute]],
])('refuses %s in place of its options', (_what, options) => {
  const error = (() => {
    try {
      return Reflect.apply(failover, undefined, [[mute], options]);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: 'ECONFIG', message: expect.stringContaining('as an object') });
});
