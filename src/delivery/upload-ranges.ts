import { SendTimeout } from '../errors/abort';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { bufferBody, type UploadAnswer } from '../graph/calls';
import type { MessageRequests } from '../graph/message-requests';
import type { GraphAttachment } from '../message/attachments';
import { RANGE_BYTES } from './limits';
import { isGone, isPassing, neverPassed, PASSING_ATTEMPTS } from './passing-state';
import {
  brokenUpload,
  readPosition,
  senseless,
  thatMayGoOn,
  type UploadPosition,
  uploadFailure,
} from './upload-answers';

/** What is known about the range that completes the attachment. */
export type LastRange =
  /** It was never sent, or was certainly not carried out. */
  | 'unsent'
  /** It was sent, and the answer says that it was not carried out. */
  | 'sent'
  /** It may have been carried out. */
  | 'in doubt';

/** How the upload to one session ended. */
export type UploadEnd =
  | { kind: 'done' }
  /** `gone`: the session no longer exists. `failed`: there is no point in continuing. */
  | { kind: 'gone' | 'failed'; lastRange: LastRange; error: GraphTransportError };

interface RangesTarget {
  requests: MessageRequests;
  onProgress: (attachment: string, sentBytes: number, totalBytes: number) => void;
}

/** Uploads an attachment to one session, range by range. */
export function uploadRanges(
  url: string,
  attachment: GraphAttachment,
  target: RangesTarget,
): Promise<UploadEnd> {
  return new RangeUpload(url, attachment, target).run();
}

/** An answer, or the error of a connection that got none. */
type Heard = UploadAnswer | { status: undefined; error: GraphTransportError };

class RangeUpload {
  readonly #url: string;
  readonly #attachment: GraphAttachment;
  readonly #target: RangesTarget;
  /** Where the next range begins. */
  #start = 0;
  /** How much was sent: the session cannot have more. */
  #sentBytes = 0;
  /**
   * How much the session has confirmed. Only going beyond that counts as progress, so that going back and forth
   * ends.
   */
  #confirmedBytes = 0;
  /** Failures since the last progress, by kind. */
  #failures = 0;
  #passing = 0;
  #lastRange: LastRange = 'unsent';

  constructor(url: string, attachment: GraphAttachment, target: RangesTarget) {
    this.#url = url;
    this.#attachment = attachment;
    this.#target = target;
  }

