// A shortcut: without it mailparser reads the few lines between the parts of a small message in four streams, with a
// turn of the event loop for each part, which takes a tenth of the time of sending it. The same methods read them here,
// one line after another: `newNode` and `processLine` of the `splitter` that a MailParser has, and its own `createNode`,
// which calls `processHeaders`. None of them is documented. Without one, undefined is returned and the streams are used;
// parse-at-once.test.ts tells when that happens, and compares what both find.
import { BodyParser, type ParsedPart } from './body-parser';

interface Splitter {
  newNode(): void;
  processLine(line: Buffer | false, isLast: boolean, done: (error?: unknown, found?: unknown) => void): void;
  /** Receives a part that ends within its header. */
  push(found: unknown): boolean;
}

interface Parser {
  splitter: Splitter;
  tree: ParsedPart | false;
  createNode(part: object): unknown;
  /** Reads all headers of a part; replaced, since only the number of the part is asked for. */
  processHeaders(lines: readonly { key: string; line: string }[]): ReadonlyMap<string, string>;
}

const LF = 0x0a;

/** Has read nothing. To make its streams takes longer than to read a small message. */
let unused: BodyParser | undefined;

/** The parts of a message whose lines these are; undefined if mailparser has to read them as a stream. */
export function parseAtOnce(lines: Buffer): ParsedPart | undefined {
  unused ??= new BodyParser();
  if (!hasMethods(unused)) return undefined;
  // What these set is their own, and what they do not set is as in a new parser.
  const parser: Parser = Object.create(unused);
  const splitter: Splitter = Object.create(unused.splitter);
  let hasFailed = false;
  const take = (found: unknown) => {
    if (isPart(found)) parser.createNode(found);
  };
  const done = (error?: unknown, found?: unknown) => {
    if (error) hasFailed = true;
    else take(found);
  };
  splitter.push = (found) => {
    take(found);
    return true;
  };
  parser.processHeaders = valuesOf;
  splitter.newNode();
  let at = 0;
  for (let end = lines.indexOf(LF) + 1; end > 0 && !hasFailed; end = lines.indexOf(LF, at) + 1) {
    splitter.processLine(lines.subarray(at, end), false, done);
    at = end;
  }
  if (!hasFailed) splitter.processLine(lines.subarray(at), true, done);
  // The stream reports what is wrong.
  return hasFailed ? undefined : parser.tree || undefined;
}

function valuesOf(lines: readonly { key: string; line: string }[]): ReadonlyMap<string, string> {
  return new Map(lines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]));
}

function hasMethods(parser: object): parser is Parser {
  const splitter: unknown = Reflect.get(parser, 'splitter');
  return (
    has(parser, ['createNode', 'processHeaders']) &&
    typeof splitter === 'object' &&
    splitter !== null &&
    has(splitter, ['newNode', 'processLine', 'push'])
  );
}

function has(object: object, methods: readonly string[]): boolean {
  return methods.every((method) => typeof Reflect.get(object, method) === 'function');
}

function isPart(found: unknown): found is { type: 'node' } {
  return typeof found === 'object' && found !== null && 'type' in found && found.type === 'node';
}
