import { afterFailure, backoffMs } from '../../src/bullmq/after-failure';
import { GraphTransportError, type Outcome } from '../../src/index';
import { fc } from '../support/fast-check';

const seed = 20261125;
const waits = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 1, max: 600_000 }),
  fc.double({ min: 0.001, max: 600_000, noNaN: true }),
);
const codes = fc.constantFrom(
  'EAUTH',
  'EENVELOPE',
  'EMESSAGE',
  'ECONNECTION',
  'ETIMEDOUT',
  'EABORT' as const,
);
const outcomes = fc.constantFrom<Outcome>('not-accepted', 'unknown', 'refused');

/** Errors of this package, with what decides of them. */
const ours = fc
  .record({ code: codes, outcome: outcomes, retryAfter: waits })
  .map(({ code, outcome, retryAfter }) => ({
    outcome,
    code,
    retryAfter,
    error: new GraphTransportError(code, 'Graph did not accept the message.', { outcome, retryAfter }),
  }));
/** Whatever else a send may reject with: Nodemailer's errors, a plugin's, and what is no error at all. */
const foreign = fc.oneof(
  fc.anything(),
  fc.record(
    {
      code: fc.oneof(codes, fc.constantFrom('EFILEACCESS', 'ENOENT', 'ESTREAM'), fc.anything()),
      retryAfter: fc.anything(),
      retryable: fc.oneof(fc.boolean(), fc.anything()),
      ambiguous: fc.oneof(fc.boolean(), fc.anything()),
    },
    { requiredKeys: [] },
  ),
);
const deliveries = fc.constantFrom('exactly-once' as const, 'at-most-once' as const);
const stops = fc.boolean();

describe('afterFailure', () => {
  test('never sends again what may have been sent, unless exactly-once finds it', () => {
    fc.assert(
      fc.property(ours, stops, ({ error, outcome }, isStopping) => {
        const next = afterFailure(error, { delivery: 'at-most-once', isStopping });
        if (outcome === 'unknown') expect(next).toEqual({ action: 'fail', because: 'may have been sent' });
      }),
      { seed },
    );
  });

  test('fails no message that was not sent and may be sent later, nor one that exactly-once can settle', () => {
    fc.assert(
      fc.property(ours, deliveries, stops, ({ error, outcome }, delivery, isStopping) => {
        fc.pre(outcome === 'not-accepted' || (outcome === 'unknown' && delivery === 'exactly-once'));
        expect(afterFailure(error, { delivery, isStopping }).action).not.toBe('fail');
      }),
      { seed },
    );
  });

  test('pauses the mailbox for as long as the service asks, whether the worker stops or not', () => {
    fc.assert(
      fc.property(ours, deliveries, stops, ({ error, outcome, retryAfter }, delivery, isStopping) => {
        const next = afterFailure(error, { delivery, isStopping });
        const isThrottled = outcome === 'not-accepted' && retryAfter !== undefined;
        expect(next.action === 'pause').toBe(isThrottled);
        if (next.action === 'pause') {
          expect(next.ms).toBe(Math.ceil(retryAfter ?? 0));
        }
      }),
      { seed },
    );
  });

  test('fails what was refused at once, and nothing else', () => {
    fc.assert(
      fc.property(ours, deliveries, ({ error, outcome }, delivery) => {
        const next = afterFailure(error, { delivery, isStopping: false });
        if (outcome === 'refused') expect(next).toEqual({ action: 'fail', because: 'refused' });
        else if (next.action === 'fail') expect(next.because).toBe('may have been sent');
      }),
      { seed },
    );
  });

  test('takes no attempt from a message whose worker stops, unless it would be refused anywhere', () => {
    fc.assert(
      fc.property(ours, ({ error, outcome, code, retryAfter }) => {
        const next = afterFailure(error, { delivery: 'exactly-once', isStopping: true });
        const isClosed = code === 'ECONNECTION' || code === 'EABORT';
        if (outcome === 'not-accepted' && retryAfter) expect(next.action).toBe('pause');
        else if (outcome === 'refused' && !isClosed) expect(next.action).toBe('fail');
        else expect(next.action).toBe('put-back');
      }),
      { seed },
    );
  });

  test('decides of any error, and sends again none that does not say that it may be', () => {
    fc.assert(
      fc.property(foreign, deliveries, stops, (error, delivery, isStopping) => {
        const next = afterFailure(error, { delivery, isStopping });
        const said = typeof error === 'object' && error !== null ? error : {};
        const isRetryable = 'retryable' in said && said.retryable === true;
        const isAmbiguous = 'ambiguous' in said && said.ambiguous === true;
        if (!isRetryable && !isAmbiguous) expect(['fail', 'put-back']).toContain(next.action);
        if (!isRetryable && !isAmbiguous && !isStopping) expect(next.action).toBe('fail');
        if (isAmbiguous && delivery === 'at-most-once') expect(next.action).toBe('fail');
        if (next.action === 'pause') expect(Number.isSafeInteger(next.ms) && next.ms > 0).toBe(true);
      }),
      {
        seed,
        examples: [
          [{ retryable: true, retryAfter: Number.NaN }, 'exactly-once', false],
          [{ retryable: true, retryAfter: Number.POSITIVE_INFINITY }, 'exactly-once', false],
        ],
      },
    );
  });
});

describe('backoffMs', () => {
  test('waits at random, up to a bound that doubles', () => {
    expect(backoffMs(1, 1000, new Error('x'), 0.5)).toBe(1000);
    expect(backoffMs(4, 1000, new Error('x'), 0.5)).toBe(8000);
    expect(backoffMs(4, 1000, new Error('x'), 0)).toBe(0);
  });

  test('waits no shorter than the service asks', () => {
    const error = new GraphTransportError('ETIMEDOUT', 'No answer.', {
      outcome: 'unknown',
      retryAfter: 5000.2,
    });
    expect(backoffMs(1, 1000, error, 0.9)).toBe(5001);
    expect(backoffMs(10, 1000, error, 0.5)).toBe(512_000);
  });

  test('is a whole number of milliseconds, and never one by which BullMQ would fail the job', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(60_000),
        foreign,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, base, error, random) => {
          const ms = backoffMs(attempt, base, error, random);
          expect(Number.isSafeInteger(ms) && ms >= 0).toBe(true);
        },
      ),
      { seed },
    );
  });
});
