import { Writable } from 'node:stream';
import type { MessageReader } from './message-reader';

/** How much is collected before it is read: Nodemailer may write line by line. */
const GATHERED_BYTES = 64 * 1024;

/** Passes what is written to it on to a reader, in larger pieces. */
export class MessageSink extends Writable {
  readonly #reader: MessageReader;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;

  constructor(reader: MessageReader) {
    super();
    this.#reader = reader;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes < GATHERED_BYTES) done();
    else this.#passed().then(() => done(), done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#passed().then(() => done(), done);
  }

  async #passed(): Promise<void> {
    const [first] = this.#gathered;
    const chunk = first && this.#gathered.length === 1 ? first : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    await this.#reader.read(chunk);
  }
}
