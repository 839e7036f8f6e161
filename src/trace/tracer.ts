import type { getLogger } from 'nodemailer/lib/shared';
import { AccessTokenSource } from '../auth/access-token';
import { createCredential } from '../auth/credential';
import { type Clock, dateOf } from '../clock';
import { type CallContext, checkedMessageId } from '../delivery/ask-mailbox';
import type { Secrets } from '../errors/secrets';
import type { AnySignal } from '../errors/signal';
import { GraphClient, type GraphClientOptions, type Tokens } from '../graph/client';
import { traceDetailsPath, tracesPath } from '../graph/endpoints';
import { garbledAnswer, type ListPage } from '../graph/list-page';
import { MessageRequests } from '../graph/message-requests';
import type { ResolvedOptions } from '../options/resolved-options';
import {
  checkTraceOptions,
  type MessageTrace,
  type TraceDetail,
  type TraceOptions,
  type TraceWindow,
} from './trace';
import { asTraceError, type ListedTrace, noTraceIn, toDetails, toTraces } from './trace-answers';
import { TraceLimiter } from './trace-limiter';

/** Without it, Graph says unknownFutureValue for a status that is newer than the list (documented: exchangemessagetrace.md). */
const HEADERS = { prefer: 'include-unknown-enum-members' };

/** What a transport has for its traces. */
export interface TracerOptions {
  defaults: ResolvedOptions;
  client: GraphClientOptions;
  secrets: Secrets;
  clock: Clock;
  logger: ReturnType<typeof getLogger>;
  /** Aborts when the transport is closed. */
  closing: AbortSignal;
}

/** Asks Exchange's message trace, with the credential that may, and within its limit of requests. */
export class Tracer {
  readonly #options: TracerOptions;
  readonly #limiter: TraceLimiter;
  readonly #tokens: Tokens;

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#limiter = new TraceLimiter(options.clock);
    this.#tokens = tokensOf(options);
  }

  /**
   * The traces of a message, one for each recipient; none if Exchange has none yet.
   *
   * @throws GraphTransportError `ECONFIG` in another cloud than the global one and for wrong options, `EMESSAGE` for
   *   what is no Message-ID, `EAUTH` without the permission or the service principal
   */
  async trace(messageId: string, options: TraceOptions, call: CallContext): Promise<MessageTrace[]> {
    const { logger, closing } = this.#options;
    // Given up at any time, since the wait for its turn may take minutes.
    const signal = AbortSignal.any([call.signal, closing]);
    const traces = await this.#find(messageId, options, { ...call, signal });
    const said = 'Exchange has a trace of %s for %d recipients';
    logger.info({ tnx: 'trace', messageId, recipients: traces.length }, said, messageId, traces.length);
    return traces;
  }

  async #find(messageId: string, options: TraceOptions, call: CallContext): Promise<MessageTrace[]> {
    const { defaults, clock } = this.#options;
    const { details, windows } = checkTraceOptions(options, dateOf(clock));
    const id = checkedMessageId(messageId);
    if (defaults.otherCloud !== undefined) throw noTraceIn(defaults.otherCloud);
    try {
      const requests = this.#requestsOf(call);
      const found = new Map<string, MessageTrace>();
      for (const window of windows) {
        for (const { messageId: about, ...trace } of await findTraces(requests, id, window)) {
          // Both ends of a window belong to it, so a trace may be in two.
          if (about === undefined || about === id) found.set(`${trace.id} ${trace.recipient}`, trace);
        }
      }
      const traces = [...found.values()].sort(byTime);
      if (details) for (const trace of traces) trace.details = await detailsOf(requests, trace);
      return traces;
    } catch (error) {
      throw asTraceError(error);
    }
  }

  #requestsOf({ signal, timer, onRetry }: CallContext): MessageRequests {
    const { client, defaults, clock } = this.#options;
    const limiter = this.#limiter;
    const turn = async (ended: AnySignal | undefined) => {
      const waits = limiter.waitMs() > 0;
      // Like a message's, the timeout counts from its turn.
      if (waits) timer.stop();
      await limiter.turn(ended);
      if (waits) timer.start();
    };
    const tokens = this.#tokens;
    const counted: Tokens = {
      get: (ended) => tokens.get(ended),
      // The request is then made once more.
      renew: async (refused, claims, ended) => {
        const token = await tokens.renew(refused, claims, ended);
        await turn(ended);
        return token;
      },
      distrust: (forbidden) => tokens.distrust(forbidden),
    };
    return new MessageRequests({
      client: new GraphClient({ ...client, tokens: counted }),
      pauses: { pauseOver: turn, pauseFor: (ms) => limiter.pauseFor(ms) },
      policy: defaults.retry,
      clock,
      signal,
      onRetry,
    });
  }
}

/** The tokens of the option `trace`, or else those that send. */
function tokensOf({ defaults, client, secrets, clock }: TracerOptions): Tokens {
  const { trace, graphEndpoint, connectionTimeout, socketTimeout } = defaults;
  if (trace === undefined) return client.tokens;
  const timeoutMs = connectionTimeout + socketTimeout;
  return new AccessTokenSource(
    createCredential(trace, client.dispatcher, timeoutMs, secrets, clock),
    `${graphEndpoint}/.default`,
    (token) => secrets.addToken(token),
    clock,
  );
}

function findTraces(
  requests: MessageRequests,
  messageId: string,
  { from, to }: TraceWindow,
): Promise<ListedTrace[]> {
  const $filter = [
    `messageId eq '${messageId.replaceAll("'", "''")}'`,
    `receivedDateTime ge ${timeText(from)}`,
    `receivedDateTime le ${timeText(to)}`,
  ].join(' and ');
  return readAll(requests, `${tracesPath()}?${new URLSearchParams({ $filter })}`, toTraces);
}

async function detailsOf(requests: MessageRequests, { id, recipient }: MessageTrace): Promise<TraceDetail[]> {
  const details = await readAll(requests, traceDetailsPath(id, recipient), toDetails);
  return details.sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Everything on all pages. A page may be empty without being the last (documented: concepts/paging.md). */
async function readAll<T>(
  requests: MessageRequests,
  first: string,
  toPage: (body: string) => ListPage<T>,
): Promise<T[]> {
  const items: T[] = [];
  const read = new Set<string>();
  for (let path: string | undefined = first; path !== undefined; ) {
    // A list that leads back to a page would never end.
    if (read.has(path)) throw garbledAnswer();
    read.add(path);
    const { body } = await requests.call({
      method: 'GET',
      path,
      what: 'the message trace',
      expect: 200,
      wantsBody: true,
      headers: HEADERS,
      check: toPage,
      repeatable: true,
    });
    const page: ListPage<T> = toPage(body);
    items.push(...page.items);
    path = page.next;
  }
  return items;
}

function byTime(one: MessageTrace, other: MessageTrace): number {
  return one.receivedAt.getTime() - other.receivedAt.getTime() || (one.recipient < other.recipient ? -1 : 1);
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
