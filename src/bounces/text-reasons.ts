import { addressesIn, addressIn, isAddress } from './report-address';

const MAX_LINES = 2000;
const MAX_LINE = 2000;
const MAX_REASON_LINES = 30;

/** The code of a server, anywhere in a line. */
const CODE = /\b[45]\d\d\b|\b[45]\.\d\.\d/;

const STATUS_CODE = /[\s(#:-][45]\.\d\.\d/;

/** What a text says about an address. */
interface Reason {
  /** As it is written. */
  address: string;
  lines: string[];
}

/** What a report in running text says about each recipient. The text is read once, however many there are. */
export class TextReasons {
  /** By address in lower case: an address alone on its line, and the lines that follow it. */
  readonly #below: Map<string, Reason>;
  /** By address in lower case: lines with a code and no other address. */
  readonly #beside: Map<string, Reason>;
  readonly #lines: readonly string[];

  constructor(text: string) {
    this.#lines = text.split(/\r?\n/, MAX_LINES).map((line) => line.slice(0, MAX_LINE));
    this.#below = reasonsBelow(this.#lines);
    this.#beside = reasonsBeside(this.#lines);
  }

  /** The addresses that stand alone on a line. */
  get alone(): string[] {
    return [...this.#below.values()].map(({ address }) => address);
  }

  /** Those of them that have a status code below. Three digits alone may begin a postal address. */
  get answered(): string[] {
    return [...this.#below.values()]
      .filter(({ lines }) => lines.some((line) => STATUS_CODE.test(` ${line}`)))
      .map(({ address }) => address);
  }

  /** The addresses that stand on a line with the code of a server. */
  get withCode(): string[] {
    return [...this.#beside.values()].map(({ address }) => address);
  }

  /** Why the message was not delivered to an address, in the server's words; empty if the text does not say. */
  about(address: string): string {
    const key = address.toLowerCase();
    const found = [this.#below, this.#beside].map((reasons) => reasons.get(key)?.lines.join('\n'));
    return found.find((reason) => reason) ?? '';
  }

  /** The same, if it is the answer of a server. */
  answerAbout(address: string): string {
    const key = address.toLowerCase();
    const found = [this.#below.get(key), this.#beside.get(key)].find(
      (reason) => reason && hasCode(reason.lines),
    );
    return found?.lines.join('\n') ?? '';
  }

  /** All lines with the code of a server. */
  get transcript(): string {
    return this.#lines
      .filter((line) => /(?:^|[\s:>(#])[45]\d\d[ -]|[\s(#][45]\.\d\.\d/.test(line))
      .map((line) => line.trim())
      .slice(0, MAX_REASON_LINES)
      .join('\n');
  }
}

function reasonsBelow(lines: readonly string[]): Map<string, Reason> {
  const reasons = new Map<string, Reason>();
  let current: Reason | undefined;
  for (const line of lines) {
    const found = recipientLine(line);
    if (found) {
      const key = found.address.toLowerCase();
      current = { address: found.address, lines: found.rest ? [found.rest] : [] };
      if (!reasons.has(key)) reasons.set(key, current);
    } else if (line.trim() === '') {
      if (current && current.lines.length > 0) current = undefined;
    } else if (current && current.lines.length < MAX_REASON_LINES) {
      current.lines.push(line.trim());
    }
  }
  return reasons;
}

/** As in "550 5.1.1 <ann@example.com>... User unknown". */
function reasonsBeside(lines: readonly string[]): Map<string, Reason> {
  const reasons = new Map<string, Reason>();
  for (const line of lines) {
    if (!CODE.test(line)) continue;
    const [address, another] = addressesIn(line);
    if (address === undefined || another !== undefined) continue;
    const reason = reasons.get(address.toLowerCase()) ?? { address, lines: [] };
    reasons.set(address.toLowerCase(), reason);
    if (reason.lines.length < MAX_REASON_LINES) reason.lines.push(line.trim());
  }
  return reasons;
}

/** The answer of a server: its code at the start of a line, or a status code. */
function hasCode(lines: readonly string[]): boolean {
  return lines.some((line) => /^\W*[45]\d\d[ -]/.test(line) || STATUS_CODE.test(` ${line}`));
}

/** A line that is an address, with or without a label before it ("Recipient:") and a reason behind it. */
function recipientLine(line: string): { address: string; rest: string } | undefined {
  const unlabelled = line
    .slice(0, 1000)
    .replace(/^\s*(?:(?:failed|final|original) )?(?:address|recipient):\s*/i, '')
    .replace(/^\s*\[smtp:([^\]]*)\]/i, '$1');
  const [, word = '', rest = ''] =
    /^\s*(\S{3,320}?)(?:(?:\s?:|\.\.\.|\s+on\s|\s+(?=\(.*\)\s*$))\s*(.*))?\s*$/.exec(unlabelled) ?? [];
  const address = addressIn(word.replace(/^['"(]|[)'":,]+$/g, ''));
  if (address === undefined || !isAddress(address)) return undefined;
  return { address, rest: rest.trim() };
}
