import { type SandboxMessage, type SentMessage, sizeOfMessage } from '../mail/message';
import { makeReadable } from '../mail/readable-message';
import type { MessageStore } from './disk';

/** The messages that were sent, in memory and, if there is a folder for them, on disk. */
export interface SentMessages {
  /** Oldest first; always the same array. */
  readonly list: readonly SandboxMessage[];
  readonly sizeBytes: number;
  /** How many were dropped since the start to make room. */
  readonly forgotten: number;
  add(message: SentMessage): void;
  /** Returns false if no message has the id. */
  remove(id: string): boolean;
  /** Drops the oldest message. The last one stays, however large. */
  forgetOldest(): boolean;
  clear(): void;
}

export function createSent(
  store: MessageStore | undefined,
  whenGone: (message: SandboxMessage) => void,
): SentMessages {
  const list = (store?.read() ?? []).map(makeReadable);
  const sizes = new Map(list.map((message) => [message, sizeOfMessage(message)]));
  let sizeBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let forgotten = 0;

  function removeAt(index: number): boolean {
    const [message] = index === -1 ? [] : list.splice(index, 1);
    if (message === undefined) return false;
    sizeBytes -= sizes.get(message) ?? 0;
    sizes.delete(message);
    store?.remove(message);
    whenGone(message);
    return true;
  }

  return {
    list,
    get sizeBytes() {
      return sizeBytes;
    },
    get forgotten() {
      return forgotten;
    },
    add(message) {
      store?.write(message);
      const readable = makeReadable(message);
      list.push(readable);
      const bytes = sizeOfMessage(readable);
      sizes.set(readable, bytes);
      sizeBytes += bytes;
    },
    remove(id) {
      return removeAt(list.findIndex((message) => message.id === id));
    },
    forgetOldest() {
      if (list.length < 2 || !removeAt(0)) return false;
      forgotten += 1;
      return true;
    },
    clear() {
      while (removeAt(list.length - 1));
    },
  };
}
