import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport, type TransportLogger } from '../../src/index';
import { startSandbox } from '../../src/sandbox';

const letter = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };
const large = { ...letter, attachments: [{ filename: 'a.bin', content: Buffer.alloc(4_000_000) }] };

const FAULTS = {
  throws: () => {
    throw new Error('the disk is full');
  },
  rejects: async () => {
    throw new Error('the disk is full');
  },
};

function faultyLogger(fault: () => unknown): TransportLogger {
  return { trace: fault, debug: fault, info: fault, warn: fault, error: fault, fatal: fault };
}

async function withTransport(
  options: GraphTransportOptions,
  use: (transport: ReturnType<typeof graphTransport>) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox();
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', note);
  try {
    await use(graphTransport({ ...sandbox.options, ...options }));
    await new Promise(setImmediate);
    expect(rejections).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
    await sandbox.close();
  }
}

describe.each(Object.entries(FAULTS))('a logger that %s', (_what, fault) => {
  const options = { logger: faultyLogger(fault), debug: true };

  test('changes nothing of a message that is sent', () =>
    withTransport(options, async (transport) => {
      const transporter = nodemailer.createTransport(transport, { dkim: undefined });
      await expect(transporter.sendMail(large)).resolves.toMatchObject({ response: '202 Accepted' });
    }));

  test('changes nothing of a message that fails', () =>
    withTransport({ ...options, clientSecret: 'wrong' }, async (transport) => {
      const transporter = nodemailer.createTransport(transport);
      await expect(transporter.sendMail(letter)).rejects.toMatchObject({ graphCode: 'AADSTS7000215' });
    }));

  test('changes nothing of a check, be it good or bad', async () => {
    await withTransport(options, async (transport) => {
      await expect(transport.verify()).resolves.toBe(true);
      const checks = await transport.check();
      expect(checks.every(({ ok }) => ok)).toBe(true);
    });
    await withTransport({ ...options, clientSecret: 'wrong' }, async (transport) => {
      await expect(transport.verify()).rejects.toMatchObject({ graphCode: 'AADSTS7000215' });
    });
  });
});

test('a listener of progress that throws does not fail the message, and the log tells of it', () => {
  const errors: string[] = [];
  const logger = {
    ...faultyLogger(() => undefined),
    error: (_entry: object, ...said: unknown[]) => errors.push(said.join(' ')),
  };
  return withTransport({ logger }, async (transport) => {
    transport.on('progress', () => {
      throw new Error('no such bar');
    });
    const transporter = nodemailer.createTransport(transport);
    await expect(transporter.sendMail(large)).resolves.toMatchObject({ route: 'draft' });
    expect(errors.join()).toContain('no such bar');
  });
});

test('a listener of idle that throws does not end the process', () =>
  withTransport({ maxConnections: 1 }, async (transport) => {
    let told = 0;
    transport.on('idle', () => {
      told++;
      throw new Error('no more messages');
    });
    const transporter = nodemailer.createTransport(transport);
    await Promise.all([1, 2, 3].map(() => transporter.sendMail(letter)));
    expect(told).toBeGreaterThan(0);
  }));
