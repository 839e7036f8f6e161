import { after, machineClock } from '../clock';
import { isSameProperty } from '../mail/extended-properties';
import type { MessageContent } from '../mail/message';
import type { SandboxSettings } from '../settings';
import type { DeferredSend, MailboxState } from './state';

/** PidTagDeferredSendTime. [MS-OXOMSG] 2.2.3.9 */
const DEFERRED_SEND_TIME = 'SystemTime 0x3FEF';

/** When a message asks to be sent, if that is still to come. */
export function deferredUntil(content: MessageContent, now: number): number | undefined {
  const time = deferredTime(content);
  return time !== undefined && time > now ? time : undefined;
}

/** The same, past or not. */
export function deferredTime({ extendedProperties }: MessageContent): number | undefined {
  const property = extendedProperties.find(({ id }) => isSameProperty(id, DEFERRED_SEND_TIME));
  const time = Date.parse(property?.value ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Schedules a send, in place of an earlier one of the same thing. */
export function defer({ deferred }: MailboxState, sending: DeferredSend): void {
  const before = deferred.findIndex((other) => other.of === sending.of);
  deferred.splice(before === -1 ? deferred.length : before, 1, sending);
}

/** Sends what is due, earliest first. To be called before the state is read. Returns whether anything was sent. */
export function releaseDue({ settings, deferred }: MailboxState): boolean {
  if (deferred.length === 0) return false;
  const now = settings.now();
  const waiting = deferred.splice(0).map((sending) => ({ sending, at: sending.dueAt() }));
  const due: { sending: DeferredSend; at: number }[] = [];
  for (const { sending, at } of waiting) {
    if (at === undefined) continue;
    if (at > now) deferred.push(sending);
    else due.push({ sending, at });
  }
  due.sort((one, other) => one.at - other.at);
  for (const { sending, at } of due) sending.send(new Date(at));
  return due.length > 0;
}

/** When the next send is due. */
export function nextDue({ deferred }: MailboxState): number | undefined {
  const times = deferred.flatMap((sending) => sending.dueAt() ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The longest time of Node's timers. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls back at a given time, for sends that only the next request would notice otherwise. It runs on the machine's
 * clock only: no one knows when another clock gets there.
 */
export function createAlarm({ now }: Pick<SandboxSettings, 'now'>, ring: () => number | undefined) {
  let stop = () => {};
  function set(at: number | undefined): void {
    stop();
    if (at === undefined || now !== machineClock()) return;
    stop = after(Math.min(Math.max(at - now(), 0), MAX_TIMER_MS), () => set(ring()));
  }
  return { set };
}
