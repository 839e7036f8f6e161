import { changeField, fieldsIn, headerBlocks, withFields } from '../header-blocks';
import { bodyStart, insertAt, type Mutator } from '../mutator';

const DELIMITER = /^--[^\r\n]+(?=\r?\n|$)/gm;

/** A part to be added. */
const PARTS = [
  'Content-Type: text/plain\r\n\r\nmore text',
  'Content-Type: text/html; charset=utf-8\r\n\r\n<p>more</p>',
  'Content-Type: text/plain; name="error.log"\r\n\r\nline of the log',
  'Content-Disposition: attachment\r\n\r\nplain text file',
  'Content-Type: application/pdf; name="more.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD',
  'Content-Type: message/rfc822\r\n\r\nFrom: in@example.org\r\nSubject: inner\r\n\r\ninner text',
  'Content-Type: message/external-body; access-type=URL; URL="https://example.com/a.pdf"\r\n\r\nContent-Type: application/pdf\r\n\r\n',
  'Content-Type: message/partial; id="x"; number=1; total=2\r\n\r\nSubject: half\r\n\r\nhalf',
  'Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.org\r\n',
  'Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR',
  'Content-Type: text/calendar; name="a.ics"\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR',
  'Content-Type: text/x-amp-html\r\n\r\n<html amp4email></html>',
  'Content-Type: image/png\r\nContent-ID: <i@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD',
  'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD',
  'Content-Type: image/jpeg\r\nContent-Location: https://example.com/a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD',
  '\r\nno header',
  'no field at all\r\n\r\ntext below',
  'Content-Type: text/plain\r\nDear Ann, no empty line\r\n\r\nThe rest.',
  'Content-Type: multipart/mixed; boundary="never"\r\n\r\nall of it is preamble',
  'Content-Type: ; name="a.jpg"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="a.jpg"\r\n\r\nQUJD',
  'Content-Type: text\r\n\r\na bare type',
  'Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\naABpAA==',
  '',
] as const;

const KINDS = [
  'mixed',
  'related',
  'alternative',
  'digest',
  'parallel',
  'signed',
  'report',
  'x-unknown',
  'form-data',
] as const;

