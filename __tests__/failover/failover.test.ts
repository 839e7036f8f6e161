import nodemailer, { type SendMailOptions, type Transport } from 'nodemailer';
import { type FailoverError, FailoverTransport, failover } from '../../src/failover';
import { createManualClock } from '../support/manual-clock';

interface Fake extends Transport {
  /** What it was given, composed. */
  seen: string[];
  /** What it fails with, from the first message on; undefined where it sends. */
  plan: (Error | undefined)[];
}

/** A transport that reads the whole message, and then fails or sends as planned. After the plan, it sends. */
function fake(name: string, ...plan: (Error | undefined)[]): Fake {
  const seen: string[] = [];
  return {
    name,
    version: '1',
    seen,
    plan,
    send(mail, callback) {
      mail.message.build((error, mime) => {
        if (error) return callback(error, undefined);
        seen.push(String(mime));
        const failure = plan.shift();
        if (failure) return callback(failure, undefined);
        callback(null, {
          envelope: mail.message.getEnvelope(),
          messageId: mail.message.messageId(),
          accepted: [],
          rejected: [],
          pending: [],
          response: `250 by ${name}`,
        });
      });
    },
  };
}

const notSent = (more: object = {}) =>
  Object.assign(new Error('not now'), { code: 'ECONNECTION', retryable: true, ambiguous: false, ...more });
const unclear = () => notSent({ message: 'no answer', retryable: false, ambiguous: true });
const refused = () => notSent({ message: 'not allowed', code: 'EENVELOPE', retryable: false });

const letter: SendMailOptions = {
  from: 'app@contoso.example',
  to: 'ann@example.com',
  subject: 'Plans',
  text: 'Here they are',
};

/** The error that sending fails with. */
async function errorOf(sending: Promise<unknown>): Promise<FailoverError> {
  return sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error: FailoverError) => error,
  );
}

describe('where a message goes', () => {
  test('to the first member while that one sends', async () => {
    const [one, two] = [fake('One'), fake('Two')];
    const info = await nodemailer.createTransport(failover([one, two])).sendMail(letter);
    expect(info).toMatchObject({ response: '250 by One', failover: { index: 0, name: 'One', failures: [] } });
    expect(two.seen).toEqual([]);
  });

  test('on to the next if the error is retryable, and the info and the log tell which one sent', async () => {
    const error = notSent();
    const lines: string[] = [];
    const log = (entry: { member?: number; tnx?: string }) => lines.push(`${entry.tnx} ${entry.member}`);
    const logger = { info: log, warn: log, error: log, debug: log, trace: log, fatal: log };
    const members = [fake('One', error), fake('Two')];
    const info = await nodemailer.createTransport(failover(members, { logger })).sendMail(letter);
    expect(info.failover).toEqual({ index: 1, name: 'Two', failures: [{ index: 0, name: 'One', error }] });
    expect(lines).toEqual(['failover 0', 'failover 1']);
  });

  test.each([
    ['ambiguous', unclear(), { retryable: false, ambiguous: true, permanent: undefined }],
    ['ambiguous and retryable', notSent({ ambiguous: true }), { retryable: false, ambiguous: true }],
    ['refused', refused(), { retryable: false, ambiguous: false, permanent: true }],
    ['silent about it', new Error('who knows'), { retryable: false, ambiguous: true }],
  ])('no further if the error is %s', async (_, failure, verdict) => {
    const two = fake('Two');
    const error = await errorOf(
      nodemailer.createTransport(failover([fake('One', failure), two])).sendMail(letter),
    );
    expect(error).toBe(failure);
    expect(error).toMatchObject({ ...verdict, failover: { index: 0, name: 'One' } });
    expect(error.errors).toEqual([failure]);
    expect(two.seen).toEqual([]);
  });

  test('if all fail, the error is the last one, with all in errors', async () => {
    const failures = [notSent(), notSent(), notSent({ retryAfter: 5000 })];
    const members = failures.map((failure, at) => fake(`M${at}`, failure));
    const error = await errorOf(nodemailer.createTransport(failover(members)).sendMail(letter));
    expect(error.errors).toEqual(failures);
    expect(error).toBe(failures[2]);
    expect(error).toMatchObject({ retryable: true, ambiguous: false, permanent: false, retryAfter: 5000 });
    expect(error.failover.failures.map(({ name }) => name)).toEqual(['M0', 'M1']);
    expect(Object.keys(error)).not.toContain('errors');
  });

  test('a refusal by the second stays retryable, because the first may take the message later', async () => {
    const members = [fake('One', notSent()), fake('Two', refused())];
    const error = await errorOf(nodemailer.createTransport(failover(members)).sendMail(letter));
    expect(error).toMatchObject({ message: 'not allowed', retryable: true, permanent: false });
  });

  test('outcomeOf decides about errors that do not say it, but never about ambiguous ones', async () => {
    const asked: number[] = [];
    const outcomeOf = (_: Error, { index }: { index: number }) => {
      asked.push(index);
      return 'not-accepted' as const;
    };
    const info = await nodemailer
      .createTransport(failover([fake('One', new Error('quota')), fake('Two')], { outcomeOf }))
      .sendMail(letter);
    expect(info.failover.index).toBe(1);
    const error = await errorOf(
      nodemailer
        .createTransport(failover([fake('One', unclear()), fake('Two')], { outcomeOf }))
        .sendMail(letter),
    );
    expect(error.ambiguous).toBe(true);
    expect(asked).toEqual([0]);
  });

  test('an abort goes on to no other member', async () => {
    const controller = new AbortController();
    const one: Transport = {
      name: 'One',
      version: '1',
      send(_, callback) {
        controller.abort();
        callback(notSent({ code: 'EABORT' }), undefined);
      },
    };
    const two = fake('Two');
    await errorOf(
      nodemailer.createTransport(failover([one, two])).sendMail({ ...letter, signal: controller.signal }),
    );
    expect(two.seen).toEqual([]);
  });
});

