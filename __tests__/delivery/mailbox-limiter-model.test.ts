import { MailboxLimiter } from '../../src/delivery/mailbox-limiter';
import { Abort } from '../../src/errors/signal';
import type { Pauses } from '../../src/graph/message-requests';
import { fc } from '../support/fast-check';
import { createManualClock } from '../support/manual-clock';
import { PlainLimiter } from '../support/plain-limiter';

const which = fc.nat(20);
const step = fc.oneof(
  { weight: 7, arbitrary: fc.record({ do: fc.constant('send' as const), which: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pause' as const), which, ms: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 30 }) }),
  },
);
const limits = fc.record({
  maxConnections: fc.integer({ min: 1, max: 3 }),
  maxTotalConnections: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(Number.POSITIVE_INFINITY)),
  rateLimit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  rateDelta: fc.integer({ min: 5, max: 40 }),
  maxQueue: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(Number.POSITIVE_INFINITY)),
});

const WIDE = {
  maxConnections: 3,
  maxTotalConnections: 5,
  rateLimit: undefined,
  rateDelta: 5,
  maxQueue: Number.POSITIVE_INFINITY,
};
const send = (which: number) => ({ do: 'send' as const, which });
const end = { do: 'end' as const, which: 0 };
/** A mailbox whose waiting message is aborted, and whose next has its turn at once, has had its turn. */
const OVERTAKEN = [
  ...[0, 1, 0, 1, 1, 0].map(send),
  { do: 'abort' as const, which: 0 },
  end,
  ...[0, 0, 1].map(send),
  end,
];

test('begins the messages that plain rules would begin, in the same order, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(
      limits,
      fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }),
      async (given, steps) => {
        const clock = createManualClock();
        const limiter = new MailboxLimiter(given, clock);
        const plain = new PlainLimiter(given);
        const begun: string[] = [];
        const underWay = new Map<string, { end: () => void; pauses: Pauses }>();
        const aborts = new Map<string, Abort>();
        for (const [index, now] of steps.entries()) {
          const name = `${index}`;
          switch (now.do) {
            case 'send': {
              const mailbox = `mailbox${now.which}`;
              const abort = new Abort();
              aborts.set(name, abort);
              const work = (pauses: Pauses) =>
                new Promise<void>((end) => {
                  begun.push(name);
                  underWay.set(name, { end, pauses });
                });
              limiter.run(mailbox, work, abort).catch(() => undefined);
              plain.send({ name, mailbox });
              break;
            }
            case 'end': {
              const ended = plain.underWay[now.which % plain.underWay.length];
              if (!ended) break;
              underWay.get(ended.name)?.end();
              plain.end(ended.name);
              break;
            }
            case 'abort': {
              const aborted = plain.waiting[now.which % plain.waiting.length];
              if (!aborted) break;
              aborts.get(aborted.name)?.abort();
              plain.abort(aborted.name);
              break;
            }
            case 'pause': {
              const paused = plain.underWay[now.which % plain.underWay.length];
              if (!paused) break;
              underWay.get(paused.name)?.pauses.pauseFor(now.ms);
              plain.pause(paused.name, now.ms);
              break;
            }
            case 'pass':
              await clock.pass(now.ms);
              plain.pass(now.ms);
          }
          await clock.pass(0);
          expect(begun).toEqual(plain.begun);
          expect(limiter.waiting).toBe(plain.waiting.length);
        }
        while (plain.underWay.length + plain.waiting.length > 0) {
          const [left] = plain.underWay;
          if (left) underWay.get(left.name)?.end();
          if (left) plain.end(left.name);
          await clock.pass(100);
          plain.pass(100);
        }
        expect(begun).toEqual(plain.begun);
        // Nothing is remembered of mailboxes whose messages, pauses and rates are over.
        await clock.pass(100);
        await limiter.run('another', async () => undefined);
        expect(limiter.mailboxes).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 120, examples: [[WIDE, OVERTAKEN]] },
  );
}, 30_000);
