import { BodyParser, type ParsedPart } from '../../src/mime/body-parser';
import { parseAtOnce } from '../../src/mime/parse-at-once';
import { headerForParser, PART_NUMBER } from '../../src/mime/part-header';
import { SecondReader } from '../../src/mime/second-reader';
import { fc } from '../support/fast-check';

/** What mailparser finds as a stream. */
async function parseAsStream(lines: Buffer): Promise<ParsedPart | false> {
  const parser = new BodyParser();
  await new Promise((resolve, reject) => {
    parser
      .on('data', (part) => part.type === 'attachment' && part.release?.())
      .once('end', resolve)
      .once('error', reject)
      .end(lines);
  });
  return parser.tree;
}

/** The numbers of the parts, each with those of the parts inside it. */
type Numbers = [number: unknown, inside: Numbers[]];

function numbersOf({ headers, children }: ParsedPart): Numbers {
  return [headers.get(PART_NUMBER), children.map(numbersOf)];
}

const part = (boundary: string | undefined, number: number) =>
  headerForParser(
    {
      type: boundary === undefined ? 'text/plain' : 'multipart/mixed',
      params: { boundary },
      disposition: '',
      filename: undefined,
      encoding: '',
      contentId: undefined,
      hasLocation: false,
      use: boundary === undefined ? 'body' : 'multipart',
      faults: [],
      body: undefined,
      content: undefined,
      children: [],
    },
    number,
  ).toString('latin1');

test('reads a message at once with the installed mailparser', () => {
  const lines = `${part('b', 0)}--b\r\n${part(undefined, 1)}--b\r\n${part(undefined, 2)}--b--\r\n`;
  const found = parseAtOnce(Buffer.from(lines));
  // If this is undefined, mailparser has other methods than the shortcut calls, and all mail takes the longer way.
  expect(found && numbersOf(found)).toEqual([
    '0',
    [
      ['1', []],
      ['2', []],
    ],
  ]);
});

test('keeps nothing of one message for the next', () => {
  const lines = Buffer.from(`${part('b', 0)}--b\r\n${part(undefined, 1)}--b`);
  const [first, second] = [parseAtOnce(lines), parseAtOnce(lines)];
  expect(second && numbersOf(second)).toEqual(first && numbersOf(first));
  expect(parseAtOnce(Buffer.from(part(undefined, 7)))).toMatchObject({ children: [] });
});

test('leaves a message that mailparser refuses to its stream, which says why', async () => {
  const header = `${part('b', 0)}`;
  const lines = Buffer.from(header + `--b\r\n${part(undefined, 1)}`.repeat(1001));
  expect(parseAtOnce(lines)).toBeUndefined();
  await expect(parseAsStream(lines)).rejects.toThrow('Max allowed child nodes exceeded');
});

test.each([
  ['createNode', BodyParser.prototype],
  ['processHeaders', BodyParser.prototype],
  ['newNode', splitterPrototype()],
  ['processLine', splitterPrototype()],
  ['push', splitterPrototype()],
])('leaves all mail to the stream if mailparser has no method %s any more', (name, prototype) => {
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  Object.defineProperty(prototype, name, { value: 'renamed', configurable: true });
  try {
    expect(parseAtOnce(Buffer.from(part(undefined, 0)))).toBeUndefined();
  } finally {
    Reflect.deleteProperty(prototype, name);
    if (own) Object.defineProperty(prototype, name, own);
  }
  expect(parseAtOnce(Buffer.from(part(undefined, 0)))).toBeDefined();
});

function splitterPrototype(): object {
  return Object.getPrototypeOf(Reflect.get(new BodyParser(), 'splitter'));
}

const boundaries = ['a', 'b', 'a b', 'b-'];
const lineEnds = fc.constantFrom('\r\n', '\n', '\r', '\r\r\n', ' \r\n', '');

/** Lines as the scanner passes them on, or as it never would. */
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...boundaries), lineEnds).map(([b, end]) => `--${b}${end}`),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...boundaries), lineEnds).map(([b, end]) => `--${b}--${end}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.option(fc.constantFrom(...boundaries), { nil: undefined }), fc.nat(9))
      .map(([b, n]) => part(b, n)),
  },
  fc.constantFrom(
    '\r\n',
    'text\r\n',
    '-\n',
    '--\r\n',
    'x: y\r\n',
    ' folded\r\n',
    'Content-Type: text/plain\r\n\r\n',
    '\r',
  ),
);

test('finds what mailparser finds as a stream', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 14 }),
      fc.constantFrom(...boundaries),
      async (lines, boundary) => {
        const all = Buffer.from(part(boundary, 0) + lines.join(''));
        const found = parseAtOnce(all);
        const streamed = await parseAsStream(all);
        expect(found && numbersOf(found)).toEqual(streamed && numbersOf(streamed));
      },
    ),
    { numRuns: 2000 },
  );
});

const START = Buffer.from('Content-Type: multipart/mixed; boundary=b\r\n\r\n');
const PART = Buffer.from('--b\r\nContent-Type: multipart/x-no-parts\r\n\r\n');

afterEach(() => jest.restoreAllMocks());

test('a few lines are read at once, without a stream', () => {
  const streams = jest.spyOn(BodyParser.prototype, 'write');
  const reader = new SecondReader();
  expect(reader.write([START, PART, PART])).toBeUndefined();
  expect(reader.write([])).toBeUndefined();
  const tree = reader.end();
  expect(tree).not.toBeInstanceOf(Promise);
  expect(streams).not.toHaveBeenCalled();
});

test('as many lines as mailparser takes at a time are read at once, and one more byte as a stream', async () => {
  const streams = jest.spyOn(BodyParser.prototype, 'write');
  const filler = Buffer.alloc(16 * 1024 - START.length, '\n');
  for (const more of ['', '\n']) {
    const reader = new SecondReader();
    reader.write([START, filler, Buffer.from(more)]);
    await reader.end();
    expect(streams).toHaveBeenCalledTimes(more.length);
  }
});
