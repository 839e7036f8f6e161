import type { getLogger } from 'nodemailer/lib/shared';
import type { Clock } from '../clock';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { onAbort } from '../errors/signal';
import type { GraphClient } from '../graph/client';
import { mimePath } from '../graph/endpoints';
import { MessageRequests, type Pauses } from '../graph/message-requests';
import { MAX_REPORT_BYTES, readReport } from '../mime/read-report';
import { callOptions } from '../options/call-options';
import { userIdProblems } from '../options/message-options';
import type { UserIdOf } from '../options/options';
import type { RetryPolicy } from '../options/resolved-options';
import type { Bounce, BounceIterator, BouncesOptions } from './bounce';
import { Cursor } from './cursor';
import { type Report, readBounces } from './read-bounces';
import { type FoundReport, findReports, IMMUTABLE_IDS } from './report-list';

/** What reading the reports of a mailbox needs of the transport. */
export interface BounceReader {
  /** The transport's mailbox, or how it finds one for a message. */
  userId: string | UserIdOf;
  client: GraphClient;
  pausesOf(userId: string): Pauses;
  policy: RetryPolicy;
  clock: Clock;
  logger: ReturnType<typeof getLogger>;
  /** Aborts when the transport is closed. */
  closing: AbortSignal;
  /** The error to throw: without secrets. */
  cleaned(error: unknown): Error;
}

/** The reports in the Inbox of a mailbox, one bounce for each recipient, oldest report first. */
export function bouncesOf(options: BouncesOptions, reader: BounceReader): BounceIterator {
  const position: Position = { token: undefined, since: options?.since };
  const bounces = read(options, reader, position);
  return {
    next: () => bounces.next(),
    return: (value) => bounces.return(value),
    throw: (error) => bounces.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    get token() {
      return position.token ?? Cursor.at(position.since).token;
    },
  };
}

/** Where the iterator is. */
interface Position {
  token: string | undefined;
  readonly since: unknown;
}

async function* read(
  options: BouncesOptions,
  reader: BounceReader,
  position: Position,
): AsyncGenerator<Bounce, undefined> {
  try {
    const { since, userId, signal } = checked(options, reader);
    const cursor = Cursor.at(since);
    const inbox = new Inbox(userId, reader, signal);
    for await (const { id, receivedAt } of reportsOf(inbox, cursor)) {
      const report = await inbox.read({ id, receivedAt });
      const recipients = report?.recipients ?? [];
      for (const [at, recipient] of recipients.entries()) {
        if (at < cursor.countOf(id)) continue;
        if (at < recipients.length - 1) cursor.advance(id, at + 1);
        else cursor.finish(id, receivedAt);
        position.token = cursor.token;
        yield {
          ...recipient,
          messageId: report?.messageId,
          date: new Date(receivedAt),
          reportId: id,
          token: position.token,
        };
      }
      cursor.finish(id, receivedAt);
    }
    position.token = cursor.token;
  } catch (error) {
    throw reader.cleaned(asReadingError(error));
  }
  return undefined;
}

/**
 * What may be a report, oldest first. Some are found, then handed out, and then the search begins again where it
 * was: the app may take hours over one, and a list that was open meanwhile would have lost its place.
 */
async function* reportsOf(inbox: Inbox, cursor: Cursor): AsyncGenerator<FoundReport> {
  const handedOut = new Set<string>();
  const isDone = (id: string) => handedOut.has(id) || cursor.isDone(id);
  for (let from = cursor.from; ; ) {
    const { reports, reached, isEnd } = await inbox.find(from, isDone);
    for (const report of reports) {
      handedOut.add(report.id);
      yield report;
    }
    cursor.reach(reached);
    if (isEnd) return;
    from = reached;
  }
}

/** The requests to one Inbox. */
class Inbox {
  readonly #userId: string;
  readonly #reader: BounceReader;
  readonly #signal: AbortSignal | undefined;

  constructor(userId: string, reader: BounceReader, signal: AbortSignal | undefined) {
    this.#userId = userId;
    this.#reader = reader;
    this.#signal = signal;
  }

  find(from: number, isDone: (id: string) => boolean) {
    return this.#ask((requests) => findReports(requests, this.#userId, from, isDone));
  }

