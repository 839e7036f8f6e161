import { format } from 'node:util';
import { getLogger } from 'nodemailer/lib/shared';
import * as log from '../../src/delivery/log';
import type { GraphSentMessageInfo } from '../../src/delivery/sent-info';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { atEachLevel } from '../../src/errors/without-secrets';
import type { TransportLogger } from '../../src/options/options';

/** A logger, and its lines as they are read, with what they carry. */
function setUp() {
  const lines: { level: string; entry: object; line: string }[] = [];
  const method =
    (level: string) =>
    (entry: object, message?: string, ...args: unknown[]) =>
      void lines.push({ level, entry, line: format(message, ...args) });
  const logger: TransportLogger = atEachLevel(method);
  const shared = getLogger({ logger });
  return { lines, logger, shared, log: new log.SendLog(shared, '<first@b>') };
}
const error = new GraphTransportError('ECONNECTION', 'It failed.', { outcome: 'not-accepted' });

test('a message that begins names its recipients, the first two if there are many', () => {
  const { log, lines } = setUp();
  const to = ['a@b.example', 'b@b.example', 'c@b.example', 'd@b.example', 'e@b.example'];
  log.started(to.slice(0, 3));
  log.started(to.slice(0, 4));
  log.started(to);
  expect(lines.map(({ line }) => line)).toEqual([
    'Sending message <first@b> to <a@b.example, b@b.example, c@b.example>',
    'Sending message <first@b> to <a@b.example, b@b.example, ...and 2 more>',
    'Sending message <first@b> to <a@b.example, b@b.example, ...and 3 more>',
  ]);
  expect(lines[0]).toMatchObject({ level: 'debug', entry: { tnx: 'send', messageId: '<first@b>' } });
});

test('a message goes by the Message-ID that it is sent under', () => {
  const { log, lines } = setUp();
  log.goesBy('<second@b>');
  log.failed(error);
  expect(lines).toMatchObject([
    {
      level: 'error',
      entry: { tnx: 'send', messageId: '<second@b>', err: error },
      line: 'Sending message <second@b> failed: It failed.',
    },
  ]);
});

test('a request that is made again tells when and why, and whether its mailbox is throttled', () => {
  const { log: sendLog, lines, shared } = setUp();
  const event = { error, attempt: 2, waitMs: 500 };
  sendLog.retried({ ...event, throttled: false });
  sendLog.retried({ ...event, throttled: true });
  log.logRetry(shared, { ...event, throttled: false });
  log.logRetry(shared, { ...event, throttled: true });
  const known = { attempt: 2, waitMs: 500 };
  expect(lines).toMatchObject([
    {
      level: 'warn',
      entry: { tnx: 'retry', messageId: '<first@b>', ...known },
      line: 'Sending message <first@b> failed (attempt 2), next in 500 ms: It failed.',
    },
    {
      level: 'warn',
      entry: { tnx: 'throttled', messageId: '<first@b>', ...known },
      line: 'Graph throttles the mailbox of message <first@b> (attempt 2), next in 500 ms: It failed.',
    },
    {
      level: 'warn',
      entry: { tnx: 'retry', ...known },
      line: 'A request failed (attempt 2), next in 500 ms: It failed.',
    },
    { level: 'warn', entry: { tnx: 'throttled', ...known } },
  ]);
});

test('an upload tells how far it is, and of its end with a line of its own', () => {
  const { log, lines } = setUp();
  const event = { messageId: '<first@b>', attachment: 'plan.bin', totalBytes: 9 };
  log.uploaded({ ...event, sentBytes: 4 });
  log.uploaded({ ...event, sentBytes: 9 });
  expect(lines).toMatchObject([
    {
      level: 'debug',
      entry: { tnx: 'upload', messageId: '<first@b>', sentBytes: 4, totalBytes: 9 },
      line: 'Uploading attachment "plan.bin" of message <first@b>: 4 of 9 bytes',
    },
    {
      level: 'info',
      entry: { tnx: 'upload', messageId: '<first@b>', sentBytes: 9, totalBytes: 9 },
      line: 'Uploaded attachment "plan.bin" of message <first@b>: 9 bytes',
    },
  ]);
});

