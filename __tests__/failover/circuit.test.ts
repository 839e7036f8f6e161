import fc from 'fast-check';
import { Circuit } from '../../src/failover/circuit';
import { createManualClock } from '../support/manual-clock';
import { ambiguous, letter, passing, refused, stub, throttled, transporterOf } from './support';

test('a member is passed over after three failures in a row, and tried again by one message after 30 s', async () => {
  const [first, second] = [stub('First', passing), stub('Second')];
  const { transporter, transport, clock } = transporterOf([first, second]);
  for (let at = 0; at < 5; at++) await transporter.sendMail(letter);
  expect([first.tried, second.sent.length]).toEqual([3, 5]);
  expect(transport.members[0]).toEqual({ index: 0, name: 'First', circuit: 'open', retryAfter: 30_000 });
  await clock.pass(29_999);
  await transporter.sendMail(letter);
  expect(first.tried).toBe(3);
  await clock.pass(1);
  expect(transport.members[0]).toMatchObject({ circuit: 'half-open', retryAfter: 0 });
  // Its trial fails: it is open again, for as long.
  await transporter.sendMail(letter);
  await transporter.sendMail(letter);
  expect(first.tried).toBe(4);
  await clock.pass(30_000);
  first.act = () => undefined;
  expect((await transporter.sendMail(letter)).failover.index).toBe(0);
  expect(transport.members[0]).toMatchObject({ circuit: 'closed', retryAfter: 0 });
});

test('throttling opens the circuit at once, for as long as the service asks', async () => {
  const first = stub('First', () => throttled(90_000));
  const { transporter, transport, clock } = transporterOf([first, stub('Second')]);
  await transporter.sendMail(letter);
  await transporter.sendMail(letter);
  expect(first.tried).toBe(1);
  expect(transport.members[0]?.retryAfter).toBe(90_000);
  await clock.pass(90_000);
  await transporter.sendMail(letter);
  expect(first.tried).toBe(2);
});

test('while one message tries a member, the others go to the next', async () => {
  let release = () => {};
  const first = stub('First', passing);
  const second = stub('Second');
  const { transporter, clock } = transporterOf([first, second], { circuit: { failures: 1, coolDown: 10 } });
  await transporter.sendMail(letter);
  await clock.pass(10);
  first.act = () => new Promise((resolve) => (release = () => resolve(undefined)));
  const trial = transporter.sendMail(letter);
  while (first.tried < 2) await new Promise(setImmediate);
  expect((await transporter.sendMail(letter)).failover.index).toBe(1);
  release();
  expect((await trial).failover.index).toBe(0);
  first.act = () => undefined;
  expect((await transporter.sendMail(letter)).failover.index).toBe(0);
});

test('if all are open, the one is tried whose time comes first, and no other', async () => {
  const [first, second] = [stub('First', () => throttled(60_000)), stub('Second', () => throttled(20_000))];
  const { transporter } = transporterOf([first, second]);
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ retryAfter: 20_000 });
  await expect(transporter.sendMail(letter)).rejects.toMatchObject({ failover: { index: 1, failures: [] } });
  expect([first.tried, second.tried]).toEqual([1, 2]);
  second.act = () => undefined;
  expect((await transporter.sendMail(letter)).failover.index).toBe(1);
  second.act = passing;
  await expect(transporter.sendMail(letter)).rejects.toThrow();
  expect(first.tried).toBe(1);
});

test('what may have been sent counts as a failure, and a refusal as an answer', async () => {
  const first = stub('First', ambiguous);
  const { transporter, transport } = transporterOf([first, stub('Second')], { circuit: { failures: 2 } });
  const send = () => transporter.sendMail(letter).catch(() => undefined);
  await send();
  first.act = refused;
  await send();
  first.act = ambiguous;
  await send();
  expect(transport.members[0]?.circuit).toBe('closed');
  await send();
  expect(transport.members[0]?.circuit).toBe('open');
});

test('without circuits each message begins with the first member', async () => {
  const first = stub('First', () => throttled(60_000));
  const { transporter } = transporterOf([first, stub('Second')], { circuit: false });
  for (let at = 0; at < 5; at++) await transporter.sendMail(letter);
  expect(first.tried).toBe(5);
});

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
