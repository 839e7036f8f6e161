import { TakenOut } from '../../src/message/taken-out';

const content = { size: 0, held: Buffer.alloc(0), read: async (target: Buffer) => target };
/** The headers of the part that the line was put into, as mailparser reads them. */
const headersWith = (line: string) => {
  const [name = '', value] = line.split(': ');
  return new Map<string, unknown>([[name, value]]);
};

test('gives each content to the part that has its header, and to no other', async () => {
  const takenOut = new TakenOut();
  const first = Promise.resolve(content);
  const second = Promise.resolve({ ...content });
  const lines = [takenOut.add(first), takenOut.add(second)];
  expect(takenOut.of(headersWith(lines[1] ?? ''))).toBe(second);
  expect(takenOut.of(headersWith(lines[0] ?? ''))).toBe(first);
  expect(takenOut.of(new Map([['x-taken-out', '0']]))).toBeUndefined();
  expect(() => takenOut.checkAllFound()).not.toThrow();
});

test('does not let a content be lost whose part was not found', () => {
  const takenOut = new TakenOut();
  takenOut.add(Promise.resolve(content));
  expect(() => takenOut.checkAllFound()).toThrow('where one of its parts ends');
});

test('waits for contents that nobody asks for any more, so that their file can be closed', async () => {
  const takenOut = new TakenOut();
  let end = (_value: typeof content) => {};
  takenOut.add(
    new Promise((resolve) => {
      end = resolve;
    }),
  );
  takenOut.add(Promise.reject(new Error('broken off')));
  let isSettled = false;
  const settled = takenOut.settled().then(() => {
    isSettled = true;
  });
  await new Promise(setImmediate);
  expect(isSettled).toBe(false);
  end(content);
  await settled;
  expect(isSettled).toBe(true);
});
