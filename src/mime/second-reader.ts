import type { AttachmentStream, MessageText } from 'mailparser';
import { BodyParser, type ParsedPart } from './body-parser';
import { parseAtOnce } from './parse-at-once';

/** More than the lines between the parts of nearly all messages. mailparser itself takes as many at a time. */
const MAX_AT_ONCE = 16 * 1024;

/** Gives mailparser the lines between the parts of a message: at once if they are few, or else as a stream. */
export class SecondReader {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #stream: ParserStream | undefined;

  /** Resolves when it can take more; undefined if it can right away. */
  write(lines: readonly Buffer[]): Promise<void> | undefined {
    if (lines.length === 0) return undefined;
    if (this.#stream) return writeTo(this.#stream, lines);
    for (const line of lines) {
      this.#held.push(line);
      this.#heldBytes += line.length;
    }
    return this.#heldBytes > MAX_AT_ONCE ? writeTo(this.#startStream(), this.#takeHeld()) : undefined;
  }

  /** Ends the message and returns its parts as mailparser found them. */
  end(): Promise<ParsedPart | false> | ParsedPart | false {
    if (this.#stream) return endOf(this.#stream);
    const held = this.#takeHeld();
    return parseAtOnce(Buffer.concat(held)) ?? this.#readAsStream(held);
  }

  destroy(): void {
    this.#stream?.parser.destroy();
  }

  #takeHeld(): Buffer[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }

  async #readAsStream(lines: readonly Buffer[]): Promise<ParsedPart | false> {
    const stream = this.#startStream();
    await writeTo(stream, lines);
    return endOf(stream);
  }

  #startStream(): ParserStream {
    const parser = new BodyParser();
    const ended = new Promise<void>((resolve, reject) => {
      parser.on('data', release).once('end', resolve).on('error', reject);
    });
    // Whatever waits for it next tells of its failure.
    ended.catch(() => undefined);
    this.#stream = { parser, ended };
    return this.#stream;
  }
}

interface ParserStream {
  parser: BodyParser;
  /** Rejects if mailparser fails. */
  ended: Promise<void>;
}

/** mailparser copies all it has for every piece, so it gets them as one. */
function writeTo({ parser, ended }: ParserStream, lines: readonly Buffer[]): Promise<void> | undefined {
  if (parser.write(Buffer.concat(lines))) return undefined;
  return Promise.race([ended, new Promise<void>((resolve) => parser.once('drain', resolve))]);
}

async function endOf({ parser, ended }: ParserStream): Promise<ParsedPart | false> {
  parser.end();
  await ended;
  const { tree } = parser;
  parser.release();
  return tree;
}

/** Only where mailparser sees a part that the scanner does not: unless it is released, mailparser waits forever. */
function release(part: AttachmentStream | MessageText): void {
  if (part.type === 'attachment') part.release?.();
}
