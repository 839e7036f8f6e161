import type { Random } from './random';

/** Where the fields of the message or of one of its parts stand, the empty line after them not included. */
export interface HeaderBlock {
  start: number;
  end: number;
}

/** The message's own fields, then those of all that follows a line that looks like a delimiter. */
export function headerBlocks(text: string): [HeaderBlock, ...HeaderBlock[]] {
  const parts = [...text.matchAll(/^--[^\r\n]*[^-\r\n]\r?\n/gm)].map((delimiter) =>
    blockAt(text, delimiter.index + delimiter[0].length),
  );
  return [blockAt(text, 0), ...parts];
}

function blockAt(text: string, start: number): HeaderBlock {
  if (/^\r?\n/.test(text.slice(start, start + 2))) return { start, end: start };
  const length = text.slice(start).search(/\r?\n\r?\n/);
  const lineEnd = length < 0 ? -1 : text.indexOf('\n', start + length);
  return { start, end: lineEnd < 0 ? text.length : lineEnd + 1 };
}

/** The message's header more often than not. */
export function anyBlock(text: string, random: Random): HeaderBlock {
  const blocks = headerBlocks(text);
  return random.chance(0.6) ? blocks[0] : random.pick(blocks);
}

/** The fields of a block, folds and line ends included. */
export function fieldsIn(text: string, { start, end }: HeaderBlock): string[] {
  return text.slice(start, end).match(/[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*/g) ?? [];
}

/** The text with the fields of a block replaced. */
export function withFields(text: string, { start, end }: HeaderBlock, fields: readonly string[]): string {
  return text.slice(0, start) + fields.join('') + text.slice(end);
}

/** The text with one more field, at any place of the block. */
export function withField(text: string, block: HeaderBlock, field: string, random: Random): string {
  const fields = fieldsIn(text, block);
  fields.splice(random.int(fields.length + 1), 0, `${field}\r\n`);
  return withFields(text, block, fields);
}

/** The text with something done to a field that is chosen by its name. */
export function changeField(
  text: string,
  name: RegExp,
  random: Random,
  change: (field: string) => string,
): string {
  const matching = headerBlocks(text).flatMap((block) =>
    fieldsIn(text, block).flatMap((field, at) => (name.test(field) ? [{ block, at }] : [])),
  );
  const chosen = random.pick(matching);
  if (!chosen) return text;
  const fields = fieldsIn(text, chosen.block).map((field, at) => (at === chosen.at ? change(field) : field));
  return withFields(text, chosen.block, fields);
}