  /** What a message reports; undefined if it is no report, or gone. */
  async read({ id }: FoundReport): Promise<Report | undefined> {
    const { logger } = this.#reader;
    const mime = await this.#ask((requests) => this.#fetch(requests, id));
    if (mime === undefined) return undefined;
    const report = await readReport(mime).then(readBounces, (error) => {
      logger.warn({ tnx: 'bounces', reportId: id }, 'The report %s cannot be read: %s', id, error.message);
    });
    for (const { kind, recipient, status = '-' } of report?.recipients ?? []) {
      const entry = { tnx: 'bounces', reportId: id, messageId: report?.messageId, kind, status };
      logger.debug(entry, 'Message %s to <%s>: %s (%s)', report?.messageId ?? '?', recipient, kind, status);
    }
    return report ?? undefined;
  }

  async #fetch(requests: MessageRequests, id: string): Promise<Buffer | undefined> {
    try {
      const { body } = await requests.call({
        method: 'GET',
        path: mimePath(this.#userId, id),
        what: 'the request for a report',
        expect: 200,
        fileBytes: MAX_REPORT_BYTES,
        headers: IMMUTABLE_IDS,
        repeatable: true,
      });
      return Buffer.from(body, 'latin1');
    } catch (error) {
      // Someone deleted it since it was found.
      if (error instanceof GraphTransportError && error.responseCode === 404) return undefined;
      throw error;
    }
  }

  async #ask<T>(work: (requests: MessageRequests) => Promise<T>): Promise<T> {
    const { client, policy, clock, closing, logger } = this.#reader;
    const abort = new AbortController();
    const stops = [closing, this.#signal].map((signal) => onAbort(signal, () => abort.abort(signal?.reason)));
    const requests = new MessageRequests({
      client,
      pauses: this.#reader.pausesOf(this.#userId),
      policy,
      clock,
      signal: abort.signal,
      onRetry: ({ error, attempt, waitMs, throttled }) => {
        const entry = { tnx: throttled ? 'throttled' : 'retry', attempt, waitMs };
        const said = 'Reading reports failed (attempt %s), next in %s ms: %s';
        logger.warn(entry, said, attempt, waitMs, this.#reader.cleaned(error).message);
      },
    });
    try {
      return await work(requests);
    } finally {
      for (const stop of stops) stop();
    }
  }
}

const NAMES = ['since', 'userId', 'signal'] satisfies (keyof BouncesOptions)[];

/** @throws GraphTransportError `ECONFIG` */
function checked(
  given: BouncesOptions,
  { userId: ofTransport }: BounceReader,
): { since: unknown; userId: string; signal: AbortSignal | undefined } {
  const options = callOptions('bounces()', given, NAMES);
  const { since, userId = ofTransport, signal } = options;
  if (typeof userId === 'function') {
    throw new GraphTransportError(
      'ECONFIG',
      'bounces() needs a userId: the one of the transport is a function.',
      {
        hint: 'Pass the mailbox whose Inbox is to be read: bounces({ userId, since }).',
      },
    );
  }
  const [problem] = userIdProblems(userId);
  if (problem !== undefined)
    throw new GraphTransportError('ECONFIG', `bounces() has no mailbox: ${problem}.`);
  return { since, userId: userId.trim(), signal };
}

/** Words the error as one of reading: nothing was to be sent, so nothing is in doubt. */
function asReadingError(error: unknown): unknown {
  if (!(error instanceof GraphTransportError)) return error;
  const { code, responseCode } = error;
  if (code === 'EABORT') {
    return error.with({
      message: 'Reading the reports was aborted.',
      hint: 'Nothing is lost: go on from the last token.',
    });
  }
  if (code === 'EAUTH' && (responseCode === 401 || responseCode === 403)) {
    return error.with({
      hint: `Reading reports takes Mail.Read (or Mail.ReadWrite) as an application permission, with admin consent, or the role "Application Mail.Read" over this mailbox by RBAC for Applications. ${error.hint ?? ''}`.trim(),
    });
  }
  if (outcomeOf(error) !== 'unknown') return error;
  return error.with({ outcome: 'not-accepted', hint: 'Nothing is lost: go on later from the last token.' });
}