export const structureMutators: Record<string, Mutator> = {
  'drop a delimiter': changeDelimiter(() => ''),
  'change a delimiter': changeDelimiter((line, random) =>
    random.pick([
      `${line} `,
      `${line}\t`,
      `${line}x`,
      `${line}--`,
      ` ${line}`,
      `-${line}`,
      line.slice(0, -1),
      line.slice(1),
      line.toUpperCase(),
      line.replace(/--$/, ''),
      `${line}\r\n${line}`,
      `${line}; x`,
      `${line}\0`,
      `${line}\x0b`,
    ] as const),
  ),
  'change a boundary parameter': (text, random) =>
    changeField(text, /^content-type:[\s\S]*boundary/i, random, (field) => {
      const boundary = /boundary="?([^";\s]*)/i.exec(field)?.[1] ?? 'b';
      const written = random.pick([
        `boundary=${boundary}`,
        `boundary="${boundary}"; boundary="other"`,
        `boundary="other"; boundary="${boundary}"`,
        `boundary*=us-ascii''${boundary}`,
        `boundary*0="${boundary.slice(0, 2)}"; boundary*1="${boundary.slice(2)}"`,
        `boundary = "${boundary}"`,
        `boundary="${boundary} "`,
        `boundary=" ${boundary}"`,
        `boundary="${boundary}" (a comment)`,
        `boundary='${boundary}'`,
        `BOUNDARY="${boundary}"`,
        `boundary="${boundary.slice(0, -1)}"`,
        `boundary="${boundary}\xe4"`,
        'boundary=""',
        'x=y',
        `name="a.txt"; boundary="${boundary}"`,
        `(boundary="c") boundary="${boundary}"`,
        `x="; boundary=c"; boundary="${boundary}"`,
        `boundary="${boundary}`,
      ] as const);
      return field.replace(/boundary="?[^";\r\n]*"?/i, () => written);
    }),
  'add a part': (text, random) => {
    const delimiters = [...text.matchAll(DELIMITER)];
    const before = random.pick(delimiters);
    const part = random.pick(PARTS);
    if (before) return insertAt(text, before.index, `${before[0].replace(/--$/, '')}\r\n${part}\r\n`);
    return wrapped(text, 'mixed', part);
  },
  'wrap the body': (text, random) => wrapped(text, random.pick(KINDS), random.pick(PARTS)),
  'wrap the body in a boundary like its own': (text, random) => {
    const own = /boundary="?([^";\s]+)/i.exec(text)?.[1] ?? 'b';
    const boundary = random.pick([
      own,
      `${own}x`,
      own.slice(0, -1) || 'b',
      `${own}--`,
      own.toUpperCase(),
    ] as const);
    return wrapped(text, random.pick(KINDS), random.pick(PARTS), boundary);
  },
  'wrap the body in a message': (text) => {
    const inner = `Content-Type: message/rfc822\r\n\r\n${text}`;
    return wrapped(text, 'mixed', inner);
  },
  'wrap the body alone': (text, random) => wrapped(text, random.pick(KINDS), undefined),
  'move a part': (text, random) => {
    const delimiters = [...text.matchAll(DELIMITER)];
    const at = random.int(Math.max(1, delimiters.length - 1));
    const [from, to, target] = [delimiters[at], delimiters[at + 1], random.pick(delimiters)];
    if (!from || !to || !target) return text;
    const part = text.slice(from.index, to.index);
    const rest = text.slice(0, from.index) + text.slice(to.index);
    const place = target.index > from.index ? target.index - part.length : target.index;
    return insertAt(rest, Math.max(0, place), part);
  },
  'change the kind of a multipart': (text, random) =>
    changeField(text, /^content-type:\s*multipart/i, random, (field) =>
      field.replace(/multipart\/[\w-]+/i, () => `multipart/${random.pick(KINDS)}`),
    ),
  'take the body of another': (text, random, others) => {
    const other = random.pick(others) ?? '';
    return text.slice(0, bodyStart(text)) + other.slice(bodyStart(other));
  },
  'take a part of another': (text, random, others) => {
    const other = random.pick(others) ?? '';
    const parts = other.split(DELIMITER).slice(1, -1);
    const delimiter = random.pick([...text.matchAll(DELIMITER)]);
    const part = random.pick(parts);
    if (!delimiter || part === undefined) return text;
    return insertAt(text, delimiter.index, `${delimiter[0].replace(/--$/, '')}${part}`);
  },
  'take the type of another': (text, random, others) => {
    const other = random.pick(others) ?? '';
    const types = headerBlocks(other).flatMap((block) =>
      fieldsIn(other, block).filter((field) => /^content-type:/i.test(field)),
    );
    return changeField(text, /^content-type:/i, random, (field) => random.pick(types) ?? field);
  },
};

function changeDelimiter(change: (line: string, random: Parameters<Mutator>[1]) => string): Mutator {
  return (text, random) => {
    const delimiter = random.pick([...text.matchAll(DELIMITER)]);
    if (!delimiter) return text;
    const { index } = delimiter;
    return text.slice(0, index) + change(delimiter[0], random) + text.slice(index + delimiter[0].length);
  };
}

/** The message with an attachment that makes it too large for one request. */
export function grown(text: string): string {
  const lines = `${'QUJD'.repeat(19)}\r\n`.repeat(56_000);
  return wrapped(
    text,
    'mixed',
    `Content-Type: application/zip; name="plans.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}`,
  );
}

/** The message with its body as the first part of a multipart. */
function wrapped(
  text: string,
  kind: string,
  part: string | undefined,
  boundary = `wrap-${text.length}`,
): string {
  const [block] = headerBlocks(text);
  const fields = fieldsIn(text, block);
  const own = fields.filter((field) => /^content-/i.test(field)).join('');
  const others = fields.filter((field) => !/^content-/i.test(field));
  const body = text.slice(bodyStart(text));
  const added = part === undefined ? '' : `--${boundary}\r\n${part}\r\n`;
  return withFields(
    `${text.slice(0, block.end)}\r\n--${boundary}\r\n${own}\r\n${body}\r\n${added}--${boundary}--\r\n`,
    block,
    [...others, `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n`],
  );
}
