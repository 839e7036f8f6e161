import { readFileSync } from 'node:fs';
import { readCalendar } from '../../../src/sandbox/inbox/calendar';
import { readTime } from '../../../src/sandbox/inbox/calendar-time';
import { namedZone } from '../../../src/sandbox/inbox/calendar-zones';
import { WINDOWS_ZONES } from '../../../src/sandbox/inbox/windows-zones';
import { fc } from '../../support/fast-check';

const calendar = (lines: string[], method = 'METHOD:REQUEST') =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    method,
    'BEGIN:VEVENT',
    ...lines,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
const eventOf = (...lines: string[]) => readCalendar(calendar(lines))?.events[0];

test('an event has its title, place, notes, people and status', () => {
  const text = calendar([
    'SUMMARY:Lunch\\, again\\; really',
    'LOCATION;LANGUAGE=en:Room 4',
    'DESCRIPTION:One\\nTwo\\\\n',
    'STATUS:confirmed',
    'ORGANIZER;CN="Berg, Ann":MAILTO:ann@contoso.example',
    "ATTENDEE;PARTSTAT=NEEDS-ACTION;CN=Bo ^'B^' Li:mailto:bo@example.com",
  ]);
  expect(readCalendar(text)).toEqual({
    method: 'REQUEST',
    more: 0,
    events: [
      {
        title: 'Lunch, again; really',
        place: 'Room 4',
        description: 'One\nTwo\\n',
        status: 'CONFIRMED',
        organizer: { name: 'Berg, Ann', address: 'ann@contoso.example', status: '' },
        attendees: [{ name: 'Bo "B" Li', address: 'bo@example.com', status: 'NEEDS-ACTION' }],
        repeats: '',
      },
    ],
  });
});

test('text is read whole, wherever its lines are folded and however they end', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.nat(80),
      fc.constantFrom('\r\n', '\n'),
      (text, at, end) => {
        const written = text.replace(/[\\;,]/g, '\\$&').replace(/[\r\n]/g, '\\n');
        const line = `SUMMARY:${written}`;
        const folded = `${line.slice(0, at)}\r\n ${line.slice(at)}`;
        const file = calendar([at > 0 && at < line.length ? folded : line]).replaceAll('\r\n', end);
        expect(readCalendar(file)?.events[0]?.title).toBe(text.replace(/[\r\n]/g, '\n').trim());
      },
    ),
    { examples: [['Before\u2028and after', 3, '\r\n']] },
  );
});

test.each([
  ['UTC', 'DTSTART:20261201T090000Z', '2026-12-01T09:00:00.000Z'],
  ['a zone in winter', 'DTSTART;TZID=Europe/Berlin:20261201T090000', '2026-12-01T08:00:00.000Z'],
  ['a zone in summer', 'DTSTART;TZID="Europe/Berlin":20260701T090000', '2026-07-01T07:00:00.000Z'],
  [
    'a zone of Windows in winter',
    'DTSTART;TZID=W. Europe Standard Time:20261201T090000',
    '2026-12-01T08:00:00.000Z',
  ],
  [
    'a zone of Windows in summer',
    'DTSTART;TZID="pacific standard time":20260701T090000',
    '2026-07-01T16:00:00.000Z',
  ],
  ['a time that comes twice', 'DTSTART;TZID=America/New_York:20261101T013000', '2026-11-01T05:30:00.000Z'],
  ['a time that never comes', 'DTSTART;TZID=America/New_York:20260308T023000', '2026-03-08T07:30:00.000Z'],
])('the moment of %s', (_what, line, expected) => {
  expect(eventOf(line)?.start?.at?.toISOString()).toBe(expected);
});

test.each([
  ['the time of the reader', 'DTSTART:20261201T090000', { zone: '', isWholeDay: false }],
  [
    'a zone that is described nowhere',
    'DTSTART;TZID=Somewhere Time:20261201T090000',
    { zone: 'Somewhere Time', isWholeDay: false },
  ],
])('%s is no moment, but has its clock', (_what, line, expected) => {
  expect(eventOf(line)?.start).toEqual({ clock: Date.UTC(2026, 11, 1, 9), at: undefined, ...expected });
});

test('a whole day has no time', () => {
  const start = { clock: Date.UTC(2026, 11, 1), zone: '', isWholeDay: true };
  expect(eventOf('DTSTART;VALUE=DATE:20261201')?.start).toEqual(start);
});

test('every moment is read in every zone as the clocks there show it', () => {
  const zones = fc.constantFrom(
    'Asia/Kolkata',
    'America/St_Johns',
    'Pacific/Apia',
    'Australia/Lord_Howe',
    'UTC',
  );
  const minutes = fc.integer({ min: Date.UTC(2015) / 60_000, max: Date.UTC(2035) / 60_000 });
  fc.assert(
    fc.property(zones, minutes, (timeZone, minute) => {
      const shown = (date: Date) => date.toLocaleString('sv-SE', { timeZone });
      const local = shown(new Date(minute * 60_000));
      const at = readTime(local.replace(/[-:]/g, '').replace(' ', 'T'), timeZone, namedZone(timeZone))?.at;
      expect(at && shown(at)).toBe(local);
    }),
  );
});

