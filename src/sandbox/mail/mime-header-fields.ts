/** A header field of a message and where it stands in it. */
export interface MimeHeaderField {
  name: string;
  /** Unfolded, not decoded. */
  value: string;
  start: number;
  /** Behind the line break that ends the field. */
  end: number;
}

/** The header fields at the beginning of a message; undefined when what stands there is something else. */
export function readHeaderFields(mime: Buffer): MimeHeaderField[] | undefined {
  const fields: MimeHeaderField[] = [];
  let start = 0;
  for (const line of headerLines(mime)) {
    const end = Math.min(start + line.length + 2, mime.length);
    const name = /^([!-9;-~]+)[ \t]*:/.exec(line)?.[1];
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) last.end = end;
    else if (name) fields.push({ name, value: '', start, end });
    else return undefined;
    start = end;
  }
  for (const field of fields) field.value = readValue(mime.subarray(field.start, field.end));
  return fields;
}

/** The message without the fields of that name; every other byte as it was. */
export function withoutHeader(mime: Buffer, fields: readonly MimeHeaderField[], name: string): Buffer {
  const kept = fields.filter((field) => field.name.toLowerCase() !== name);
  const rest = mime.subarray(fields.at(-1)?.end ?? 0);
  return Buffer.concat([...kept.map(({ start, end }) => mime.subarray(start, end)), rest]);
}

/** Read as latin1, so that an offset in the text is one in the bytes. */
function headerLines(mime: Buffer): string[] {
  const emptyLine = mime.indexOf('\r\n\r\n');
  return mime
    .subarray(0, emptyLine === -1 ? mime.length : emptyLine)
    .toString('latin1')
    .replace(/\r\n$/, '')
    .split('\r\n');
}

function readValue(field: Buffer): string {
  const text = field.toString('utf8');
  return text
    .slice(text.indexOf(':') + 1)
    .replace(/\r\n/g, '')
    .trim();
}
