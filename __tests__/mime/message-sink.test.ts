import { once } from 'node:events';
import { MessageReader } from '../../src/mime/message-reader';
import { MessageSink } from '../../src/mime/message-sink';

const LIMITS = { heldBytes: 1_000_000, messageBytes: 1_000_000 };

test('what Nodemailer writes line by line is read in pieces of 64 KB, and a large piece without a copy', async () => {
  const read = jest.spyOn(MessageReader.prototype, 'read').mockResolvedValue();
  const sink = new MessageSink(new MessageReader(LIMITS));
  for (let n = 0; n < 3; n++) sink.write(Buffer.alloc(32 * 1024, `${n}`));
  const large = Buffer.alloc(100_000, 'x');
  sink.write(large);
  sink.end(large);
  await once(sink, 'finish');
  const pieces = read.mock.calls.map(([piece]) => piece);
  read.mockRestore();
  expect(pieces.map(({ length }) => length)).toEqual([64 * 1024, 32 * 1024 + 100_000, 100_000, 0]);
  expect(pieces[2]).toBe(large);
});
