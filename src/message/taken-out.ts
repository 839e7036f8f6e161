import { randomUUID } from 'node:crypto';
import type { AttachmentContent } from './attachment-content';

/**
 * The contents that are taken out of a message while it passes, each by a number that stands in a header of
 * the part that it belongs to.
 */
export class TakenOut {
  /** A name that nobody who writes a message can know. */
  readonly #header = `x-taken-out-${randomUUID()}`;
  readonly #contents = new Map<unknown, Promise<AttachmentContent>>();
  #count = 0;

  /** Gives the header line for the part. */
  add(content: Promise<AttachmentContent>): string {
    const number = String(this.#count++);
    this.#contents.set(number, content);
    return `${this.#header}: ${number}`;
  }

  /** The content of a part; undefined if it was left in place. */
  of(headers: ReadonlyMap<string, unknown>): Promise<AttachmentContent> | undefined {
    const number = headers.get(this.#header);
    const content = this.#contents.get(number);
    this.#contents.delete(number);
    return content;
  }

  /** @throws Error when the part of a content was not found: it must not be lost without a word */
  checkAllFound(): void {
    if (this.#contents.size > 0) throw new Error('it is not clear where one of its parts ends');
  }

  /** Resolves when the contents whose parts were not found are complete, or have failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#contents.values());
  }
}
