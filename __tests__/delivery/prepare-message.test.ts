import MailComposer from 'nodemailer/lib/mail-composer';
import { bytesToSend } from '../../src/delivery/prepare-message';
import { readMessage } from '../../src/mime/read-message';
import { writeMessage } from '../../src/nodemailer/compiled-message';

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
  expect(bytesToSend(node, read)).toBe(read.raw.whole);
  expect(bytesToSend(node, read).length).toBeGreaterThan(400_000);
  await read.close();
});

test('refuses to send a message that was not kept, rather than nothing in its place', async () => {
  const { node, read } = await readWith(100_000);
  expect(() => bytesToSend(node, read)).toThrow(
    expect.objectContaining({
      code: 'EMESSAGE',
      message: expect.stringContaining('too large to be sent as MIME'),
    }),
  );
  await read.close();
});