describe('the circuit', () => {
  const setUp = (first: Fake, options = {}) => {
    const clock = createManualClock();
    const two = fake('Two');
    const transport = new FailoverTransport([first, two], options, clock);
    const mailer = nodemailer.createTransport(transport);
    const sendBy = async () => (await mailer.sendMail(letter)).failover.name;
    return { clock, transport, sendBy, two, state: () => transport.members[0]?.circuit };
  };

  test('opens after three failures in a row, lets one message try after the cool-down, and closes', async () => {
    const one = fake('One', notSent(), notSent(), notSent());
    const { clock, sendBy, state, transport } = setUp(one);
    for (let at = 0; at < 3; at += 1) expect(await sendBy()).toBe('Two');
    expect(transport.members[0]).toEqual({ index: 0, name: 'One', circuit: 'open', retryAfter: 30_000 });
    expect(await sendBy()).toBe('Two');
    expect(one.seen).toHaveLength(3);
    await clock.pass(29_999);
    expect(state()).toBe('open');
    await clock.pass(1);
    expect(state()).toBe('half-open');
    expect(await sendBy()).toBe('One');
    expect(state()).toBe('closed');
  });

  test('opens again if the message that tries it fails', async () => {
    const one = fake('One', ...Array.from({ length: 4 }, () => notSent()));
    const { clock, sendBy, state } = setUp(one);
    for (let at = 0; at < 3; at += 1) await sendBy();
    await clock.pass(30_000);
    expect(await sendBy()).toBe('Two');
    expect(state()).toBe('open');
    await clock.pass(30_000);
    expect(await sendBy()).toBe('One');
  });

  test('lets one message at a time try a member that failed', async () => {
    const one = fake('One', notSent());
    const { clock, sendBy } = setUp(one, { circuit: { failures: 1, coolDown: 10 } });
    await sendBy();
    await clock.pass(10);
    const names = await Promise.all([sendBy(), sendBy(), sendBy()]);
    expect(names.filter((name) => name === 'One')).toHaveLength(1);
  });

  test('opens at once for as long as the service asks', async () => {
    const { clock, sendBy, state } = setUp(fake('One', notSent({ retryAfter: 90_000 })));
    await sendBy();
    await clock.pass(89_999);
    expect(state()).toBe('open');
    await clock.pass(1);
    expect(state()).toBe('half-open');
  });

  test('counts failures in a row only, and no refusals of a message', async () => {
    const one = fake('One', notSent(), notSent(), undefined, notSent(), notSent(), refused());
    const { sendBy, state } = setUp(one);
    for (let at = 0; at < 6; at += 1) await sendBy().catch(() => undefined);
    expect(state()).toBe('closed');
  });

  test('counts an ambiguous error', async () => {
    const { sendBy, state } = setUp(fake('One', unclear()), { circuit: { failures: 1 } });
    await sendBy().catch(() => undefined);
    expect(state()).toBe('open');
  });

  test('keeps a message from no member if all are open', async () => {
    const clock = createManualClock();
    const failing = () => fake('Any', ...Array.from({ length: 1 }, () => notSent()));
    const members = [failing(), failing()];
    const mailer = nodemailer.createTransport(
      new FailoverTransport(members, { circuit: { failures: 1 } }, clock),
    );
    await mailer.sendMail(letter).catch(() => undefined);
    expect((await mailer.sendMail(letter)).failover.index).toBe(0);
  });

  test('stays closed if it is switched off', async () => {
    const { sendBy, state } = setUp(
      fake('One', ...Array.from({ length: 5 }, () => notSent({ retryAfter: 9 }))),
      {
        circuit: false,
      },
    );
    for (let at = 0; at < 5; at += 1) expect(await sendBy()).toBe('Two');
    expect(state()).toBe('closed');
    expect(await sendBy()).toBe('One');
  });
});

describe('the options', () => {
  test.each([
    ['no members', () => failover([]), /at least one transport/],
    [
      'the same member twice',
      () => {
        const one = fake('One');
        return failover([one, one]);
      },
      /member 1 is the same transport as member 0/,
    ],
    [
      'an unknown option',
      () => failover([fake('One')], JSON.parse('{"circiut":false}')),
      /"circiut".*"circuit"/,
    ],
    ['no number', () => failover([fake('One')], { circuit: { failures: 0 } }), /circuit\.failures/],
  ])('%s is refused when it starts', (_, start, message) => {
    expect(start).toThrow(
      expect.objectContaining({ code: 'ECONFIG', message: expect.stringMatching(message) }),
    );
  });
});

describe('all members together', () => {
  test('verify() fails with the first member that fails; check() tells about each', async () => {
    const wrong = new Error('wrong password');
    const one = Object.assign(fake('One'), { verify: async () => true as const });
    const two = Object.assign(fake('Two'), { verify: () => Promise.reject(wrong) });
    const transport = failover([one, two, fake('Three')]);
    expect((await transport.check()).map(({ ok }) => ok)).toEqual([true, false, true]);
    await expect(transport.verify()).rejects.toMatchObject({
      message: 'Member 1 (Two) of the failover cannot send: wrong password',
      errors: [wrong],
    });
  });

  test('close() closes each, and no message is sent any more', async () => {
    const close = jest.fn();
    const one = Object.assign(fake('One'), { close });
    const mailer = nodemailer.createTransport(failover([one, fake('Two')]));
    mailer.close();
    const error = await errorOf(mailer.sendMail(letter));
    expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true });
    expect(close).toHaveBeenCalledTimes(1);
    expect(one.seen).toEqual([]);
  });
});
