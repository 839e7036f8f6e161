import { parseJson, property } from '../graph/json-property';

/** What an upload session says about the ranges that it still expects. */
export type UploadPosition =
  /** It expects the bytes from `start` on. */
  | { kind: 'next'; start: number }
  /** It expects nothing more. */
  | { kind: 'complete' }
  /** It says something impossible. */
  | { kind: 'impossible'; ranges: string }
  /** It does not mention ranges. */
  | { kind: 'silent' };

/** `"2097152"`, `"0-"` and `"0-2097151"`: the first two occur for mail, the third in Graph's other uploads. */
const RANGE = /^(\d+)(?:-(\d*))?$/;
/** How much of an impossible answer is quoted. */
const MAX_TOLD = 60;

/**
 * Reads `nextExpectedRanges` from an answer. Ranges are sent one after the other, so the session cannot expect
 * bytes after some that were never sent, and there is never more than one gap.
 *
 * @param sentBytes the most bytes that the session can have
 * @param totalBytes size of the whole file
 */
export function readPosition(body: string, sentBytes: number, totalBytes: number): UploadPosition {
  const ranges = property(parseJson(body), 'nextExpectedRanges');
  if (ranges === undefined || ranges === null) return { kind: 'silent' };
  const impossible = { kind: 'impossible', ranges: JSON.stringify(ranges).slice(0, MAX_TOLD) } as const;
  if (!Array.isArray(ranges)) return impossible;
  if (ranges.length === 0) return { kind: 'complete' };
  const starts: number[] = [];
  let expected: number | undefined;
  for (const range of ranges) {
    const [, first, last] = RANGE.exec(String(range).trim()) ?? [];
    const start = Number(first ?? Number.NaN);
    const end = last ? Number(last) : totalBytes - 1;
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return impossible;
    if (end >= totalBytes || (start > end && start !== totalBytes)) return impossible;
    // Adjacent ranges are treated as one.
    if (expected !== undefined && start !== expected) return impossible;
    expected = end + 1;
    starts.push(start);
  }
  const [start = 0] = starts;
  if (start > sentBytes) return impossible;
  return start === totalBytes ? { kind: 'complete' } : { kind: 'next', start };
}
