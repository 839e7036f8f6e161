import type { Random } from './random';

/** Damages a message, given and returned as one character a byte. `others` are more messages to take from. */
export type Mutator = (text: string, random: Random, others: readonly string[]) => string;

export function insertAt(text: string, at: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at);
}

/** Lines with their ends. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** UTF-8, one character a byte. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Where the body begins. */
export function bodyStart(text: string): number {
  const empty = /\r?\n\r?\n/.exec(text);
  return empty ? empty.index + empty[0].length : text.length;
}
