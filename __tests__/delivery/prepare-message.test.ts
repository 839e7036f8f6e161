import nodemailer from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import MimeNode from 'nodemailer/lib/mime-node';
import { bytesToSend } from '../../src/delivery/prepare-message';
import { graphTransport } from '../../src/index';
import { readMessage } from '../../src/mime/read-message';
import { writeMessage } from '../../src/nodemailer/compiled-message';
import { startSandbox } from '../../src/sandbox';

const large = { text: 'Hello', attachments: [{ content: Buffer.alloc(400_000, 'ab') }] };
const message = () =>
  new MailComposer({ from: 'a@contoso.example', to: 'ann@example.com', ...large }).compile();

async function readWith(heldBytes: number) {
  const node = message();
  const limits = { heldBytes, messageBytes: 10_000_000 };
  const read = await readMessage((sink) => writeMessage(node, sink), limits);
  return { node, read };
}

test('a message as MIME is what was read, if that was kept', async () => {
  const { node, read } = await readWith(3_000_000);
  expect(bytesToSend(node, read, 'auto')).toBe(read.raw.pieces);
  expect(Buffer.concat(bytesToSend(node, read, 'auto')).length).toBeGreaterThan(400_000);
  await read.close();
});

test("with the format 'mime' a message is composed once, and what was read is sent", async () => {
  const compose = jest.spyOn(MimeNode.prototype, 'buildHeaders');
  const sandbox = await startSandbox();
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  const mail = { to: 'ann@example.com', subject: 'Größe', text: `Grüße ${'a'.repeat(100)}` };
  const composed = [];
  for (const format of ['mime', 'json'] as const) {
    compose.mockClear();
    await transporter.sendMail({ ...mail, graph: { format } });
    composed.push(compose.mock.calls.length);
  }
  expect(composed).toEqual([1, 1]);
  const asMime = sandbox.messages[0]?.mime?.toString();
  expect(asMime).toContain('Content-Transfer-Encoding: quoted-printable\r\n');
  expect(asMime).toMatch(/^Gr=C3=BC=C3=9Fe a+=\r\n/m);
  compose.mockRestore();
  transporter.close();
  await sandbox.close();
});

test('refuses to send a message that was not kept, rather than nothing in its place', async () => {
  const { node, read } = await readWith(100_000);
  expect(() => bytesToSend(node, read, 'auto')).toThrow(
    expect.objectContaining({
      code: 'EMESSAGE',
      message: expect.stringContaining('too large to be sent as MIME'),
    }),
  );
  await read.close();
});
