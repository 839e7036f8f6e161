import type { SandboxDelay, SandboxSettings } from '../settings';
import type { Delay, MailboxMessage, MailboxState } from './state';

export function startDelay({ finds, ms }: Required<SandboxDelay>, now: number): Delay {
  return { finds, until: now + ms };
}

/** How long a search misses a message that is new in its folder or has changed there. [rule: search-lags] */
export function unsearchable(
  folder: 'drafts' | 'sentitems' | 'inbox',
  { searchDelay, now }: SandboxSettings,
): Delay {
  return startDelay(folder === 'drafts' ? searchDelay.drafts : searchDelay.sentItems, now());
}

/** To be called with a draft that is about to leave Drafts. */
export function leaveStaleDraft({ settings, staleDrafts }: MailboxState, draft: MailboxMessage): void {
  const shownFor = startDelay(settings.searchDelay.stale, settings.now());
  if (draft.folder !== 'drafts' || isOver(shownFor, settings.now())) return;
  staleDrafts.push({ draft: { ...draft, unsearchable: { ...draft.unsearchable } }, shownFor });
}

/** Those that no search shows any more. */
export function forgetStaleDrafts({ settings, staleDrafts }: MailboxState): void {
  const left = staleDrafts.filter(({ shownFor }) => !isOver(shownFor, settings.now()));
  staleDrafts.splice(0, staleDrafts.length, ...left);
}

/** Of the messages where a search looks, those that it shows, oldest first; each call is one search. */
export function takeSearchable(
  { settings, messages, staleDrafts }: MailboxState,
  isThere: (message: MailboxMessage) => boolean,
): MailboxMessage[] {
  const now = settings.now();
  const stale = staleDrafts.filter(({ draft }) => isThere(draft));
  const shown = [
    ...messages.filter(isThere),
    ...stale.filter(({ shownFor }) => !passOne(shownFor, now)).map(({ draft }) => draft),
  ].filter((message) => passOne(message.unsearchable, now));
  return shown.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
}

/** Was the delay over before this search, which counts as one that went by? */
function passOne(delay: Delay, now: number): boolean {
  const wasOver = isOver(delay, now);
  if (delay.finds > 0) delay.finds -= 1;
  return wasOver;
}

function isOver({ finds, until }: Delay, now: number): boolean {
  return finds <= 0 && now >= until;
}
