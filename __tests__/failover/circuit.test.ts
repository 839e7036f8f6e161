import { Circuit } from '../../src/failover/circuit';
import { fc } from '../support/fast-check';
import { createManualClock } from '../support/manual-clock';

test('a message that began before the circuit opened does not close it', () => {
  const circuit = new Circuit({ failures: 1 }, createManualClock(), () => undefined);
  const [early, late] = [circuit.begin(), circuit.begin()];
  late.failed(0);
  early.answered();
  expect(circuit.state).toBe('open');
});

test('a message that was aborted leaves the trial to the next', () => {
  const clock = createManualClock();
  const circuit = new Circuit({ failures: 1, coolDown: 0 }, clock, () => undefined);
  circuit.begin().failed(0);
  const trial = circuit.begin();
  expect(circuit.isReady).toBe(false);
  trial.abandoned();
  expect([circuit.isReady, circuit.state]).toEqual([true, 'half-open']);
});

const event = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(200) }),
  fc.record({ kind: fc.constant('begin' as const) }),
  fc.record({ kind: fc.constant('answered' as const), which: fc.nat(5) }),
  fc.record({
    kind: fc.constant('failed' as const),
    which: fc.nat(5),
    retryAfter: fc.oneof(fc.constant(0), fc.nat(300)),
  }),
  fc.record({ kind: fc.constant('abandoned' as const), which: fc.nat(5) }),
);

test('whatever happens: it never tries earlier than it said, and never more than one message at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const clock = createManualClock();
      const circuit = new Circuit({ failures: 2, coolDown: 100 }, clock, () => undefined);
      let underWay: { attempt: ReturnType<Circuit['begin']>; isTrial: boolean }[] = [];
      let notBefore = 0;
      for (const one of events) {
        if (one.kind === 'pass') await clock.pass(one.ms);
        else if (one.kind === 'begin') {
          if (!circuit.isReady) continue;
          const isTrial = circuit.state !== 'closed';
          expect(clock.now()).toBeGreaterThanOrEqual(isTrial ? notBefore : 0);
          expect(isTrial && underWay.some((other) => other.isTrial)).toBe(false);
          underWay.push({ attempt: circuit.begin(), isTrial });
        } else {
          const ended = underWay[one.which];
          if (!ended) continue;
          underWay = underWay.filter((other) => other !== ended);
          if (one.kind === 'failed') ended.attempt.failed(one.retryAfter);
          else ended.attempt[one.kind]();
          notBefore = circuit.state === 'closed' ? 0 : clock.now() + circuit.waitMs;
        }
      }
      // It never stays open for good.
      for (const { attempt } of underWay) attempt.abandoned();
      await clock.pass(100_000);
      expect(circuit.isReady).toBe(true);
    }),
    { numRuns: 300 },
  );
});
