import { GraphRefusal } from './graph-answer';
import { mediaTypeOf, wrongContentType } from './read-request';

/** The part of a file that one request carries. */
export interface UploadRange {
  start: number;
  /** The last byte, not the one behind it. */
  end: number;
  total: number;
}

/** What the headers of a PUT say, believed before its body is read. */
export function readUploadRange(request: Request, limitBytes: number): UploadRange {
  const contentLength = request.headers.get('content-length');
  if (contentLength === null) {
    throw new GraphRefusal('range-length', 411, 'invalidRequest', 'The request has no Content-Length.');
  }
  if (mediaTypeOf(request) !== 'application/octet-stream') {
    throw wrongContentType(request, 'A range takes the content type application/octet-stream');
  }
  const range = parseContentRange(request.headers.get('content-range') ?? '');
  const lengthBytes = Number(contentLength);
  if (lengthBytes >= limitBytes) {
    throw new GraphRefusal(
      'range-size',
      413,
      'maxFragmentLengthExceeded',
      `The range has ${lengthBytes} bytes, it must be smaller than ${limitBytes}.`,
    );
  }
  checkLength(range, lengthBytes);
  return range;
}

/** The range's own numbers against those of the body. */
export function checkLength({ start, end }: UploadRange, lengthBytes: number): void {
  if (end - start + 1 === lengthBytes) return;
  throw new GraphRefusal(
    'range-mismatch',
    400,
    'fragmentLengthMismatch',
    `The range ${start}-${end} does not have the length of the body.`,
  );
}

/** Ranges come in order, each one beginning where the last one ended. */
export function checkPlace({ start, total }: UploadRange, receivedBytes: number, sizeBytes: number): void {
  if (total !== sizeBytes) {
    throw invalidRange(416, `The session is for ${sizeBytes} bytes, the range declares a total of ${total}.`);
  }
  if (start < receivedBytes) {
    throw new GraphRefusal(
      'range-overlap',
      416,
      'fragmentOverlap',
      `The range overlaps the ${receivedBytes} bytes that are there.`,
    );
  }
  if (start > receivedBytes) {
    throw new GraphRefusal(
      'range-gap',
      416,
      'fragmentOutOfOrder',
      `The next range begins at ${receivedBytes}, not at ${start}.`,
    );
  }
}

function parseContentRange(text: string): UploadRange {
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(text) ?? [];
  if (total === undefined)
    throw invalidRange(400, `Content-Range takes bytes start-end/total, not '${text}'.`);
  const range = { start: Number(start), end: Number(end), total: Number(total) };
  if (range.start <= range.end && range.end < range.total) return range;
  throw invalidRange(416, `The range ${start}-${end} is not one of a file of ${total} bytes.`);
}

function invalidRange(status: 400 | 416, message: string): GraphRefusal {
  return new GraphRefusal('range-invalid', status, 'invalidRange', message);
}
