import { BodyParser } from '../../src/mime/body-parser';
import { SecondReader } from '../../src/mime/second-reader';

const START = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
const PART = '--b\r\nContent-Type: multipart/x-no-parts\r\n\r\n';
const lines = (parts: number) => [
  Buffer.from(START),
  ...Array.from({ length: parts }, () => Buffer.from(PART)),
];
const partsOf = (tree: Awaited<ReturnType<SecondReader['end']>>) => (tree ? tree.children.length : 0);

afterEach(() => jest.restoreAllMocks());

test('a message finds the same parts either way, and its stream takes what comes later', async () => {
  const [short, long] = [new SecondReader(), new SecondReader()];
  short.write(lines(300));
  await long.write([Buffer.from(`X: ${'x'.repeat(16_400)}\r\n`), ...lines(200)]);
  await long.write(Array.from({ length: 100 }, () => Buffer.from(PART)));
  expect(partsOf(await short.end())).toBe(300);
  expect(partsOf(await long.end())).toBe(300);
});

test('lines that cannot be read at once go through the stream, which says why', async () => {
  const reader = new SecondReader();
  reader.write([Buffer.from(START), Buffer.from('--b\r\n\r\n'.repeat(1001))]);
  await expect(reader.end()).rejects.toThrow('Max allowed child nodes exceeded');
});

test('a reader that is given up lets go of its stream', () => {
  const destroy = jest.spyOn(BodyParser.prototype, 'destroy');
  const [unused, used] = [new SecondReader(), new SecondReader()];
  unused.destroy();
  expect(destroy).not.toHaveBeenCalled();
  used.write([Buffer.alloc(20_000, 'x: y\n')]);
  used.destroy();
  expect(destroy).toHaveBeenCalledTimes(1);
});
