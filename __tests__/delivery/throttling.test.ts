import { HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { GraphTransport } from '../../src/transport';
import { entraRefuses, graphRefuses, sendMailUrl, tokenUrl, useGraphWire } from '../support/graph-wire';
import { createManualClock } from '../support/manual-clock';
import { IDENTITY } from '../support/options';

const wire = useGraphWire();

const LETTER = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

/** Sends on a clock that goes on as soon as somebody waits for it, and tells how long each wait was. */
async function sendPatiently(retry: { attempts?: number; maxDelay?: number } = {}, letters = [LETTER]) {
  const clock = createManualClock();
  const waits: number[] = [];
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (ms, signal) => {
    waits.push(ms);
    const slept = sleep(ms, signal);
    setImmediate(() => void clock.pass(ms));
    await slept;
  };
  const transport = new GraphTransport(
    { ...IDENTITY, dispatcher: wire.dispatcher, retry, maxConnections: 1 },
    clock,
  );
  const transporter = nodemailer.createTransport(transport);
  const sent = letters.map((letter) =>
    transporter.sendMail(letter).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  const errors = await Promise.all(sent);
  transport.close();
  return { waits, error: errors[0], errors };
}

test.each<[string, number, string | undefined]>([
  ['429 without a body', 429, undefined],
  ['429 with a code that says nothing', 429, 'UnknownError'],
  ['429 of a mailbox that is being moved', 429, 'ErrorMailboxMoveInProgress'],
  ['509', 509, undefined],
  ['503 with a code that throttles', 503, 'ErrorServerBusy'],
  ['503 with a code that throttles, spelled otherwise', 503, 'Too Many Requests'],
  ['403 with a limit on an hour', 403, 'ErrorExceededHourlyMessageLimit'],
])('waits tens of seconds, doubling, after %s without Retry-After', async (_, status, code) => {
  wire.use(
    code === undefined
      ? http.post(sendMailUrl, () => new HttpResponse(null, { status }))
      : graphRefuses(status, code, 'Slow down.'),
  );
  const { waits, error } = await sendPatiently();
  expect(waits).toEqual([30_000, 60_000, 120_000, 180_000]);
  expect(error).toMatchObject({ retryable: true, ambiguous: false, retryAfter: 180_000 });
  expect(wire.sends()).toHaveLength(5);
});

test('carries the wait even where it is tried once, or maxDelay is short', async () => {
  wire.use(http.post(sendMailUrl, () => new HttpResponse(null, { status: 429 })));
  expect(await sendPatiently({ attempts: 1 })).toMatchObject({ waits: [], error: { retryAfter: 30_000 } });
  const { waits, error } = await sendPatiently({ attempts: 2, maxDelay: 5 });
  expect(waits).toEqual([5]);
  expect(error).toMatchObject({ retryAfter: 30_000, hint: expect.stringMatching(/tried 2 times/) });
});

test('waits as Retry-After says where it says something', async () => {
  const headers = { 'retry-after': '7' };
  wire.use(http.post(sendMailUrl, () => new HttpResponse(null, { status: 429, headers })));
  const { waits, error } = await sendPatiently({ attempts: 3 });
  expect(waits).toEqual([7000, 7000]);
  expect(error).toMatchObject({ retryAfter: 7000 });
});

test.each(['99999999999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', '1e999', 'Infinity', '-1'])(
  'is told a finite wait given Retry-After: %s',
  async (value) => {
    const headers = { 'retry-after': value };
    wire.use(http.post(sendMailUrl, () => new HttpResponse(null, { status: 429, headers })));
    const { error } = await sendPatiently({ attempts: 1 });
    expect(error).toMatchObject({ retryAfter: expect.any(Number) });
    expect(Reflect.get(Object(error), 'retryAfter')).toBeLessThan(2 ** 31);
  },
);

test('keeps short waits after a 503 that does not throttle, and carries none', async () => {
  wire.use(graphRefuses(503, 'serviceNotAvailable', 'Under maintenance.'));
  const { waits, error } = await sendPatiently();
  expect(waits).toEqual([500, 1000, 2000, 4000]);
  expect(error).toMatchObject({ retryable: true, retryAfter: undefined });
});

test('keeps short waits after a connection that broke', async () => {
  wire.use(http.post(tokenUrl, () => HttpResponse.error()));
  const { waits, error } = await sendPatiently();
  expect(waits).toEqual([500, 1000, 2000, 4000]);
  expect(error).toMatchObject({ code: 'ECONNECTION', retryAfter: undefined });
});

test('waits as long for an Entra that throttles', async () => {
  wire.use(http.post(tokenUrl, () => new HttpResponse(null, { status: 429 })));
  const { waits, error } = await sendPatiently({ attempts: 2 });
  expect(waits).toEqual([30_000]);
  expect(error).toMatchObject({ code: 'ECONNECTION', retryAfter: 60_000 });
});

test('holds up all messages of a mailbox that is throttled without a number', async () => {
  let count = 0;
  wire.use(
    http.post(sendMailUrl, () => (++count === 1 ? new HttpResponse(null, { status: 429 }) : undefined)),
  );
  const clock = createManualClock();
  const transport = new GraphTransport({ ...IDENTITY, dispatcher: wire.dispatcher }, clock);
  const transporter = nodemailer.createTransport(transport);
  const first = transporter.sendMail(LETTER);
  while (count === 0) await new Promise(setImmediate);
  await new Promise((done) => setTimeout(done, 50));
  const second = transporter.sendMail(LETTER);
  await new Promise((done) => setTimeout(done, 50));
  await clock.pass(29_999);
  expect(wire.sends()).toHaveLength(1);
  await clock.pass(1);
  await Promise.all([first, second]);
  expect(wire.sends()).toHaveLength(3);
  transport.close();
});

test('takes a tenant that Entra throttles by its code for throttled', async () => {
  wire.use(entraRefuses(400, 90055, 'Slow down.'));
  const { waits, error } = await sendPatiently({ attempts: 2 });
  expect(waits).toEqual([30_000]);
  expect(error).toMatchObject({ graphCode: 'AADSTS90055', retryable: true, retryAfter: 60_000 });
});

test('asks Entra itself again, and not the memory of Microsoft’s library', async () => {
  let count = 0;
  const headers = { 'retry-after': '7' };
  wire.use(
    http.post(tokenUrl, () => (++count < 3 ? new HttpResponse(null, { status: 429, headers }) : undefined)),
  );
  expect(await sendPatiently()).toEqual({ waits: [7000, 7000], errors: [undefined], error: undefined });
  expect(count).toBe(3);
});
