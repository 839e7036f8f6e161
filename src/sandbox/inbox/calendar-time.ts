/** A time in a calendar. */
export interface CalendarTime {
  /** The date and time as the calendar has them, in milliseconds as if it were UTC. */
  clock: number;
  /** The moment. Undefined for whole days, for the reader's own time, and for a zone that is not known here. */
  at?: Date;
  /** As the calendar names it; empty for UTC, whole days and the reader's own time. */
  zone: string;
  isWholeDay: boolean;
}

/** How far the clocks of a zone are ahead of UTC at a moment, both in milliseconds. */
export type OffsetAt = (moment: number) => number;

/** How long an event takes. Days are those of the calendar, of 23 to 25 hours. */
interface Length {
  days: number;
  milliseconds: number;
}

export const DAY = 86_400_000;

/**
 * Reads a date or a time by RFC 5545. Undefined if there is no such date or time.
 *
 * @param zone what the calendar calls the zone; empty for the reader's own
 * @param offsetAt the clocks of that zone, if they are known
 */
export function readTime(value: string, zone = '', offsetAt?: OffsetAt): CalendarTime | undefined {
  const [, year, month, day, hour, minute, second, utc] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/i.exec(value.trim()) ?? [];
  if (year === undefined) return undefined;
  const isWholeDay = hour === undefined;
  const iso = `${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:`;
  // A leap second is shown as the one before.
  const clock = Date.parse(`${iso}${second === '60' ? '59' : (second ?? '00')}Z`);
  // 30 February would be a day of March.
  if (Number.isNaN(clock) || !new Date(clock).toISOString().startsWith(iso)) return undefined;
  if (isWholeDay) return { clock, zone: '', isWholeDay };
  if (utc) return { clock, at: new Date(clock), zone: '', isWholeDay };
  return { clock, at: momentOf(clock, offsetAt), zone, isWholeDay };
}

/** Reads a DURATION. Undefined if it is none, or a negative one. */
export function lengthOf(value: string): Length | undefined {
  const found =
    /^\+?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/i.exec(
      value.trim(),
    );
  if (found === null) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  return { days: weeks * 7 + days, milliseconds: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}

/** @param offsetAt the clocks of the zone of `start`, if they are known */
export function later(
  start: CalendarTime,
  { days, milliseconds }: Length,
  offsetAt?: OffsetAt,
): CalendarTime {
  const day = start.clock + days * DAY;
  const clock = day + milliseconds;
  const isUtc = start.at && start.zone === '';
  const at = isUtc ? new Date(day) : momentOf(day, offsetAt);
  return { ...start, clock, at: start.at && at && new Date(at.getTime() + milliseconds) };
}

/** The moment at which clocks in a zone show a time. */
function momentOf(clock: number, offsetAt: OffsetAt | undefined): Date | undefined {
  if (offsetAt === undefined) return undefined;
  // Where clocks are set back, a time comes twice, and the first is meant; where they are set forward, a time that never
  // comes is counted from before, by RFC 5545.
  const [before, after] = [clock - DAY, clock + DAY].map((near) => clock - offsetAt(near));
  if (before === undefined || after === undefined) return undefined;
  const isShown = (moment: number) => moment + offsetAt(moment) === clock;
  return new Date(!isShown(before) && isShown(after) ? after : before);
}
