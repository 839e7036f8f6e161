import type { SandboxMessage } from '../mail/message';

/**
 * Returns a function that tells the messages which have come since it was last asked, oldest first. A list only grows
 * at its end, so that it looks no further back than the latest one that it knows.
 *
 * @param known messages that are no news
 */
export function newcomers(known: readonly SandboxMessage[]) {
  const seen = new WeakSet(known);
  return (messages: readonly SandboxMessage[]): SandboxMessage[] => {
    const fresh: SandboxMessage[] = [];
    for (let index = messages.length - 1; index >= 0; index -= 1) {
      const message = messages[index];
      if (message === undefined || seen.has(message)) break;
      seen.add(message);
      fresh.push(message);
    }
    return fresh.reverse();
  };
}
