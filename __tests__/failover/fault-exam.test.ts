import { fc } from '../support/fast-check';
import {
  DRAFT_WAYS,
  examine,
  GRAPH_FAULTS,
  type GraphTrouble,
  ONE_REQUEST,
  SMTP_TROUBLES,
  type SmtpTrouble,
  type Way,
} from './exam';

/** Each request of a way with each fault. */
const troublesOf = ({ steps }: Way): GraphTrouble[] =>
  steps.flatMap((request) => GRAPH_FAULTS.map((fault) => ({ request, fault })));
const GRAPH_TROUBLES = troublesOf(ONE_REQUEST);

/** To EHLO, a refusal only makes Nodemailer say HELO. */
const isHarmless = ({ moment, fault }: SmtpTrouble) => moment === 'ehlo' && /^[45][^2]/.test(fault);

/** The troubles that certainly sent nothing, by what the protocols say. */
const SURELY_NOT_SENT: SmtpTrouble[] = SMTP_TROUBLES.filter(
  (trouble) => !isHarmless(trouble) && isSurelyNotSent(trouble),
);
function isSurelyNotSent({ moment, fault }: SmtpTrouble): boolean {
  return (
    // Nothing of the message has gone yet, or the server has answered that it does not take it.
    ['greeting', 'ehlo', 'auth'].includes(moment) ||
    (moment === 'end' ? fault === '451 4.3.2 Later' : fault !== '550 5.7.1 No')
  );
}

test.each(SURELY_NOT_SENT)('after $fault at $moment of SMTP, Graph sends', async (trouble) => {
  const { info } = await examine(false, undefined, trouble);
  expect(info?.failover.name).toBe('GraphTransport');
});

test.each(SMTP_TROUBLES.filter((trouble) => !isHarmless(trouble) && !isSurelyNotSent(trouble)))(
  'after $fault at $moment of SMTP, Graph does not send',
  async (trouble) => {
    const { error } = await examine(false, undefined, trouble);
    const isRefusal = typeof trouble.fault === 'string' && trouble.fault.startsWith('550');
    expect(error).toMatchObject({ ambiguous: !isRefusal, retryable: false, failover: { index: 0 } });
  },
);

test.each(GRAPH_TROUBLES)(
  'with trouble $fault at $request, SMTP sends only what is certain',
  async (trouble) => {
    const { info, error } = await examine(true, trouble);
    if (error) expect(error.retryable).toBe(false);
    else expect(info.failover.failures.length).toBeLessThanOrEqual(1);
  },
);

test('no message is sent twice, or lost though it was told to be sent, whatever befalls both members', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.option(fc.constantFrom(...GRAPH_TROUBLES), { nil: undefined, freq: 8 }),
      fc.option(fc.constantFrom(...SMTP_TROUBLES), { nil: undefined, freq: 8 }),
      async (isGraphFirst, graphTrouble, smtpTrouble) => {
        await examine(isGraphFirst, graphTrouble, smtpTrouble);
      },
    ),
    { numRuns: 50, seed: 4711 },
  );
}, 60_000);

/** What befalls a message on its way: which way, the fault of Graph and where, the fault of SMTP, and who is first. */
const sending = fc.constantFrom(...DRAFT_WAYS).chain((way) =>
  fc.record({
    way: fc.constant(way),
    isGraphFirst: fc.boolean(),
    isBlind: fc.boolean(),
    graphTrouble: fc.option(fc.constantFrom(...troublesOf(way)), { nil: undefined, freq: 12 }),
    smtpTrouble: fc.option(fc.constantFrom(...SMTP_TROUBLES), { nil: undefined, freq: 2 }),
  }),
);

// More of them: FAILOVER_RUNS=100. A failure prints the seed and the path to replay it with.
test('no message is sent twice, or lost though it was told to be sent, on any way of several requests', async () => {
  await fc.assert(
    fc.asyncProperty(sending, async ({ way, isGraphFirst, graphTrouble, smtpTrouble, isBlind }) => {
      await examine(isGraphFirst, graphTrouble, smtpTrouble, way, isBlind);
    }),
    { numRuns: Number(process.env.FAILOVER_RUNS ?? 4), seed: 4711 },
  );
}, 600_000);

test.each(DRAFT_WAYS)('by way of $name, Graph sends if nothing goes wrong', async (way) => {
  const { info } = await examine(true, undefined, undefined, way);
  expect(info?.failover).toEqual({ index: 0, name: 'GraphTransport', failures: [] });
});

test.each(DRAFT_WAYS)('by way of $name, a failure before the last request goes on to SMTP', async (way) => {
  const [request = 'token'] = way.steps.slice(-2);
  const fault = { kind: 'answer', status: 503, code: 'serviceNotAvailable' } as const;
  const { info } = await examine(true, { request, fault }, undefined, way);
  expect(info?.failover).toMatchObject({ index: 1, name: 'SMTP' });
});

const LOST_ANSWER: GraphTrouble = { request: 'send-draft', fault: { kind: 'reset', when: 'after' } };

test.each(DRAFT_WAYS)(
  'by way of $name, a lost answer makes Graph look, and SMTP is not asked',
  async (way) => {
    const { info, arrived } = await examine(true, LOST_ANSWER, undefined, way);
    expect([info?.failover.index, arrived]).toEqual([0, 1]);
  },
);

test.each(DRAFT_WAYS.slice(1, 3))(
  'by way of $name, an answer that stays lost goes no further',
  async (way) => {
    const { error, arrived } = await examine(true, LOST_ANSWER, undefined, way, true);
    expect(error).toMatchObject({ ambiguous: true, retryable: false, failover: { index: 0 } });
    expect(arrived).toBe(1);
  },
);
