import fc from 'fast-check';
import { readCalendar } from '../../../src/sandbox/inbox/calendar';
import { readTime } from '../../../src/sandbox/inbox/calendar-time';

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
  );
});

test.each([
  ['UTC', 'DTSTART:20261201T090000Z', '2026-12-01T09:00:00.000Z'],
  ['a zone in winter', 'DTSTART;TZID=Europe/Berlin:20261201T090000', '2026-12-01T08:00:00.000Z'],
  ['a zone in summer', 'DTSTART;TZID="Europe/Berlin":20260701T090000', '2026-07-01T07:00:00.000Z'],
  ['a time that comes twice', 'DTSTART;TZID=America/New_York:20261101T013000', '2026-11-01T05:30:00.000Z'],
  ['a time that never comes', 'DTSTART;TZID=America/New_York:20260308T023000', '2026-03-08T07:30:00.000Z'],
])('the moment of %s', (_what, line, expected) => {
  expect(eventOf(line)?.start?.at?.toISOString()).toBe(expected);
});

test.each([
  ['the time of the reader', 'DTSTART:20261201T090000', { zone: '', isWholeDay: false }],
  [
    'a zone that only Outlook knows',
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
      const at = readTime(local.replace(/[-:]/g, '').replace(' ', 'T'), timeZone)?.at;
      expect(at && shown(at)).toBe(local);
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
  ['FREQ=MONTHLY;BYDAY=2MO', 'FREQ=MONTHLY;BYDAY=2MO'],
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
