import { type Calendar, type CalendarEvent, type CalendarPerson, readCalendar } from './calendar';
import type { CalendarTime } from './calendar-time';
import { type Content, html, type Markup } from './html';
import type { SandboxAttachment, SandboxMessage } from './sandbox';

/** More than any invitation has. A calendar of years is a file to save. */
const MAX_BYTES = 500_000;
/** More attendees than this fold. */
const MAX_UNFOLDED = 4;

/** What the methods of RFC 5546 say to a reader. */
const METHODS = new Map([
  ['REQUEST', 'Invitation'],
  ['CANCEL', 'Cancellation'],
  ['REPLY', 'Reply to an invitation'],
  ['COUNTER', 'Proposal of another time'],
  ['PUBLISH', 'Event'],
]);

/** The events in the calendars of a message, each calendar once: many mails have it as a part and as a file. */
export function invitations({ attachments }: SandboxMessage): Content {
  const files = attachments.filter(
    (file) => isCalendar(file) && file.sha256 === undefined && file.size <= MAX_BYTES,
  );
  const texts = new Set(files.map(({ content }) => content.toString().trim()));
  return [...texts].map((text, index) => {
    const calendar = readCalendar(text);
    return calendar && invitation(calendar, index);
  });
}

/** A calendar that is a part of the message rather than a file often has no name. */
export function fileName(file: SandboxAttachment): string {
  return file.name || (isCalendar(file) ? 'invite.ics' : '');
}

function isCalendar({ name, contentType }: SandboxAttachment): boolean {
  return /^(?:text\/calendar|application\/ics)\s*(?:;|$)/i.test(contentType) || /\.ics$/i.test(name);
}

function invitation({ method, events, more }: Calendar, index: number): Markup {
  return html`<section${index === 0 && html` id="invitation"`} class="invitation" aria-label="Invitation">
<p><b>${METHODS.get(method) ?? 'Event'}</b>${method && html` <span class="chip">${method}</span>`}</p>
${events.map(eventView)}${more > 0 && html`<p>${more} more in the file.</p>`}
</section>`;
}

function eventView(event: CalendarEvent): Markup {
  const { title, place, description, organizer, attendees, repeats, status } = event;
  return html`<h2 class="event" dir="auto">${title || '(no title)'}${status === 'CANCELLED' && html` <span class="chip">cancelled</span>`}</h2>
<dl class="envelope">
${row('When', when(event))}
${row('Repeats', repeats)}
${row('Where', place && html`<bdi>${place}</bdi>`)}
${row('Organizer', organizer && person(organizer))}
${row('Attendees', attendees.length > 0 && people(attendees))}
${row('Notes', description && html`<span class="notes" dir="auto">${description}</span>`)}
</dl>`;
}

function row(label: string, value: Content): Content {
  return value && html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
}

function people(all: readonly CalendarPerson[]): Content {
  const shown = all.map(person);
  if (shown.length <= MAX_UNFOLDED) return shown;
  const [first, ...others] = shown;
  return html`<details class="fold"><summary>${first}<span class="more">+${others.length}</span></summary>${others}</details>`;
}

function person({ name, address, status }: CalendarPerson): Markup {
  return html`<span class="address">${name && html`<b><bdi>${name}</bdi></b> `}<span>${address}</span>${status && html` <small>${status.toLowerCase().replaceAll('-', ' ')}</small>`}</span> `;
}

function when({ start, end }: CalendarEvent): Content {
  if (start === undefined) return undefined;
  if (start.isWholeDay) {
    // The end is the first day after it.
    const last = end && end.clock - 86_400_000 > start.clock ? dayOf(end.clock - 86_400_000) : undefined;
    const first = dayOf(start.clock);
    return html`<time datetime="${first}">${first}</time>${last && html` to <time datetime="${last}">${last}</time>`}, all day`;
  }
  return html`${timeView(start)}${end && html` to ${timeView(end)}`}${start.zone && html` <small>${clockOf(start.clock)} in ${start.zone}</small>`}`;
}

/** The script shows a moment in the reader's own zone. */
function timeView({ at, clock, zone }: CalendarTime): Markup {
  if (at) return html`<time datetime="${at.toISOString()}" data-local>${clockOf(at.getTime())} UTC</time>`;
  return html`<time datetime="${new Date(clock).toISOString().slice(0, 19)}">${clockOf(clock)}</time>${zone === '' && ' wherever you are'}`;
}

const dayOf = (clock: number) => new Date(clock).toISOString().slice(0, 10);
const clockOf = (clock: number) => new Date(clock).toISOString().slice(0, 16).replace('T', ' ');
