import { randomUUID } from 'node:crypto';
import type { AttachmentContent, AttachmentSink } from './attachment-content';

/** Where the content of one part goes, and the header line that stands for it in the part. */
export interface ContentSink {
  header: string;
  write: AttachmentSink['write'];
  end(): void;
}

/** How the headers begin that stand for contents. */
export const TAKEN_OUT = 'x-taken-out-';

/**
 * The contents that are taken out of a message while it passes, each by a number that stands in a header of
 * the part that it belongs to.
 */
export class TakenOut {
  /** A name that nobody who writes a message can know; none while nothing is taken out. */
  #header = '';
  readonly #contents = new Map<unknown, Promise<AttachmentContent>>();
  #count = 0;

  /** Has the content of a part go to `sink`. */
  add(sink: AttachmentSink): ContentSink {
    this.#header ||= `${TAKEN_OUT}${randomUUID()}`;
    const number = String(this.#count++);
    let end = () => {};
    const content = new Promise<AttachmentContent>((resolve) => {
      end = () => resolve(sink.end());
    });
    // Whoever asks for it hears of its failure; by then it may have been known for long.
    content.catch(() => undefined);
    this.#contents.set(number, content);
    return { header: `${this.#header}: ${number}`, write: (chunk) => sink.write(chunk), end };
  }

  /** The content of a part; undefined if it was left in place. */
  of(headers: ReadonlyMap<string, unknown>): Promise<AttachmentContent> | undefined {
    if (this.#contents.size === 0) return undefined;
    const number = headers.get(this.#header);
    const content = this.#contents.get(number);
    this.#contents.delete(number);
    return content;
  }

  /** @throws Error when the part of a content was not found: it must not be lost without a word */
  checkAllFound(): void {
    if (this.#contents.size > 0) throw new Error('it is not clear where one of its parts ends');
  }
}