describe('a message that is accepted', () => {
  const info: GraphSentMessageInfo = {
    envelope: { from: false, to: [] },
    messageId: '<sent@b>',
    serverMessageId: undefined,
    accepted: ['a@b.example', 'b@b.example'],
    rejected: [],
    pending: [],
    dropped: [],
    response: '202 Accepted',
    messageSize: 1234,
    messageTime: 56,
    route: 'json',
    routeReason: 'JSON carries it whole',
    attempts: 1,
    deduplicated: false,
    draftId: undefined,
    scheduled: false,
    sendAt: undefined,
    sentItem: undefined,
    requestId: 'id-1',
    clientRequestId: 'id-2',
  };

  test('tells in one line how it went', () => {
    const { log, lines } = setUp();
    log.accepted(info);
    expect(lines).toEqual([
      {
        level: 'info',
        entry: expect.objectContaining({
          tnx: 'send',
          messageId: '<sent@b>',
          status: '202 Accepted',
          recipients: 2,
          route: 'json',
          bytes: 1234,
          attempts: 1,
          requestId: 'id-1',
          ms: 56,
          deduplicated: false,
        }),
        line: 'Message <sent@b> for 2 recipients, 1234 bytes: 202 Accepted as json (JSON carries it whole), attempts 1, 56 ms, request-id id-1',
      },
    ]);
  });

  test('is said to be scheduled, and until when, if Exchange holds it', () => {
    const { log, lines } = setUp();
    log.accepted({ ...info, route: 'draft', scheduled: true, sendAt: new Date(Date.UTC(2026, 10, 30, 8)) });
    expect(lines).toEqual([
      {
        level: 'info',
        entry: expect.objectContaining({ tnx: 'send', sendAt: '2026-11-30T08:00:00.000Z', recipients: 2 }),
        line: 'Scheduled message <sent@b> for 2026-11-30T08:00:00.000Z, 2 recipients, 1234 bytes: 202 Accepted as draft (JSON carries it whole), attempts 1, 56 ms, request-id id-1',
      },
    ]);
  });

  test('warns of what it went without, and of a draft that may be left', () => {
    const { log, lines } = setUp();
    log.accepted({ ...info, dropped: ['the header X-1', 'dsn'], draftMayBeLeft: true });
    expect(lines.slice(0, 2)).toMatchObject([
      {
        level: 'warn',
        entry: { tnx: 'send', messageId: '<first@b>' },
        line: 'Message <sent@b> went without: the header X-1; dsn',
      },
      {
        level: 'warn',
        line: 'A draft of message <sent@b> may be left in Drafts: Graph answered neither the request that created it nor the search for it',
      },
    ]);
    expect(lines).toHaveLength(3);
  });
});

test('an answer of Graph is logged without what it said', () => {
  const { lines, shared } = setUp();
  const event = {
    method: 'POST',
    path: '/v1.0/x',
    status: 202,
    requestId: 'id-1',
    clientRequestId: 'id-2',
    ms: 7,
  };
  log.logAnswer(shared, event);
  expect(lines).toMatchObject([
    { level: 'debug', entry: { tnx: 'http', ...event }, line: 'POST /v1.0/x: 202 in 7 ms (request-id id-1)' },
  ]);
});

test('keys that are not used, and a sandbox without encryption, are warned of', () => {
  const { lines, shared } = setUp();
  log.logUnusedKeys(shared);
  log.logInsecureSandbox(shared, 'http://sandbox:3000');
  expect(lines).toMatchObject([
    {
      level: 'warn',
      entry: { tnx: 'dkim' },
      line: "The app's DKIM keys are not used. Exchange signs what it sends: set up DKIM for the domain in Microsoft 365, and remove the option dkim.",
    },
    {
      level: 'warn',
      entry: { tnx: 'sandbox' },
      line: 'insecureSandbox is on: secret, tokens and mail go to http://sandbox:3000 without encryption. It is for a sandbox only.',
    },
  ]);
});

test('each level of a harmless logger is the one of the logger behind it', () => {
  const { logger, lines } = setUp();
  const harmless = log.harmlessLogger(logger);
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  for (const level of levels) harmless[level]({ of: level }, 'Hello %s', level);
  expect(lines).toEqual(levels.map((level) => ({ level, entry: { of: level }, line: `Hello ${level}` })));
});

test('a scheduled message whose time is uncertain is warned of, and no other', () => {
  const { log, lines } = setUp();
  log.timeDoubted(undefined);
  expect(lines).toEqual([]);
  log.timeDoubted('Its time had already come.');
  expect(lines).toMatchObject([
    { level: 'warn', line: 'Message <first@b> is scheduled. Its time had already come.' },
  ]);
});
