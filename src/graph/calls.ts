import type { GraphAnswer } from './answer-error';

/** A request to Graph, and what its answer must be. */
export interface GraphCall {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to the Graph endpoint. */
  path: string;
  /** Names the thing being sent, for the error message ("Graph did not accept the draft"). */
  what: string;
  /** The documented status of success. */
  expect: number;
  /**
   * Other statuses that are taken as success, where doing so can do no harm: some statuses are only documented,
   * and no record of the service shows them. The body must be Graph's, since gateways also answer 200.
   */
  alike?: readonly number[];
  /** Whether the answer's body is needed. */
  wantsBody?: boolean;
  /**
   * The answer is a file of any kind, and only this many bytes of it are needed. Its `body` then has one character
   * per byte.
   */
  fileBytes?: number;
  contentType?: string;
  body?: RequestBody;
  headers?: Readonly<Record<string, string>>;
  /** Whether this is the request that sends the message. If it breaks off, the message may have been sent. */
  sends?: boolean;
  /** Whether it creates something that would be left behind. If it breaks off, that may have been created. */
  creates?: boolean;
}

/** Graph's answer to a request that it accepted. */
export interface Accepted {
  status: number;
  requestId: string | undefined;
  clientRequestId: string;
  /** When Graph answered, by its own clock, in milliseconds since 1970; undefined if it does not say. */
  date?: number | undefined;
  /** The body; empty if Graph sends none. */
  body: string;
}

/** A request to a pre-authenticated URL that Graph issued. */
export interface UploadCall {
  method: 'PUT' | 'GET' | 'DELETE';
  /** As secret as a password: anyone who has it can write to the message. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: RequestBody;
}

/** The answer of an upload session. */
export type UploadAnswer = GraphAnswer;

/** The bytes of a request. They are produced on demand, and again for every attempt. */
export interface RequestBody {
  /** The total number of bytes. */
  readonly length: number;
  pieces(): Iterable<Buffer>;
}

/** Large enough to be cheap, small enough to keep memory use flat and to show progress. */
const PIECE_BYTES = 256 * 1024;

/** A body whose bytes are in memory. */
export function bufferBody(bytes: Buffer): RequestBody {
  return {
    length: bytes.length,
    *pieces() {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
    },
  };
}

/** A small body in one piece. */
export function wholeOf(body: RequestBody): Buffer {
  const pieces = [...body.pieces()];
  const [first] = pieces;
  return first && pieces.length === 1 ? first : Buffer.concat(pieces);
}
