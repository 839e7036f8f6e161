import { GraphTransportError } from '../errors/graph-transport-error';
import { parseJson, property, toAnswerError } from '../graph/answer-error';
import type { UploadAnswer } from '../graph/calls';

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

/** Shorter path segments or values are not secrets, but words such as `upload`. */
const MIN_SECRET_LENGTH = 9;

/**
 * What an upload host's answer means, interpreted like any other answer of the service.
 *
 * @param name of the attachment
 * @param part the thing that the host was asked to accept
 */
export function uploadFailure(
  answer: UploadAnswer,
  { url, name, part }: { url: string; name: string; part: string },
): GraphTransportError {
  const error = toAnswerError({ ...answer, body: hideInBody(answer.body, hiding(url)) }, part);
  // An upload is authorised by its URL alone, so a refusal is not about the app's permissions.
  const isBare = error.graphCode === undefined && error.responseCode === 403;
  return error.with({
    ...(error.code === 'EAUTH' && { hint: URL_IS_THE_RIGHT }),
    ...(isBare && { code: 'EMESSAGE' }),
    before: beginning(name),
  });
}

const URL_IS_THE_RIGHT =
  'An upload needs no permission but its URL, so the app does not lack a permission: does a proxy or gateway change the request? Nothing was sent.';

/** A connection that broke while the attachment was being uploaded. */
export function brokenUpload(error: GraphTransportError, name: string): GraphTransportError {
  return error.with({ before: beginning(name) });
}

/**
 * The same failure, for an upload that can resume where its session stands. An upload sends nothing, so it does
 * not matter what became of the request.
 */
export function thatMayGoOn(error: GraphTransportError): GraphTransportError {
  const { code } = error;
  return error.with({
    code: code === 'ETIMEDOUT' ? code : 'ECONNECTION',
    outcome: 'not-accepted',
    hint: 'Nothing was sent.',
    link: undefined,
  });
}

/** An answer with a status of success, but without the information it must contain. */
export function senseless(
  { status, requestId, clientRequestId }: UploadAnswer,
  name: string,
  what: string,
): GraphTransportError {
  return new GraphTransportError(
    'ECONNECTION',
    `${beginning(name)}the session answered ${status} to ${what}.`,
    {
      outcome: 'unknown',
      responseCode: status,
      requestId,
      clientRequestId,
    },
  );
}

function beginning(name: string): string {
  return `Uploading the attachment "${name}" failed: `;
}

/** Removes the upload URL, and the secret parts of it, from a text: an error may repeat the request. */
function hiding(url: string): (text: string) => string {
  const { pathname, search, searchParams } = new URL(url);
  const parts = [url, pathname + search, ...pathname.split('/'), ...searchParams.values()];
  const secrets = parts
    .flatMap((part) => [part, decoded(part), encodeURIComponent(part)])
    .filter((part) => part.length >= MIN_SECRET_LENGTH)
    .sort((one, other) => other.length - one.length)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  const secret = new RegExp(secrets.join('|'), 'gi');
  return (text) => text.replace(secret, '(upload URL)');
}

/** JSON may contain the URL with escapes, so it is recognisable only after parsing. Nothing else is quoted. */
function hideInBody(body: string, hide: (text: string) => string): string {
  const parsed = parseJson(body) ?? null;
  return JSON.stringify(parsed, (_, value: unknown) => (typeof value === 'string' ? hide(value) : value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
