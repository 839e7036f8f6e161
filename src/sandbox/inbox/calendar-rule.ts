import { readTime } from './calendar-time';

const UNITS = new Map([
  ['DAILY', 'day'],
  ['WEEKLY', 'week'],
  ['MONTHLY', 'month'],
  ['YEARLY', 'year'],
]);
const DAYS = new Map([
  ['MO', 'Monday'],
  ['TU', 'Tuesday'],
  ['WE', 'Wednesday'],
  ['TH', 'Thursday'],
  ['FR', 'Friday'],
  ['SA', 'Saturday'],
  ['SU', 'Sunday'],
]);
const PLACES = new Map([
  ['1', 'first'],
  ['2', 'second'],
  ['3', 'third'],
  ['4', 'fourth'],
  ['5', 'fifth'],
  ['-1', 'last'],
]);

/** `every 2 weeks on Monday and Friday, 10 times`; the rule as it is if it says more than that. */
export function ruleInWords(rule: string): string {
  const parts = new Map(
    rule
      .toUpperCase()
      .split(';')
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=');
        return [name, value];
      }),
  );
  const [unit, interval, until] = [
    UNITS.get(parts.get('FREQ') ?? ''),
    Number(parts.get('INTERVAL') ?? 1),
    parts.get('UNTIL'),
  ];
  const days = daysInWords(unit, parts);
  const isSimple = [...parts.keys()].every((name) =>
    ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY', 'BYMONTHDAY', 'BYSETPOS'].includes(name),
  );
  const end = until === undefined ? undefined : readTime(until);
  if (
    !unit ||
    !isSimple ||
    !Number.isSafeInteger(interval) ||
    days === undefined ||
    (until && !end) ||
    !/^\d+$/.test(parts.get('COUNT') ?? '1')
  )
    return rule;
  return [
    interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`,
    days,
    parts.has('COUNT') && `, ${parts.get('COUNT')} times`,
    end && ` until ${new Date(end.clock).toISOString().slice(0, 10)}`,
  ]
    .filter(Boolean)
    .join('');
}

/** ` on Monday and Friday`, ` on the second Monday` or ` on day 15`; undefined if it is none of these. */
function daysInWords(unit: string | undefined, parts: ReadonlyMap<string, string>): string | undefined {
  const [byDay, byDate, place] = ['BYDAY', 'BYMONTHDAY', 'BYSETPOS'].map((name) => parts.get(name));
  if (byDay === undefined && byDate === undefined && place === undefined) return '';
  if (unit === 'week' && byDay !== undefined && byDate === undefined && place === undefined) {
    const days = byDay.split(',').map((day) => DAYS.get(day));
    const [last, ...others] = days.reverse();
    if (days.includes(undefined)) return undefined;
    return others.length > 0 ? ` on ${others.reverse().join(', ')} and ${last}` : ` on ${last}`;
  }
  if (unit !== 'month') return undefined;
  if (byDate !== undefined) {
    const isOne = /^[1-9]\d?$/.test(byDate) && byDay === undefined && place === undefined;
    return isOne ? ` on day ${byDate}` : undefined;
  }
  // Outlook writes the place apart from the day.
  const [, which, day = ''] = /^(-?\d)?(\w\w)$/.exec(byDay ?? '') ?? [];
  const named = PLACES.get((which && place ? undefined : (which ?? place)) ?? '');
  return named && DAYS.has(day) ? ` on the ${named} ${DAYS.get(day)}` : undefined;
}
