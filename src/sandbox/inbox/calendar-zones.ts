import { DAY, type OffsetAt, readTime } from './calendar-time';
import { WINDOWS_ZONES } from './windows-zones';

/** A part of a VTIMEZONE: when its clocks change, from which offset to which. */
export interface ZoneChange {
  /** DTSTART: the first change, as the clocks show it until then. */
  start: string;
  /** TZOFFSETFROM and TZOFFSETTO, as in `+0100`. */
  from: string;
  to: string;
  /** RRULE: when it happens again; empty if it does not. */
  rule: string;
  /** RDATE: when else it happens. */
  dates: readonly string[];
}

/** The clocks of a zone by its name: that of the IANA, or that of Windows, which Outlook writes. */
export function namedZone(name: string): OffsetAt | undefined {
  if (name === '') return undefined;
  return clocksIn(name) ?? clocksIn(WINDOWS_ZONES.get(name.toLowerCase()));
}

function clocksIn(timeZone: string | undefined): OffsetAt | undefined {
  if (timeZone === undefined) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return (moment) => {
      const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
      const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
      return (
        Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - moment
      );
    };
  } catch {
    return undefined;
  }
}

/** More than any zone has ever had. */
const MAX_CHANGES = 500;

/** The clocks of a zone as the calendar describes it. Undefined if the description is broken, or beyond us. */
export function describedZone(changes: readonly ZoneChange[]): OffsetAt | undefined {
  const dates = changes.reduce((sum, change) => sum + 1 + change.dates.length, 0);
  if (dates === 0 || dates > MAX_CHANGES) return undefined;
  const read = changes.map(readChange);
  const whole = read.filter((change) => change !== undefined);
  if (whole.length < read.length) return undefined;
  const [first] = [...whole].sort((one, other) => one.start - other.start);
  return (moment) => {
    let latest = Number.NEGATIVE_INFINITY;
    let offset = first?.from ?? 0;
    for (const { to, before } of whole) {
      const at = before(moment);
      if (at === undefined || at <= latest) continue;
      latest = at;
      offset = to;
    }
    return offset;
  };
}

interface Change {
  start: number;
  from: number;
  to: number;
  /** The last moment of the change that is not after another moment. */
  before(moment: number): number | undefined;
}

function readChange({ start, from, to, rule, dates }: ZoneChange): Change | undefined {
  const [first, before, after] = [readTime(start), offsetOf(from), offsetOf(to)];
  const clocks = dates.map((date) => readTime(date)?.clock);
  if (!first || before === undefined || after === undefined || clocks.includes(undefined)) return undefined;
  const yearly = rule === '' ? () => [] : yearlyChange(first.clock, before, rule);
  if (yearly === undefined) return undefined;
  const given = [first.clock, ...clocks.filter((clock) => clock !== undefined)].map(
    (clock) => clock - before,
  );
  return {
    start: first.clock - before,
    from: before,
    to: after,
    before(moment) {
      const past = [...given, ...yearly(moment)].filter((at) => at <= moment);
      return past.length === 0 ? undefined : Math.max(...past);
    },
  };
}

/** `+0530` in milliseconds. */
function offsetOf(text: string): number | undefined {
  const [, sign, hours, minutes, seconds = '0'] = /^([+-])(\d\d)([0-5]\d)([0-5]\d)?$/.exec(text.trim()) ?? [];
  if (sign === undefined) return undefined;
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const PARTS = ['FREQ', 'INTERVAL', 'BYMONTH', 'BYDAY', 'BYMONTHDAY', 'UNTIL', 'WKST'];

/** The changes around a moment by the rule of a zone, such as "the last Sunday of March, each year". */
function yearlyChange(start: number, from: number, rule: string): ((moment: number) => number[]) | undefined {
  const parts = new Map(
    rule
      .toUpperCase()
      .split(';')
      .map((part) => part.trim().split('=', 2))
      .map(([name = '', value = '']) => [name, value]),
  );
  const first = new Date(start);
  const month = Number(parts.get('BYMONTH') ?? first.getUTCMonth() + 1);
  const [, which = '', weekday] = /^([+-]?[1-5])?(\w\w)$/.exec(parts.get('BYDAY') ?? '') ?? [];
  const days = parts.get('BYMONTHDAY')?.split(',').map(Number);
  const until = parts.has('UNTIL') ? readTime(parts.get('UNTIL') ?? '') : undefined;
  const isKnown =
    [...parts.keys()].every((name) => PARTS.includes(name)) &&
    parts.get('FREQ') === 'YEARLY' &&
    (parts.get('INTERVAL') ?? '1') === '1' &&
    parts.has('BYDAY') === (weekday !== undefined && WEEKDAYS.includes(weekday)) &&
    (parts.has('BYDAY') ? (which === '') === (days !== undefined) : true) &&
    parts.has('UNTIL') === (until !== undefined) &&
    month >= 1 &&
    month <= 12;
  if (!isKnown) return undefined;
  const last = until === undefined ? Number.POSITIVE_INFINITY : (until.at?.getTime() ?? until.clock - from);
  const time = ((start % DAY) + DAY) % DAY;

  function dayIn(year: number): number | undefined {
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const all = Array.from({ length }, (_, index) => index + 1);
    const fit = all.filter(
      (day) =>
        (days === undefined || days.includes(day) || days.includes(day - length - 1)) &&
        (weekday === undefined || WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] === weekday),
    );
    if (weekday === undefined && days === undefined) return first.getUTCDate();
    return which === '' ? fit[0] : fit.at(Number(which) > 0 ? Number(which) - 1 : Number(which));
  }

  return (moment) => {
    const year = new Date(moment).getUTCFullYear();
    // A rule that has ended is still the last change of its kind.
    const end = Number.isFinite(last) ? new Date(last).getUTCFullYear() : year;
    return [year - 1, year, year + 1, end - 1, end].flatMap((each) => {
      const day = dayIn(each);
      if (day === undefined) return [];
      const clock = Date.UTC(each, month - 1, day) + time;
      return clock >= start && clock - from <= last ? [clock - from] : [];
    });
  };
}
