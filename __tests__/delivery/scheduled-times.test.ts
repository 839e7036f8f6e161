import { runInNewContext } from 'node:vm';
import nodemailer, { type Transporter } from 'nodemailer';
import { systemClock } from '../../src/clock';
import { scheduleMarks } from '../../src/delivery/message-mark';
import type { GraphSentMessageInfo } from '../../src/delivery/sent-info';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { GraphTransport } from '../../src/transport';
import { fc } from '../support/fast-check';

const SECOND = 1000;
const NOW = Date.UTC(2026, 10, 26, 9, 30, 15, 250);
const IN_A_YEAR = Date.UTC(2027, 10, 26, 9, 30, 15, 250);
/** The furthest time of a Date. */
const END_OF_TIME = 8.64e15;

let sandbox: RunningSandbox;
let transport: GraphTransport;
let transporter: Transporter<GraphSentMessageInfo>;
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => NOW });
});
beforeEach(() => {
  sandbox.clear();
  transport = new GraphTransport(sandbox.options, { ...systemClock, date: () => NOW });
  transporter = nodemailer.createTransport(transport);
});
afterAll(() => sandbox.close());

const send = (sendAt: unknown) => {
  const mail: object = {
    to: 'ann@example.com',
    subject: 'Reminder',
    text: 'Tomorrow at nine',
    graph: { sendAt },
  };
  return transporter.sendMail(mail);
};
const past = fc.integer({ min: -END_OF_TIME, max: NOW });
const ahead = fc.integer({ min: NOW + 1, max: IN_A_YEAR });
const tooFar = fc.integer({ min: IN_A_YEAR + 1, max: END_OF_TIME });
const time = fc.oneof(past, ahead, tooFar);
const toDate = (ms: number) => new Date(ms);
const ofAnotherRealm = (ms: number): unknown => runInNewContext(`new Date(${ms})`);

class LyingDate extends Date {
  override getTime = () => NOW + SECOND;
  override valueOf = () => NOW + SECOND;
}

const refusedTimes = {
  'a past time': past.map(toDate),
  'a time over a year ahead': tooFar.map(toDate),
  'a past time of another realm': past.map(ofAnotherRealm),
  'a past Date that says it is ahead': past.map((ms) => new LyingDate(ms)),
  'an Invalid Date': fc.constantFrom<unknown>(new Date(Number.NaN), ofAnotherRealm(Number.NaN)),
  'a text': fc.oneof(
    fc.string(),
    ahead.map((ms) => new Date(ms).toISOString()),
  ),
  'a number': fc.oneof(time, fc.double()),
  'what has only the looks of a Date': ahead.chain((ms) =>
    fc.constantFrom<unknown>(
      Object.create(Date.prototype),
      Object.setPrototypeOf(
        { getTime: () => ms, toISOString: () => toDate(ms).toISOString() },
        Date.prototype,
      ),
      { getTime: () => ms, [Symbol.toStringTag]: 'Date' },
      new Proxy(toDate(ms), {}),
      () => toDate(ms),
      [toDate(ms)],
    ),
  ),
  'anything else': fc.anything().filter((value) => value !== undefined),
} satisfies Record<string, fc.Arbitrary<unknown>>;

test.each(Object.entries(refusedTimes))('%s is EMESSAGE before any request', async (_, times) => {
  await fc.assert(
    fc.asyncProperty(times, async (sendAt) => {
      await expect(send(sendAt)).rejects.toMatchObject({
        code: 'EMESSAGE',
        message: expect.stringMatching(/^The message cannot be scheduled: .* Nothing was sent\.$/s),
        retryable: false,
        ambiguous: false,
      });
    }),
  );
  expect(sandbox.requests).toEqual([]);
});

test.each([
  ['now', NOW, false],
  ['a second ahead', NOW + SECOND, true],
  ['a year ahead', IN_A_YEAR, true],
  ['a year and a second ahead', IN_A_YEAR + SECOND, false],
])('%s is judged to the second', async (_, ms, isFine) => {
  const outcome = await send(toDate(ms)).catch((error: { code: string }) => error.code);
  expect(outcome).toEqual(isFine ? expect.objectContaining({ sendAt: toDate(ms) }) : 'EMESSAGE');
});

test('any time in the year to come is held until then, of whatever realm the Date is', async () => {
  await fc.assert(
    fc.asyncProperty(
      ahead,
      fc.constantFrom<(ms: number) => unknown>(toDate, ofAnotherRealm),
      async (ms, make) => {
        sandbox.clear();
        const info = await send(make(ms));
        expect(info).toMatchObject({ scheduled: true, sendAt: toDate(ms) });
        expect(info.sendAt).toBeInstanceOf(Date);
        expect(sandbox.drafts).toMatchObject([{ sendsAt: toDate(ms) }]);
        await expect(transport.scheduled()).resolves.toMatchObject([{ sendAt: toDate(ms) }]);
      },
    ),
    { numRuns: 25 },
  );
});

test('a Date that the app changes while the message waits does not change the time', async () => {
  const sendAt = toDate(NOW + SECOND);
  const sending = send(sendAt);
  sendAt.setTime(0);
  await expect(sending).resolves.toMatchObject({ sendAt: toDate(NOW + SECOND) });
});

test('Exchange is told the time in UTC, with date, time and zone', () => {
  fc.assert(
    fc.property(ahead, (ms) => {
      const [held] = scheduleMarks(toDate(ms), '<a@contoso.example>');
      expect(held?.id).toBe('SystemTime 0x3FEF');
      expect(held?.value).toMatch(/^202[67]-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(held?.value ?? '')).toBe(ms);
    }),
  );
});
