import { ruleInWords } from './calendar-rule';
import { type CalendarTime, later, lengthOf, type OffsetAt, readTime } from './calendar-time';
import { describedZone, namedZone, type ZoneChange } from './calendar-zones';

/** Someone in a calendar. */
export interface CalendarPerson {
  /** Empty if the calendar has none. */
  name: string;
  address: string;
  /** The answer, as in `ACCEPTED`; empty if the calendar has none. */
  status: string;
}

export interface CalendarEvent {
  title: string;
  place: string;
  description: string;
  start?: CalendarTime;
  end?: CalendarTime;
  organizer?: CalendarPerson;
  attendees: CalendarPerson[];
  /** The rule by which it repeats, in words if it is a simple one. */
  repeats: string;
  /** As in `CANCELLED`; empty if the calendar has none. */
  status: string;
}

export interface Calendar {
  /** What the calendar asks for, as in `REQUEST`; empty if it does not say. */
  method: string;
  events: CalendarEvent[];
  /** How many events follow, which are not read. */
  more: number;
}

const MAX_EVENTS = 20;

interface Property {
  name: string;
  parameters: ReadonlyMap<string, string>;
  value: string;
}

/** A line by RFC 5545; no two of its parts can begin with the same character, so it is read in one pass. */
const LINE = /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/s;

/** Reads the events of an iCalendar file. Undefined if it is broken, or has none. */
export function readCalendar(text: string): Calendar | undefined {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r?\n[ \t]/g, '')
    .split(/[\r\n]+/);
  const open: string[] = [];
  const events: Property[][] = [];
  const zones: DescribedZone[] = [];
  let method = '';
  for (const line of lines) {
    if (line.trim() === '') continue;
    const property = readLine(line);
    if (property === undefined) return undefined;
    const { name, value } = property;
    const inside = open.join('/');
    if (name === 'BEGIN') {
      open.push(value.trim().toUpperCase());
      const opened = open.join('/');
      if (opened === 'VCALENDAR/VEVENT') events.push([]);
      else if (opened === 'VCALENDAR/VTIMEZONE') zones.push({ name: '', changes: [] });
      else if (CHANGE.test(opened)) zones.at(-1)?.changes.push([]);
    } else if (name === 'END') {
      if (open.pop() !== value.trim().toUpperCase()) return undefined;
    } else if (inside === 'VCALENDAR' && name === 'METHOD') method = value.trim().toUpperCase();
    else if (inside === 'VCALENDAR/VEVENT') events.at(-1)?.push(property);
    else if (inside === 'VCALENDAR/VTIMEZONE' && name === 'TZID') nameZone(zones.at(-1), value);
    else if (CHANGE.test(inside)) zones.at(-1)?.changes.at(-1)?.push(property);
    else if (inside === '') return undefined;
    // Deeper than any calendar: joining the names would take quadratic time.
    if (open.length > 10) return undefined;
  }
  if (open.length > 0 || events.length === 0) return undefined;
  const clocksOf = clocksIn(zones);
  const read = events.slice(0, MAX_EVENTS).map((properties) => readEvent(properties, clocksOf));
  const whole = read.filter((event) => event !== undefined);
  if (whole.length < read.length) return undefined;
  return { method, events: whole, more: events.length - whole.length };
}

/** A VTIMEZONE, with the properties of each of its changes. */
interface DescribedZone {
  name: string;
  changes: Property[][];
}

const CHANGE = /^VCALENDAR\/VTIMEZONE\/(?:STANDARD|DAYLIGHT)$/;

function nameZone(zone: DescribedZone | undefined, name: string): void {
  if (zone) zone.name = unescaped(name).trim();
}

/** The clocks of a zone by what the calendar calls it: those of that name, or else those that it describes. */
function clocksIn(zones: readonly DescribedZone[]): (name: string) => OffsetAt | undefined {
  const known = new Map<string, OffsetAt | undefined>();
  return (name) => {
    if (!known.has(name)) {
      const changes = zones.find((zone) => zone.name === name)?.changes ?? [];
      known.set(name, namedZone(name) ?? describedZone(changes.map(zoneChange)));
    }
    return known.get(name);
  };
}

function zoneChange(properties: readonly Property[]): ZoneChange {
  const of = (name: string) => properties.find((property) => property.name === name)?.value.trim() ?? '';
  const dates = properties.filter(({ name }) => name === 'RDATE').flatMap(({ value }) => value.split(','));
  return { start: of('DTSTART'), from: of('TZOFFSETFROM'), to: of('TZOFFSETTO'), rule: of('RRULE'), dates };
}

function readLine(line: string): Property | undefined {
  const [, name, parameters = '', value = ''] = LINE.exec(line) ?? [];
  if (name === undefined) return undefined;
  const pairs = [...parameters.matchAll(/;([\w-]+)=((?:"[^"]*"|[^";])*)/g)].map(
    ([, key = '', given = '']): [string, string] => [key.toUpperCase(), unquoted(given)],
  );
  return { name: name.toUpperCase(), parameters: new Map(pairs), value };
}

/** RFC 6868 has escapes of its own for parameters. */
function unquoted(value: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', "'": '"', '^': '^' };
  return value.replaceAll('"', '').replace(/\^([n'^])/g, (whole, character) => escapes[character] ?? whole);
}

function readEvent(
  properties: Property[],
  clocksOf: (name: string) => OffsetAt | undefined,
): CalendarEvent | undefined {
  const of = (name: string) => properties.find((property) => property.name === name);
  const textOf = (name: string) => unescaped(of(name)?.value ?? '').trim();
  const timeOf = (name: string) => {
    const property = of(name);
    const zone = property?.parameters.get('TZID')?.trim();
    return property && readTime(property.value, zone, clocksOf(zone ?? ''));
  };
  const [start, end] = [timeOf('DTSTART'), timeOf('DTEND')];
  if ((of('DTSTART') && !start) || (of('DTEND') && !end)) return undefined;
  const length = lengthOf(of('DURATION')?.value ?? '');
  const organizer = of('ORGANIZER');
  return {
    title: textOf('SUMMARY'),
    place: textOf('LOCATION'),
    description: textOf('DESCRIPTION'),
    start,
    end: end ?? (start && length && later(start, length, clocksOf(start.zone))),
    organizer: organizer && personOf(organizer),
    attendees: properties.filter(({ name }) => name === 'ATTENDEE').map(personOf),
    repeats: ruleInWords(of('RRULE')?.value.trim() ?? ''),
    status: textOf('STATUS').toUpperCase(),
  };
}

function unescaped(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_whole, character) => (/n/i.test(character) ? '\n' : character));
}

function personOf({ parameters, value }: Property): CalendarPerson {
  return {
    name: parameters.get('CN') ?? '',
    address: value.trim().replace(/^mailto:/i, ''),
    status: (parameters.get('PARTSTAT') ?? '').toUpperCase(),
  };
}
