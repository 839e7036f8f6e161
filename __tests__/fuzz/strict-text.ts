/** Windows-1252 from 0x80 on; Node's own decoder takes these for controls. */
const WINDOWS_1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Charsets in which ASCII bytes may stand for something else. */
const NOT_ASCII =
  /^(?:utf-?7|unicode-1-1-utf-7|hz.*|.*iso-?2022.*|cp5022.*|utf-?(?:16|32).*|ucs.*|unicode.*)$/i;

/** Text of bytes; null when a byte means nothing in the charset, or the charset is unknown. */
export function strictText(bytes: Buffer, charset: string): string | null {
  // Without a charset it is ASCII; what is not is taken for UTF-8, as far as it is some.
  const label = withoutComments(charset) || 'utf-8';
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    return decoder.encoding === 'windows-1252' ? windows1252(bytes) : decoder.decode(bytes);
  } catch {
    if (!withoutComments(charset)) return windows1252(bytes);
    // Text that reads the same in nearly every charset needs none.
    const ascii = /^[\t\r\n\x20-\x7d]*$/.test(bytes.toString('latin1'));
    return isKnown(label) || NOT_ASCII.test(label) || !ascii ? null : bytes.toString('latin1');
  }
}

/** A header's value with its encoded words decoded; null when that cannot be done to each of them. */
export function strictWords(value: string): string | null {
  // Blanks between words don't belong to the text.
  const joined = value.replace(/(\?=)\s+(?==\?)/g, '$1');
  const runs = joined.split(/((?:=\?[^?\s]+\?[bq]\?[^?]*\?=)+)/i);
  const texts = runs.map((run, at) => (at % 2 === 0 ? run : wordsOf(run)));
  return texts.includes(null) ? null : texts.join('');
}

/** Words of one charset may share a character. */
function wordsOf(run: string): string | null {
  const words = [...run.matchAll(/=\?([^?\s]+)\?([bq])\?([^?]*)\?=/gi)].map(
    ([, label = '', by = '', text = '']) => ({
      charset: label.replace(/\*.*/, ''),
      bytes: /b/i.test(by)
        ? Buffer.from(text, 'base64')
        : Buffer.from(
            text
              .replace(/_/g, ' ')
              .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          ),
    }),
  );
  const [first] = words;
  const isOne = words.every(({ charset }) => charset.toLowerCase() === first?.charset.toLowerCase());
  const whole =
    isOne && first ? strictText(Buffer.concat(words.map(({ bytes }) => bytes)), first.charset) : null;
  if (whole !== null) return whole;
  const texts = words.map(({ bytes, charset }) => strictText(bytes, charset));
  return texts.includes(null) ? null : texts.join('');
}

function windows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? '');
}

function withoutComments(label: string): string {
  const fewer = label.replace(/\([^()]*\)/g, '');
  return fewer === label ? label.trim() : withoutComments(fewer);
}

function isKnown(label: string): boolean {
  try {
    return Boolean(new TextDecoder(label));
  } catch {
    return false;
  }
}
