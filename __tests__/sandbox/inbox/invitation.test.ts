import { type RunningSandbox, startSandbox } from '../../../src/sandbox';
import { LUNCH, send, sendMime } from '../support';
import { get, pathOf } from './support';

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const CALENDAR = [
  'BEGIN:VCALENDAR',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'SUMMARY:Planning <b>',
  'DTSTART;TZID=Europe/Berlin:20261201T090000',
  'DURATION:PT1H',
  'LOCATION:Room 4',
  'RRULE:FREQ=WEEKLY',
  'ORGANIZER;CN=Ann Berg:mailto:ann@contoso.example',
  'ATTENDEE;CN=Bo;PARTSTAT=ACCEPTED:mailto:bo@example.com',
  'END:VEVENT',
  'END:VCALENDAR',
];

/** The text of a page without its tags. */
const shownIn = (text: string) => text.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
const page = async () => (await get(sandbox, pathOf(sandbox.messages[0]))).text;
const invitationIn = (text: string) => /<section id="invitation".*?<\/section>/s.exec(text)?.[0] ?? '';

function sendCalendar(lines: string[], method = 'REQUEST') {
  return sendMime(sandbox, [
    'From: app@contoso.example',
    'To: bo@example.com',
    'Subject: Planning',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'See you.',
    '--b',
    `Content-Type: text/calendar; charset=utf-8; method=${method}`,
    '',
    ...lines,
    '--b--',
    '',
  ]);
}

const file = (lines: string[], name: string, contentType: string) => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name,
  contentType,
  contentBytes: Buffer.from(lines.join('\r\n')).toString('base64'),
});

test('an invitation shows its method, title, time, place, rule and people', async () => {
  await sendCalendar(CALENDAR);
  const shown = invitationIn(await page());
  expect(shown).toContain('<time datetime="2026-12-01T08:00:00.000Z" data-local>2026-12-01 08:00 UTC</time>');
  expect(shown).toContain('<time datetime="2026-12-01T09:00:00.000Z" data-local>');
  expect(shown).toContain('Planning &lt;b&gt;');
  const text = shownIn(shown);
  expect(text).toMatch(/Invitation REQUEST .*2026-12-01 09:00 in Europe\/Berlin.*every week.*Room 4/);
  expect(text).toMatch(/Organizer\s*Ann Berg ann@contoso.example.*Attendees\s*Bo bo@example.com accepted/);
});

test.each([
  ['CANCEL', 'Cancellation'],
  ['REPLY', 'Reply to an invitation'],
])('the method %s is a %s', async (method, words) => {
  await sendCalendar(
    CALENDAR.map((line) => line.replace('REQUEST', method)),
    method,
  );
  expect(shownIn(invitationIn(await page()))).toContain(`${words} ${method}`);
});

test('a calendar without a name is invite.ics, in the list of files and when it is saved', async () => {
  await sendCalendar(CALENDAR);
  expect(await page()).toContain('<span>invite.ics</span>');
  expect(await page()).not.toContain('(no name)');
  const { headers } = await get(sandbox, pathOf(sandbox.messages[0], '/attachments/0'));
  expect(headers['content-disposition']).toContain('invite.ics');
});

test('a file is an invitation by its type or its name, and shown once if the mail has it twice', async () => {
  const attachments = [
    file(CALENDAR, 'a.bin', 'application/ics'),
    file(CALENDAR, 'meeting.ICS', 'application/octet-stream'),
  ];
  await send(sandbox, { ...LUNCH, attachments });
  expect((await page()).match(/class="invitation"/g)).toHaveLength(1);
  sandbox.clear();
  await send(sandbox, { ...LUNCH, attachments: attachments.slice(1) });
  expect(invitationIn(await page())).toContain('Room 4');
});

test('whole days are days, the last one too, and a floating time is the same everywhere', async () => {
  const lines = CALENDAR.filter((line) => !line.startsWith('D'));
  lines.splice(3, 0, 'DTSTART;VALUE=DATE:20261201', 'DTEND;VALUE=DATE:20261204');
  lines.splice(-1, 0, 'BEGIN:VEVENT', 'SUMMARY:Tea', 'DTSTART:20261201T160000', 'END:VEVENT');
  await sendCalendar(lines);
  const text = shownIn(invitationIn(await page()));
  expect(text).toContain('2026-12-01 to 2026-12-03, all day');
  expect(text).toMatch(/Tea.*2026-12-01 16:00 wherever you are/);
});

test('a broken calendar, and a file of another kind, are files only', async () => {
  await send(sandbox, {
    ...LUNCH,
    attachments: [
      file(CALENDAR.slice(0, -1), 'broken.ics', 'text/calendar'),
      file(CALENDAR, 'a.txt', 'text/plain'),
    ],
  });
  expect(await page()).toContain('broken.ics');
  expect(await page()).not.toContain('class="invitation"');
});
