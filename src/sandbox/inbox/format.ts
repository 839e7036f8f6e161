import { html, type Markup } from './html';

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** `640 bytes`, `12 kB`, `3.4 MB`: decimal, like Graph's limits in this package. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  if (bytes < 999_500) return `${toPrecision(bytes / 1000)} kB`;
  return `${toPrecision(bytes / 1_000_000)} MB`;
}

function toPrecision(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0);
}

/** Local time for today's messages, the date for older ones. */
export function formatTime(time: Date, now: Date): Markup {
  const [day, clock] = localParts(time);
  const [today] = localParts(now);
  const shown =
    day === today ? clock.slice(0, 5) : day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day;
  return html`<time datetime="${time.toISOString()}" title="${day} ${clock}">${shown}</time>`;
}

/** To the second, and on hover the day. */
export function formatClock(time: Date): Markup {
  const [day, clock] = localParts(time);
  return html`<time datetime="${time.toISOString()}" title="${day} ${clock}">${clock}</time>`;
}

export function formatExactTime(time: Date): Markup {
  return html`<time datetime="${time.toISOString()}">${localParts(time).join(' ')}</time>`;
}

function localParts(time: Date): [day: string, clock: string] {
  const two = (value: number) => String(value).padStart(2, '0');
  return [
    [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-'),
    [two(time.getHours()), two(time.getMinutes()), two(time.getSeconds())].join(':'),
  ];
}
