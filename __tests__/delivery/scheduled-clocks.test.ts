import { format } from 'node:util';
import nodemailer from 'nodemailer';
import { type Clock, systemClock } from '../../src/clock';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { GraphTransport } from '../../src/transport';

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const HOUR = 3_600_000;
const inMs = (ms: number) => new Date(Date.now() + ms);

/** A transport on a machine whose clock is ahead, and the warnings that it logs. */
function onClock(aheadMs: number) {
  const warnings: string[] = [];
  const clock: Clock = { ...systemClock, date: () => Date.now() + aheadMs };
  const ignore = () => undefined;
  const warn = (_: object, message = '', ...args: unknown[]) => void warnings.push(format(message, ...args));
  const logger = { trace: ignore, debug: ignore, info: ignore, warn, error: ignore, fatal: ignore };
  const transport = new GraphTransport({ ...sandbox.options, logger }, clock);
  const sendAs = (sendAt: Date | undefined) =>
    nodemailer.createTransport(transport).sendMail({
      messageId: '<reminder@contoso.example>',
      to: 'ann@example.com',
      subject: 'Reminder',
      text: 'Tomorrow at nine',
      graph: { sendAt },
    });
  return { sendAs, warnings };
}

test.each([
  ['ahead of', 600_000],
  ['behind', -600_000],
])('a clock %s that of Graph is warned of for a scheduled message, and for no other', async (word, ms) => {
  const { sendAs, warnings } = onClock(ms);
  await sendAs(undefined);
  expect(warnings).toEqual([]);
  await sendAs(inMs(HOUR));
  expect(warnings).toEqual([
    expect.stringMatching(
      `^Message <reminder@contoso.example> is scheduled. .*clock is \\d{3} seconds ${word} Graph's`,
    ),
  ]);
});

test('clocks that differ by less than a minute are not warned of', async () => {
  for (const ms of [50_000, -50_000]) {
    const { sendAs, warnings } = onClock(ms);
    await sendAs(inMs(HOUR));
    expect(warnings).toEqual([]);
  }
});

test('a message whose time has come by the clock of Graph is said to have gone at once', async () => {
  const { sendAs, warnings } = onClock(-600_000);
  await sendAs(inMs(-60_000));
  expect(sandbox.messages).toHaveLength(1);
  expect(warnings).toEqual([expect.stringContaining('Exchange may have sent it at once. This machine')]);
});

test('a time that is past is refused with how wrong the clock is, once that is known', async () => {
  const { sendAs } = onClock(600_000);
  const soon = inMs(60_000);
  const unknown = await sendAs(soon).catch((error: Error) => error);
  expect(unknown).toMatchObject({ code: 'EMESSAGE', message: expect.not.stringContaining('seconds') });
  await sendAs(inMs(HOUR));
  await expect(sendAs(soon)).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringMatching(
      /past\. It is \S+ on this machine, whose clock is (599|600|601) seconds ahead of Graph's\./,
    ),
  });
});

test('a time that is past by the clock of Graph is refused, once that is known', async () => {
  const { sendAs } = onClock(-600_000);
  await sendAs(inMs(HOUR));
  const { length } = sandbox.requests;
  await expect(sendAs(inMs(-60_000))).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringMatching(/past by Graph's clock\. .*seconds behind Graph's\./),
  });
  expect(sandbox.requests).toHaveLength(length);
});