  async run(): Promise<UploadEnd> {
    const content = this.#attachment.contentBytes;
    const buffer = Buffer.allocUnsafe(Math.min(RANGE_BYTES, content.size));
    for (;;) {
      const range = await content.read(buffer, this.#start);
      const heard = await this.#put(range);
      const isLast = this.#start + range.length === content.size;
      if (isLast && heard.status === 201) {
        this.#report(content.size);
        return { kind: 'done' };
      }
      const position = heard.status === 200 ? this.#read(heard) : undefined;
      // A 200 to the last range says neither that it completed the attachment nor that it did not, wherever the session
      // claims to stand.
      if (isLast && heard.status === 200) this.#lastRange = 'in doubt';
      if (position?.kind === 'next' && position.start > this.#start) {
        this.#moveTo(position.start);
        continue;
      }
      const failure = this.#failureOf(heard, position, range);
      // Before the last range was sent, this answer would mean that part of the file is the whole, so it is
      // unknown what was attached.
      const isEarly = !isLast && (heard.status === 201 || position?.kind === 'complete');
      if (isLast || isEarly) this.#learn(heard, failure);
      const end = (await this.#end(failure)) ?? (await this.#askPosition(failure));
      if (end) return end;
    }
  }

  #put(range: Buffer): Promise<Heard> {
    const start = this.#start;
    const { size } = this.#attachment.contentBytes;
    const end = start + range.length;
    this.#sentBytes = Math.max(this.#sentBytes, end);
    return heardOf(
      this.#target.requests.upload({
        method: 'PUT',
        url: this.#url,
        headers: {
          'content-type': 'application/octet-stream',
          'content-range': `bytes ${start}-${end - 1}/${size}`,
        },
        body: bufferBody(range),
      }),
    );
  }

  #read({ body }: UploadAnswer): UploadPosition {
    return readPosition(body, this.#sentBytes, this.#attachment.contentBytes.size);
  }

  #moveTo(start: number): void {
    this.#start = start;
    if (start <= this.#confirmedBytes) return;
    this.#confirmedBytes = start;
    this.#failures = 0;
    this.#passing = 0;
    this.#report(start);
  }

  #report(bytes: number): void {
    const { name, contentBytes } = this.#attachment;
    this.#target.onProgress(name ?? '', bytes, contentBytes.size);
  }

  #failureOf(heard: Heard, position: UploadPosition | undefined, range: Buffer): GraphTransportError {
    const name = this.#attachment.name ?? '';
    if (heard.status === undefined) return brokenUpload(heard.error, name);
    const part = `bytes ${this.#start} to ${this.#start + range.length - 1}`;
    const isSuccess = heard.status >= 200 && heard.status < 300;
    return isSuccess
      ? senseless(heard, name, `${part}: ${saidOf(position)}`)
      : uploadFailure(heard, { url: this.#url, name, part });
  }

  /** Records what an unsuccessful answer says about the last range, or about one that was mistaken for it. */
  #learn(heard: Heard, failure: GraphTransportError): void {
    if (outcomeOf(failure) === 'unknown') this.#lastRange = 'in doubt';
    else if (heard.status !== undefined && this.#lastRange === 'unsent') this.#lastRange = 'sent';
  }

  /** How this failure ends the upload; undefined if it does not, after waiting for it to pass. */
  async #end(failure: GraphTransportError): Promise<UploadEnd | undefined> {
    const { requests } = this.#target;
    if (isSessionGone(failure)) return this.#ended('gone', failure);
    if (isPassing(failure)) {
      this.#passing++;
      if (this.#passing === PASSING_ATTEMPTS) {
        return this.#ended('failed', neverPassed(failure, this.#passing));
      }
      await requests.waitOut(failure, this.#passing);
      return undefined;
    }
    return this.#retry(this.#mayGoOn(failure) ? thatMayGoOn(failure) : failure);
  }

  async #retry(error: GraphTransportError): Promise<UploadEnd | undefined> {
    const { requests } = this.#target;
    this.#failures++;
    if (await requests.retry(error, this.#failures, true)) return undefined;
    return this.#ended('failed', requests.afterAttempts(error, this.#failures));
  }

  /**
   * An upload sends nothing, so it can continue even after an unknown outcome. A 416 is only about the
   * position.
   */
  #mayGoOn(failure: GraphTransportError): boolean {
    return outcomeOf(failure) === 'unknown' || failure.responseCode === 416;
  }

  /** Asks for the position of the session. If the service does not report it, the same range is sent again. */
  async #askPosition(failure: GraphTransportError): Promise<UploadEnd | undefined> {
    for (;;) {
      const heard = await heardOf(this.#target.requests.upload({ method: 'GET', url: this.#url }));
      if (heard.status === undefined) return undefined;
      if (heard.status === 200) return this.#standAt(this.#read(heard), failure);
      const name = this.#attachment.name ?? '';
      const asked = uploadFailure(heard, { url: this.#url, name, part: 'the request for its position' });
      if (isSessionGone(asked)) return this.#ended('gone', failure);
      if (outcomeOf(asked) !== 'not-accepted') return undefined;
      // Throttled: the next request of any kind has to wait.
      const end = await this.#retry(asked);
      if (end) return end;
    }
  }

  #standAt(position: UploadPosition, failure: GraphTransportError): UploadEnd | undefined {
    if (position.kind === 'next') this.#moveTo(position.start);
    // It has all the bytes, but does not say that it has created the attachment.
    if (position.kind !== 'complete' || this.#lastRange === 'unsent') return undefined;
    this.#lastRange = 'in doubt';
    return this.#ended('failed', failure);
  }

  #ended(kind: 'gone' | 'failed', error: GraphTransportError): UploadEnd {
    return { kind, lastRange: this.#lastRange, error };
  }
}

/** A broken connection counts as one more failed attempt; aborting the send ends all of them. */
async function heardOf(answer: Promise<UploadAnswer>): Promise<Heard> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GraphTransportError && isConnectionFailure(error)) {
      return { status: undefined, error };
    }
    throw error;
  }
}

function isConnectionFailure({ code, ambiguous, retryable, cause }: GraphTransportError): boolean {
  return code !== 'EABORT' && !(cause instanceof SendTimeout) && (ambiguous || retryable);
}

/** An upload is authorised by its URL alone, so a 401, too, is about the session (java-core #445). */
function isSessionGone(failure: GraphTransportError): boolean {
  return isGone(failure) || failure.responseCode === 401 || failure.responseCode === 410;
}

function saidOf(position: UploadPosition | undefined): string {
  switch (position?.kind) {
    case 'impossible':
      return `it says that it expects the ranges ${position.ranges}, which cannot be`;
    case 'next':
      return 'it still expects them';
    case 'complete':
      return 'it expects no more of them';
    default:
      return 'it does not say what it expects next';
  }
}
