import type { SandboxMessage } from '../../../src/sandbox';
import { plainAddress, shown } from './compare';
import { type Complaint, complaint } from './complaint';

/** What is wrong with a request in itself: a control, half a character, U+FFFD. */
export function oddText(mime: Buffer, arrived: SandboxMessage): Complaint[] {
  const strings = [
    ...stringsIn(arrived.request, 'request'),
    ...stringsIn(
      arrived.attachments.map(({ name, contentType }) => ({ name, contentType })),
      'attachments',
    ),
  ];
  return strings.flatMap(([path, text]) => {
    const place = path.replace(/\.\d+/g, '');
    if (place.endsWith('.contentBytes')) return [];
    const controls = place.endsWith('body.content') ? /[^\P{Cc}\t\r\n\x80-\x9f]/u : /[^\P{Cc}\x80-\x9f]/u;
    if (controls.test(text)) return [complaint('control', `control character: ${place}`, shown(text))];
    if (/\p{Cs}/u.test(text)) return [complaint('control', `half a character: ${place}`, shown(text))];
    if (text.includes('\ufffd') && !mayHaveReplacements(mime)) {
      return [complaint('replacement', `U+FFFD: ${place}`, shown(text))];
    }
    return [];
  });
}

/** It is a character like any other where a message brings it along. */
function mayHaveReplacements(mime: Buffer): boolean {
  return /\xef\xbf\xbd|=EF=BF=BD|%EF%BF%BD|\xff\xfd|\xfd\xff|&#|(?:77\+9|\/f|vv7)/i.test(
    mime.toString('latin1'),
  );
}

function stringsIn(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [
    ...stringsIn(key, `${path} (key)`),
    ...stringsIn(entry, `${path}.${key}`),
  ]);
}

/** Those who get it are those of the envelope. */
export function wrongRecipients(
  envelopeTo: readonly string[],
  arrived: readonly string[],
  by: string,
): Complaint[] {
  const wanted = new Set(envelopeTo.map(plainAddress));
  const got = new Set(arrived.map(plainAddress));
  const added = [...got].filter((address) => !wanted.has(address));
  const lost = [...wanted].filter((address) => !got.has(address));
  return [
    ...added.map((address) => complaint('recipients', 'recipient added', `${shown(address)}, ${by}`)),
    ...lost.map((address) => complaint('recipients', 'recipient lost', `${shown(address)}, ${by}`)),
  ];
}
