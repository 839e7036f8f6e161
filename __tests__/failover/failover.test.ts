import { once } from 'node:events';
import nodemailer from 'nodemailer';
import { GraphTransportError } from '../../src/index';
import { ambiguous, failover, failure, letter, passing, refused, stub, transporterOf } from './support';

describe('going on', () => {
  test('sends through the first member that can, and tells which one it was and who failed before', async () => {
    const error = passing();
    const [first, second, third] = [stub('First', () => error), stub('Second'), stub('Third')];
    const { transporter } = transporterOf([first, second, third]);
    const info = await transporter.sendMail(letter);
    expect(info.failover).toEqual({
      index: 1,
      name: 'Second',
      failures: [{ index: 0, name: 'First', error }],
    });
    expect([first.sent.length, second.sent.length, third.tried]).toEqual([0, 1, 0]);
    expect(info.messageId).toMatch(/^<.+>$/);
  });

  test.each([
    ['ambiguous', ambiguous, { ambiguous: true, retryable: false }],
    ['refused', refused, { ambiguous: false, retryable: false, permanent: true }],
    ['unknown', () => new Error('odd'), { ambiguous: true, retryable: false }],
    [
      'both retryable and ambiguous',
      () => failure({ retryable: true, ambiguous: true }),
      { ambiguous: true, retryable: false },
    ],
  ])('stops at an error that is %s', async (_, make, flags) => {
    const error = make();
    const second = stub('Second');
    const { transporter } = transporterOf([stub('First', () => error), second]);
    const failed = await transporter.sendMail(letter).catch((caught) => caught);
    expect(failed).toBe(error);
    expect(failed).toMatchObject({
      ...flags,
      errors: [error],
      failover: { index: 0, name: 'First', failures: [] },
    });
    expect(second.tried).toBe(0);
  });

  test('rejects with the last error, and the errors of all, when no member can send', async () => {
    const errors = [passing(), failure({ code: 'ETIMEDOUT', retryable: true, ambiguous: false })];
    const { transporter } = transporterOf(errors.map((error, at) => stub(`Member ${at}`, () => error)));
    const failed = await transporter.sendMail(letter).catch((caught) => caught);
    expect(failed).toBe(errors[1]);
    expect(failed).toMatchObject({ code: 'ETIMEDOUT', retryable: true, permanent: false, errors });
    expect(failed.failover.failures).toEqual([{ index: 0, name: 'Member 0', error: errors[0] }]);
    expect(JSON.stringify(failed)).not.toContain('errors');
  });

  test('stays retryable when a second member refuses what the first could not take just now', async () => {
    const { transporter } = transporterOf([stub('First', passing), stub('Second', refused)]);
    await expect(transporter.sendMail(letter)).rejects.toMatchObject({
      code: 'EENVELOPE',
      retryable: true,
      permanent: false,
    });
  });

  test('lets the app say what became of a message, except of one that may have been sent', async () => {
    const asked: unknown[] = [];
    const options = {
      outcomeOf(error: Error, member: { index: number; name: string }) {
        asked.push(member);
        return error.message === 'login' ? ('not-accepted' as const) : undefined;
      },
    };
    const second = stub('Second');
    const login = transporterOf(
      [stub('First', () => failure({ code: 'EAUTH', retryable: false }, 'login')), second],
      options,
    );
    await login.transporter.sendMail(letter);
    expect(asked).toEqual([{ index: 0, name: 'First' }]);
    const { transporter } = transporterOf(
      [stub('First', () => failure({ ambiguous: true }, 'login')), second],
      options,
    );
    await expect(transporter.sendMail(letter)).rejects.toThrow('login');
    expect([asked.length, second.tried]).toEqual([1, 1]);
  });

  test('takes a message that some recipients were refused for as sent, as Nodemailer does', async () => {
    const first = stub('First');
    first.send = (mail, callback) =>
      callback(null, {
        envelope: mail.message.getEnvelope(),
        messageId: '<1@x>',
        rejected: ['bob@example.com'],
      });
    const second = stub('Second');
    const { transporter } = transporterOf([first, second]);
    const info = await transporter.sendMail(letter);
    expect(info).toMatchObject({ rejected: ['bob@example.com'], failover: { index: 0 } });
    expect(second.tried).toBe(0);
  });

  test('goes on after the pool of an older Nodemailer that is closed, which never calls back', async () => {
    const first = stub('SMTP (pool)');
    const closed: (typeof first)['send'] = () => false;
    first.send = closed;
    const { transporter } = transporterOf([first, stub('Second')]);
    expect((await transporter.sendMail(letter)).failover).toMatchObject({
      index: 1,
      failures: [{ index: 0 }],
    });
  });
});

describe('a signal', () => {
  test('ends a message between two members', async () => {
    const abort = new AbortController();
    const second = stub('Second');
    const first = stub('First', () => {
      abort.abort();
      return passing();
    });
    const { transporter, transport } = transporterOf([first, second], { circuit: { failures: 1 } });
    await expect(transporter.sendMail({ ...letter, signal: abort.signal })).rejects.toThrow();
    await new Promise(setImmediate);
    expect(second.tried).toBe(0);
    expect(transport.members[0]?.circuit).toBe('closed');
  });
});