interface CldrZones {
  supplemental: {
    windowsZones: { mapTimezones: { mapZone: { _other: string; _type: string; _territory: string } }[] };
  };
}

test('every zone of Windows has the name that CLDR gives it, and clocks', () => {
  const data: CldrZones = JSON.parse(
    readFileSync(require.resolve('cldr-core/supplemental/windowsZones.json'), 'utf8'),
  );
  const zones = data.supplemental.windowsZones.mapTimezones.map(({ mapZone }) => mapZone);
  const main = zones.filter((zone) => zone._territory === '001');
  expect([...WINDOWS_ZONES]).toEqual(main.map((zone) => [zone._other.toLowerCase(), zone._type]));
  for (const { _other } of main) expect(namedZone(_other)?.(0)).toEqual(expect.any(Number));
});

/** A calendar whose zone "Customized Time Zone" has these parts. */
const inZone = (start: string, ...parts: string[][]) =>
  readCalendar(
    calendar([`DTSTART;TZID=Customized Time Zone:${start}`, 'DURATION:P1D']).replace(
      'BEGIN:VEVENT',
      [
        'BEGIN:VTIMEZONE',
        'TZID:Customized Time Zone',
        ...parts.flatMap(([name, ...lines]) => [`BEGIN:${name}`, ...lines, `END:${name}`]),
        'END:VTIMEZONE',
        'BEGIN:VEVENT',
      ].join('\r\n'),
    ),
  )?.events[0];

const change = (name: string, start: string, from: string, to: string, ...more: string[]) => [
  name,
  `DTSTART:${start}`,
  `TZOFFSETFROM:${from}`,
  `TZOFFSETTO:${to}`,
  ...more,
];
const SUMMER = change(
  'DAYLIGHT',
  '16010101T020000',
  '+0100',
  '+0200',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
);
const WINTER = change(
  'STANDARD',
  '16010101T030000',
  '+0200',
  '+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
);

