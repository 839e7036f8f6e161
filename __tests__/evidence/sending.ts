import nodemailer, { type SendMailOptions } from 'nodemailer';
import type { Clock } from '../../src/clock';
import {
  type GraphSentMessageInfo,
  GraphTransportError,
  type GraphTransportOptions,
  type VerifyCheck,
} from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { GraphTransport } from '../../src/transport';
import type { SeenRequest } from './recorded-requests';
import { type RecordedService, type Script, startRecordedService } from './recorded-service';

export const LUNCH: SendMailOptions = { to: 'megan@fabrikam.example', subject: 'Lunch?', text: 'At noon.' };

/** Large enough for an upload session of three ranges. */
export const LARGE_BYTES = 9_000_000;
export const LARGE: SendMailOptions = {
  ...LUNCH,
  attachments: [{ filename: 'plan.zip', content: Buffer.alloc(LARGE_BYTES, 'x') }],
};

/** Just large enough for an upload session, of one range. */
export const PARCEL: SendMailOptions = {
  ...LUNCH,
  attachments: [{ filename: 'plan.zip', content: Buffer.alloc(3_000_001, 'x') }],
};

/** Too large for one request, and made of attachments that go without a session. */
export const TWO_FILES: SendMailOptions = {
  ...LUNCH,
  attachments: ['one.bin', 'two.bin'].map((filename) => ({
    filename,
    content: Buffer.alloc(2_500_000, 'x'),
  })),
};

/** A clock on which every wait is over at once. */
export interface HastyClock extends Clock {
  /** How long was waited, in milliseconds and in order. */
  waits: number[];
}

/** @param random what chance says each time */
export function createHastyClock(random = 0.5): HastyClock {
  let now = Date.now();
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    random: () => random,
    async sleep(ms) {
      if (ms > 0) waits.push(ms);
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** How sending a message ended. */
export interface Ended {
  info?: GraphSentMessageInfo;
  error?: GraphTransportError;
  waits: number[];
}

/** Sends a message, or does not. */
export async function sendBy(
  options: GraphTransportOptions,
  mail: SendMailOptions = LUNCH,
  clock = createHastyClock(),
): Promise<Ended> {
  const transport = new GraphTransport(options, clock);
  const { waits } = clock;
  try {
    return { info: await nodemailer.createTransport(transport).sendMail(mail), waits };
  } catch (error) {
    if (!(error instanceof GraphTransportError)) throw error;
    return { error, waits };
  } finally {
    transport.close();
  }
}

/** What verify() finds. */
export async function checkBy(options: GraphTransportOptions): Promise<VerifyCheck[]> {
  const transport = new GraphTransport(options, createHastyClock());
  try {
    return await transport.check();
  } finally {
    transport.close();
  }
}

/** The error of a message that must not be sent. */
export function errorOf({ error, info }: Ended): GraphTransportError {
  if (!error) throw new Error(`the message was sent: ${JSON.stringify(info)}`);
  return error;
}

/** What an app acts on. */
export function meaningOf(ended: Ended) {
  const { code, graphCode, responseCode, retryable, ambiguous, hint } = errorOf(ended);
  return { code, graphCode, responseCode, retryable, ambiguous, hint };
}

/** Services of one test, which are closed after it. What a recorded one was asked, it must know. */
export function services() {
  const running: { close(): Promise<void> }[] = [];
  const asked: RecordedService[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.close()));
    expect(asked.splice(0).flatMap(({ requests }) => requests.filter(isUnknown))).toEqual([]);
  });
  return {
    async recorded(script?: Script): Promise<RecordedService> {
      const service = await startRecordedService(script);
      running.push(service);
      asked.push(service);
      return service;
    },
    async sandbox(options?: StartSandboxOptions): Promise<RunningSandbox> {
      const sandbox = await startSandbox(options);
      running.push(sandbox);
      return sandbox;
    },
  };
}

function isUnknown({ name }: SeenRequest): boolean {
  return name === 'unknown';
}
