import type { SandboxDelay, SandboxSettings } from '../settings';
import type { Delay, FolderName, MailboxMessage, MailboxState } from './state';

export function startDelay({ finds, ms }: Required<SandboxDelay>, now: number): Delay {
  return { finds, until: now + ms };
}

/** How long searches miss a message that is new or has changed. [rule: search-lags] */
export function unsearchable(folder: FolderName, { searchDelay, now }: SandboxSettings): Delay {
  return startDelay(folder === 'drafts' ? searchDelay.drafts : searchDelay.sentItems, now());
}

/** To be called when a message is about to leave its folder: the search may still show a draft, or what is held. */
export function leaveStaleDraft({ settings, staleDrafts }: MailboxState, draft: MailboxMessage): void {
  const shownFor = startDelay(settings.searchDelay.stale, settings.now());
  if (!isUnsentIn(draft.folder) || isOver(shownFor, settings.now())) return;
  staleDrafts.push({ draft: { ...draft, unsearchable: { ...draft.unsearchable } }, shownFor });
}

/** Whether what is in a folder is yet to be sent. */
export function isUnsentIn(folder: FolderName): boolean {
  return folder === 'drafts' || folder === 'outbox';
}

/** Drops the drafts that no search shows any more. */
export function forgetStaleDrafts({ settings, staleDrafts }: MailboxState): void {
  const left = staleDrafts.filter(({ shownFor }) => !isOver(shownFor, settings.now()));
  staleDrafts.splice(0, staleDrafts.length, ...left);
}

/** The messages in a place that a search shows, oldest first. Each call counts as one search. */
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

/** Whether the delay was over before this search, which counts towards it. */
function passOne(delay: Delay, now: number): boolean {
  const wasOver = isOver(delay, now);
  if (delay.finds > 0) delay.finds -= 1;
  return wasOver;
}

function isOver({ finds, until }: Delay, now: number): boolean {
  return finds <= 0 && now >= until;
}