test.each([
  ['in winter', '20261201T090000', [WINTER, SUMMER], '2026-12-01T08:00:00.000Z'],
  ['in summer', '20260701T090000', [WINTER, SUMMER], '2026-07-01T07:00:00.000Z'],
  [
    'in January, by the change of the year before',
    '20260101T000000',
    [SUMMER, WINTER],
    '2025-12-31T23:00:00.000Z',
  ],
  ['just before the change', '20260329T015959', [SUMMER, WINTER], '2026-03-29T00:59:59.000Z'],
  ['just after the change', '20260329T030000', [SUMMER, WINTER], '2026-03-29T01:00:00.000Z'],
  [
    'of one offset',
    '20261201T090000',
    [change('STANDARD', '19700101T000000', '+0545', '+0545')],
    '2026-12-01T03:15:00.000Z',
  ],
  [
    'before its first change',
    '20261201T090000',
    [change('STANDARD', '20300101T000000', '-0330', '+0100')],
    '2026-12-01T12:30:00.000Z',
  ],
  [
    'whose rule has ended',
    '20261201T090000',
    [
      change(
        'DAYLIGHT',
        '20000402T020000',
        '-0800',
        '-0700',
        'RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T100000Z',
      ),
      change(
        'STANDARD',
        '20001029T020000',
        '-0700',
        '-0800',
        'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20051030T090000Z',
      ),
    ],
    '2026-12-01T16:00:00.000Z',
  ],
  [
    'that changes on given dates',
    '20261201T090000',
    [
      change('STANDARD', '20200101T000000', '+0000', '+0100', 'RDATE:20260601T000000,20270601T000000'),
      change('DAYLIGHT', '20250101T000000', '+0100', '+0300'),
    ],
    '2026-12-01T08:00:00.000Z',
  ],
  [
    'that changes on a weekday from a date on',
    '20260312T090000',
    [
      change(
        'DAYLIGHT',
        '20000312T020000',
        '-0500',
        '-0400',
        'RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU',
      ),
      change('STANDARD', '20001105T020000', '-0400', '-0500', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU'),
    ],
    '2026-03-12T13:00:00.000Z',
  ],
])('the moment in a zone that the calendar describes, %s', (_what, start, parts, expected) => {
  expect(inZone(start, ...parts)?.start?.at?.toISOString()).toBe(expected);
});

test('a day in a zone that the calendar describes is as long as it is there', () => {
  expect(inZone('20260328T120000', SUMMER, WINTER)?.end?.at?.toISOString()).toBe('2026-03-29T10:00:00.000Z');
});

test.each([
  ['without parts', []],
  ['without an offset', [['STANDARD', 'DTSTART:19700101T000000', 'TZOFFSETFROM:+0100']]],
  [
    'with a rule of another kind',
    [change('STANDARD', '19700101T000000', '+0100', '+0100', 'RRULE:FREQ=DAILY')],
  ],
  [
    'with more changes than any zone',
    Array(501).fill(change('STANDARD', '19700101T000000', '+0100', '+0100')),
  ],
])('a description %s tells no moment', (_what, parts: string[][]) => {
  expect(inZone('20261201T090000', ...parts)?.start).toEqual({
    clock: Date.UTC(2026, 11, 1, 9),
    at: undefined,
    zone: 'Customized Time Zone',
    isWholeDay: false,
  });
});

test('a described zone has the same clocks as the named one that it describes', () => {
  const minutes = fc.integer({ min: Date.UTC(2015) / 60_000, max: Date.UTC(2035) / 60_000 });
  fc.assert(
    fc.property(minutes, (minute) => {
      const local = new Date(minute * 60_000).toISOString().replace(/[-:]|\.000Z/g, '');
      const named = readTime(local, 'Europe/Berlin', namedZone('Europe/Berlin'))?.at;
      expect(inZone(local, SUMMER, WINTER)?.start?.at).toEqual(named);
    }),
  );
});

test.each([
  ['DURATION:PT1H30M', '2026-03-28T19:30:00.000Z'],
  ['DURATION:P1DT1H', '2026-03-29T18:00:00.000Z'],
  ['DURATION:P1W', '2026-04-04T17:00:00.000Z'],
  ['DTEND:20260328T190000Z', '2026-03-28T19:00:00.000Z'],
])('the end by %s', (line, expected) => {
  // Clocks are set forward in the night: a day later is 23 hours later.
  expect(eventOf('DTSTART;TZID=Europe/Berlin:20260328T190000', line)?.end?.at?.toISOString()).toBe(expected);
});

test.each([
  ['FREQ=DAILY', 'every day'],
  [
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;COUNT=10',
    'every 2 weeks on Monday, Wednesday and Friday, 10 times',
  ],
  ['FREQ=WEEKLY;BYDAY=TU;UNTIL=20261231T000000Z;WKST=MO', 'every week on Tuesday until 2026-12-31'],
  ['FREQ=YEARLY', 'every year'],
  ['FREQ=MONTHLY;BYDAY=2MO', 'every month on the second Monday'],
  ['FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1', 'every month on the last Friday'],
  ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15', 'every 3 months on day 15'],
  ['FREQ=MONTHLY;BYDAY=2MO;BYSETPOS=1', 'FREQ=MONTHLY;BYDAY=2MO;BYSETPOS=1'],
  ['FREQ=MONTHLY;BYDAY=MO', 'FREQ=MONTHLY;BYDAY=MO'],
  ['FREQ=MONTHLY;BYMONTHDAY=15;BYDAY=MO', 'FREQ=MONTHLY;BYMONTHDAY=15;BYDAY=MO'],
  ['FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
  ['FREQ=YEARLY;BYDAY=1MO', 'FREQ=YEARLY;BYDAY=1MO'],
  ['FREQ=WEEKLY;BYDAY=1MO', 'FREQ=WEEKLY;BYDAY=1MO'],
  ['FREQ=DAILY;COUNT=x', 'FREQ=DAILY;COUNT=x'],
  ['FREQ=DAILY;INTERVAL=x', 'FREQ=DAILY;INTERVAL=x'],
])('the rule %s', (rule, words) => {
  expect(eventOf(`RRULE:${rule}`)?.repeats).toBe(words);
});

test('an alarm inside an event, and a zone beside it, are not the event', () => {
  const text = calendar([
    'SUMMARY:Lunch',
    'BEGIN:VALARM',
    'SUMMARY:Alarm',
    'ATTENDEE:mailto:x@example.com',
    'END:VALARM',
  ]).replace(
    'BEGIN:VEVENT',
    'BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT',
  );
  expect(readCalendar(text)?.events).toMatchObject([{ title: 'Lunch', attendees: [] }]);
});

test('of many events the first twenty are read', () => {
  const many = 'END:VEVENT\r\nBEGIN:VEVENT\r\n'.repeat(24);
  const read = readCalendar(calendar(['SUMMARY:First']).replace('END:VEVENT', `${many}END:VEVENT`));
  expect([read?.events.length, read?.more]).toEqual([20, 5]);
});

test.each([
  ['nothing', ''],
  ['another text', 'Hello'],
  ['no event', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR'],
  ['no end', calendar([]).replace('END:VCALENDAR', '')],
  ['ends that cross', calendar(['BEGIN:VALARM', 'END:VEVENT', 'END:VALARM'])],
  ['a line without a colon', calendar(['SUMMARY'])],
  ['a quote without an end', calendar(['ORGANIZER;CN="Ann:mailto:ann@example.com'])],
  ['30 February', calendar(['DTSTART:20260230T090000Z'])],
  ['25 hours', calendar(['DTSTART:20260201T250000Z'])],
  ['an end that is none', calendar(['DTSTART:20260201T090000Z', 'DTEND:soon'])],
  ['parts in parts without end', 'BEGIN:VCALENDAR\r\n'.repeat(100_000)],
])('%s is no calendar', (_what, text) => {
  expect(readCalendar(text)).toBeUndefined();
});
