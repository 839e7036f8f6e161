import { inspect } from 'node:util';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const units = (text: string) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));

/** How a text may come back. Each is given the letters that stand before and after it. */
export const ECHOES: Record<string, (text: string, before: string, after: string) => string> = {
  plain: (text, before, after) => before + text + after,
  'percent-encoded': (text, before, after) => encodeURIComponent(before + text + after),
  'percent-encoded, lower case': (text) =>
    encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'percent-encoded to the last letter': (text) =>
    [...Buffer.from(text)].map((byte) => `%${hex(byte, 2)}`).join(''),
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'as a form': (text, before) => new URLSearchParams({ client_secret: text, before }).toString(),
  'as JSON': (text, before) => JSON.stringify({ [before]: text }),
  'as JSON in JSON': (text) => JSON.stringify(JSON.stringify([text])),
  'as JSON of ASCII': (text) =>
    units(text)
      .map((unit) => `\\u${hex(unit, 4)}`)
      .join(''),
  'as JSON of some programs': (text) =>
    JSON.stringify(text).replace(/[+<>&'/]/g, (letter) =>
      letter === '/' ? '\\/' : `\\u${hex(letter.charCodeAt(0), 4)}`,
    ),
  'as JavaScript': (text, before, after) => inspect([before, text, after], { breakLength: Infinity }),
  'in HTML': (text, before) =>
    `<p>${before}${text.replace(/[&<>"']/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter] ?? '&#39;')}</p>`,
  'in HTML by numbers': (text) => [...text].map((letter) => `&#${letter.codePointAt(0)};`).join(''),
  'in HTML by hexadecimal numbers': (text) =>
    [...text].map((letter) => `&#x${letter.codePointAt(0)?.toString(16)};`).join(''),
  'in base64': (text, before, after) => Buffer.from(before + text + after).toString('base64'),
  'in base64 for URLs': (text, before, after) => Buffer.from(before + text + after).toString('base64url'),
  'as a login': (text) => `Authorization: Basic ${Buffer.from(`client:${text}`).toString('base64')}`,
  'as a form in base64': (text, before) =>
    Buffer.from(new URLSearchParams({ before, text }).toString()).toString('base64'),
  'as a form in base64 in a URL': (text) =>
    encodeURIComponent(Buffer.from(encodeURIComponent(text)).toString('base64')),
};

/** Everything that a text can be decoded to, as a reader of a log with time on his hands would. */
export function readings(text: string): string[] {
  const found = new Set([text]);
  for (const one of found) {
    if (found.size > 60) break;
    for (const decode of [
      () => decodeURIComponent(one),
      () => decodeURIComponent(one.replaceAll('+', ' ')),
      () =>
        one.replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
      () => one.replace(/\\([\\"'/])/g, '$1'),
      () =>
        one.replace(/&#(?:x([\da-f]+)|(\d+));/gi, (_, code?: string, decimal?: string) =>
          String.fromCodePoint(code ? Number.parseInt(code, 16) : Number(decimal)),
        ),
      () =>
        one.replace(
          /&(amp|lt|gt|quot);/g,
          (_, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '"',
        ),
    ]) {
      try {
        found.add(decode());
      } catch {}
    }
    for (const [word] of one.matchAll(/[\w+/-]{10,}/g)) found.add(Buffer.from(word, 'base64').toString());
  }
  return [...found];
}