describe('verify, check and close', () => {
  const verifying = (name: string, error?: Error) =>
    Object.assign(stub(name), { verify: async () => (error ? Promise.reject(error) : true) });

  test('verifies all members, and tells how each did', async () => {
    const error = failure({ code: 'EAUTH' }, 'wrong secret');
    const { transporter, transport } = transporterOf([
      verifying('Good'),
      stub('Mute'),
      verifying('Bad', error),
    ]);
    expect(await transport.check()).toEqual([
      { index: 0, name: 'Good', circuit: 'closed', retryAfter: 0, ok: true },
      { index: 1, name: 'Mute', circuit: 'closed', retryAfter: 0, ok: true },
      { index: 2, name: 'Bad', circuit: 'closed', retryAfter: 0, ok: false, error },
    ]);
    await expect(transporter.verify()).rejects.toMatchObject({
      message: 'Member 2 (Bad) of the failover cannot send: wrong secret',
      code: 'EAUTH',
      cause: error,
      errors: [error],
    });
    expect(await transporterOf([verifying('Good')]).transporter.verify()).toBe(true);
  });

  test('verify calls back too', async () => {
    const { transporter } = transporterOf([verifying('Bad', new Error('wrong'))]);
    const called = await new Promise((resolve) => transporter.verify((...outcome) => resolve(outcome)));
    expect(called).toMatchObject([{ message: expect.stringContaining('wrong') }]);
  });

  test('close closes all members, even if one cannot, and then nothing is sent', async () => {
    const closed: unknown[] = [];
    const closing = (name: string) =>
      Object.assign(stub(name), {
        close(options: unknown) {
          closed.push([name, options]);
          throw new Error('cannot');
        },
      });
    const members = [closing('First'), stub('Second'), closing('Third')];
    const { transport, transporter } = transporterOf(members);
    await transport.close({ force: true });
    expect(closed).toEqual([
      ['First', { force: true }],
      ['Third', { force: true }],
    ]);
    await expect(transporter.sendMail(letter)).rejects.toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
    });
    expect(members.map(({ tried }) => tried)).toEqual([0, 0, 0]);
    expect(transport.isIdle()).toBe(false);
  });

  test('is idle while the member has room that the next message goes to, and says so', async () => {
    const busy = Object.assign(stub('Busy'), { isIdle: () => false });
    expect(transporterOf([busy, stub('Free')]).transporter.isIdle()).toBe(false);
    const { transporter } = transporterOf([stub('Free')]);
    expect(transporter.isIdle()).toBe(true);
    await once(transporter, 'idle');
  });
});

describe('options', () => {
  test.each([
    [[], {}, 'at least one transport'],
    [[{}], {}, 'member 0 is neither a transport'],
    [[null], {}, 'member 0 is neither a transport'],
    [[stub('A')], { circut: false }, 'Did you mean "circuit"?'],
    [[stub('A')], { circuit: { failurs: 1 } }, 'Did you mean "circuit.failures"?'],
    [[stub('A')], { circuit: { failures: 0 } }, 'circuit.failures must be a whole number from 1 up, got 0'],
    [[stub('A')], { circuit: { coolDown: -1 } }, 'circuit.coolDown must be a whole number from 0 up'],
    [[stub('A')], { maxMessageSize: 0.5 }, 'maxMessageSize must be a whole number'],
    [[stub('A')], { outcomeOf: 'refused' }, 'outcomeOf must be a function'],
  ])('refuses %j with %j', (members, options, why) => {
    const make = () => Reflect.apply(failover, undefined, [members, options]);
    expect(make).toThrow(GraphTransportError);
    expect(make).toThrow(why);
  });

  test('refuses a transport that is there twice', () => {
    const one = stub('A');
    expect(() => failover([one, stub('B'), nodemailer.createTransport(one)])).toThrow(
      'member 2 is the same transport as member 0',
    );
  });

  test('refuses plugins and defaults of a member, which could not be applied', () => {
    const withPlugin = nodemailer.createTransport(stub('A'));
    withPlugin.use('compile', (_, next) => next());
    expect(() => failover([withPlugin])).toThrow('member 0 has plugins');
    const withDefaults = nodemailer.createTransport(stub('A'), { from: 'app@contoso.example' });
    expect(() => failover([withDefaults])).toThrow('member 0 has message defaults');
    expect(() => failover([nodemailer.createTransport(failover([stub('A')]))])).not.toThrow();
  });
});

describe('the log', () => {
  test('tells who failed, who is next, who sent, and when a circuit opens', async () => {
    const lines: string[] = [];
    const log =
      (level: string) =>
      (data: object, text = '', ...args: unknown[]) => {
        lines.push(`${level} ${Reflect.get(data, 'tnx')} ${text.replace(/%s/g, () => String(args.shift()))}`);
      };
    const logger = {
      trace: log('trace'),
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      fatal: log('fatal'),
    };
    const first = stub('First', passing);
    const { transporter, clock } = transporterOf([first, stub('Second')], {
      logger,
      circuit: { failures: 1 },
    });
    const message = { ...letter, messageId: '<1@contoso.example>' };
    await transporter.sendMail(message);
    await clock.pass(30_000);
    first.act = () => undefined;
    await transporter.sendMail(message);
    first.act = refused;
    await expect(transporter.sendMail(message)).rejects.toThrow();
    expect(lines).toEqual([
      'warn circuit Member 0 (First) fails: its circuit is open for 30000 ms',
      'warn failover Message <1@contoso.example> was not sent through member 0 (First), trying member 1 (Second): it failed',
      'info failover Message <1@contoso.example> was sent through member 1 (Second)',
      'info circuit Member 0 (First) sends again: its circuit is closed',
      'info failover Message <1@contoso.example> was sent through member 0 (First)',
      'error failover Message <1@contoso.example> was not sent: it failed',
    ]);
  });
});
