import { readdirSync, readlinkSync } from 'node:fs';
import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

/** The temporary files of attachments that this process has open. */
const openFiles = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('nodemailer-graph-transport-');
    } catch {
      return false;
    }
  });

const createTransport = (options: GraphTransportOptions = {}) =>
  graphTransport({ ...sandbox.options, retry: { attempts: 1 }, ...options });
const sendLarge = (transport = createTransport()) =>
  nodemailer.createTransport(transport).sendMail({
    to: 'ann@example.com',
    attachments: [{ filename: 'a.bin', content: Buffer.alloc(4_000_000, 'a') }],
  });

test('a large message holds its temporary file while it is sent, and not after', async () => {
  const held: number[] = [];
  const transport = createTransport();
  transport.on('progress', () => held.push(openFiles().length));
  await sendLarge(transport);
  expect(held).toContain(1);
  expect(openFiles()).toEqual([]);
});

test('a large message that fails leaves no temporary file open', async () => {
  sandbox.failNext('create-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  await expect(sendLarge()).rejects.toMatchObject({ code: 'EAUTH' });
  expect(openFiles()).toEqual([]);
});

test('a large message that no mailbox is found for leaves no temporary file open', async () => {
  await expect(sendLarge(createTransport({ userId: () => '' }))).rejects.toMatchObject({ code: 'ECONFIG' });
  expect(openFiles()).toEqual([]);
});
