import type { SandboxSettings } from './settings';
import type { StoredMessage } from './stored-message';

/** Until when a search does not show a message that is new or has changed. */
export interface Unsearchable {
  /** Searches of its mailbox that still miss it. */
  finds: number;
  until: number;
}

export function unsearchable({ searchDelay, now }: SandboxSettings): Unsearchable {
  const { finds = 0, ms = 0 } = searchDelay;
  return { finds, until: now() + ms };
}

/** The messages of a mailbox that a search shows; each call is one search. */
export function takeSearchable(
  messages: readonly StoredMessage[],
  { now }: SandboxSettings,
): StoredMessage[] {
  const time = now();
  return messages.filter(({ unsearchable }) => {
    const isMissed = unsearchable.finds > 0 || time < unsearchable.until;
    if (unsearchable.finds > 0) unsearchable.finds -= 1;
    return !isMissed;
  });
}
