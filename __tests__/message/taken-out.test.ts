import type { AttachmentSink } from '../../src/message/attachment-content';
import { TakenOut } from '../../src/message/taken-out';

/** A sink that takes in anything, and ends with that content. */
const sinkOf = (text: string): AttachmentSink => ({
  write: () => undefined,
  end: async () => ({ size: text.length, held: Buffer.from(text), read: async (target) => target }),
});
/** The headers of the part that the line was put into, as mailparser reads them. */
const headersWith = (line: string) => {
  const [name = '', value] = line.split(': ');
  return new Map<string, unknown>([[name, value]]);
};

test('gives each content to the part that has its header, and to no other', async () => {
  const takenOut = new TakenOut();
  const [first, second] = [takenOut.add(sinkOf('first')), takenOut.add(sinkOf('second'))];
  expect(takenOut.of(new Map([['x-taken-out', '0']]))).toBeUndefined();
  const contents = [takenOut.of(headersWith(second.header)), takenOut.of(headersWith(first.header))];
  first.end();
  second.end();
  expect((await Promise.all(contents)).map((content) => content?.held?.toString())).toEqual([
    'second',
    'first',
  ]);
  expect(() => takenOut.checkAllFound()).not.toThrow();
});

test('does not let a content be lost whose part was not found', () => {
  const takenOut = new TakenOut();
  takenOut.add(sinkOf('lost')).end();
  expect(() => takenOut.checkAllFound()).toThrow('where one of its parts ends');
});

test('tells who asks for a content that it could not be kept', async () => {
  const takenOut = new TakenOut();
  const sink = takenOut.add({ write: () => undefined, end: () => Promise.reject(new Error('disk full')) });
  sink.end();
  // Nobody has asked yet: that must not be an error that nobody handles.
  await new Promise(setImmediate);
  await expect(takenOut.of(headersWith(sink.header))).rejects.toThrow('disk full');
});
