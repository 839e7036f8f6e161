import { EventEmitter } from 'node:events';
import type { SentMessageInfo, Transport, Transporter } from 'nodemailer';
import type DKIM from 'nodemailer/lib/dkim';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import { getLogger } from 'nodemailer/lib/shared';
import type { Clock } from '../clock';
import { harmlessLogger } from '../delivery/log';
import { GraphTransportError, type Outcome } from '../errors/graph-transport-error';
import { Spool } from '../mime/spool';
import { handOverProxy, keepKeys, ReplayedMessage } from '../nodemailer/replayed-message';
import { Circuit, type CircuitState } from './circuit';
import { failureOutcome } from './failure-outcome';
import { fieldOf } from './field';
import { type FailoverMember, keysOf, type Member, toMember } from './members';
import { checkOptions, type FailoverOptions } from './options';
import { type FailoverReport, type Failure, finalError } from './report';

const { version }: { version: string } = require('../../package.json');

/** How much content from streams one message may keep in memory. The rest goes into a temporary file. */
const MAX_HELD_BYTES = 1024 * 1024;

/** What `sendMail` returns: what the member that sent the message returned, and which one it was. */
export interface FailoverSentMessageInfo extends SentMessageInfo {
  /** The member that sent the message, and the failures of those that were tried before it. */
  failover: FailoverReport;
}

/** What is known of one member. */
export interface FailoverMemberState {
  /** Its place in the list, from 0. */
  index: number;
  /** The name of its transport, such as `GraphTransport` or `SMTP`. */
  name: string;
  /** Whether messages go to it. */
  circuit: CircuitState;
  /** Milliseconds until a message tries it again; 0 unless its circuit is open. */
  retryAfter: number;
}

/** The result of one member's `verify()`. */
export interface FailoverCheck extends FailoverMemberState {
  /** False if its `verify()` failed. A transport without `verify()` passes. */
  ok: boolean;
  /** Why it failed. */
  error?: Error;
}

type VerifyCallback = (error: Error | null, success?: true) => void;
type SendCallback = Parameters<Transport<FailoverSentMessageInfo>['send']>[1];

/** A member with its circuit. */
interface Station extends Member {
  circuit: Circuit;
}

/**
 * A Nodemailer transport that sends through the first of several transports, and through the next if that one
 * certainly did not send. Create it with `failover()`.
 *
 * Events: `idle` when there is room for more messages.
 */
export class FailoverTransport
  extends EventEmitter<{ idle: [] }>
  implements Transport<FailoverSentMessageInfo>
{
  /** The name of the transport in Nodemailer's logs. */
  readonly name = 'Failover';
  /** The version of this package. */
  readonly version = version;
  /** Tells Nodemailer that a message's `signal` is observed. */
  readonly supportsAbortSignal = true;
  readonly #stations: readonly Station[];
  readonly #options: FailoverOptions;
  readonly #logger: ReturnType<typeof getLogger>;
  /** The DKIM keys that messages came with. */
  readonly #keys = new WeakMap<object, DKIM>();
  #mailer: Transporter<FailoverSentMessageInfo> | undefined;
  #closed = false;

  /** @internal */
  constructor(members: readonly FailoverMember[], options: FailoverOptions, clock: Clock) {
    super();
    checkOptions(members, options);
    const { circuit, logger = false, component = 'failover' } = options;
    this.#options = options;
    this.#logger = getLogger(
      { logger: typeof logger === 'object' ? harmlessLogger(logger) : logger },
      { component },
    );
    const limits = circuit === false ? { failures: Number.POSITIVE_INFINITY } : circuit;
    this.#stations = members.map(toMember).map((member) => ({
      ...member,
      circuit: new Circuit(limits ?? {}, clock, (state) => this.#logCircuit(member.index, state)),
    }));
    for (const { mailer } of this.#stations) {
      mailer.on('idle', () => this.#tellIdle());
      // Without a listener, Node ends the process.
      mailer.on('error', (err: Error) => this.#logger.error({ tnx: 'transport', err }, '%s', err.message));
    }
    // Like Nodemailer's pool: emitted after the constructor returns, so the app can attach listeners first.
    setImmediate(() => this.#tellIdle());
  }

  /** What `createTransport()` made of this transport. Nodemailer sets it. */
  get mailer(): Transporter<FailoverSentMessageInfo> | undefined {
    return this.#mailer;
  }

  set mailer(mailer: Transporter<FailoverSentMessageInfo> | undefined) {
    this.#mailer = mailer;
    if (mailer) keepKeys(mailer, this.#keys);
  }

  /** The members in their order, each with the state of its circuit: for health checks. */
  get members(): FailoverMemberState[] {
    return this.#stations.map(({ index, name, circuit }) => ({
      index,
      name,
      circuit: circuit.state,
      retryAfter: circuit.waitMs,
    }));
  }

  /** Whether the member that the next message would go to has room for it. */
  isIdle(): boolean {
    const [next] = this.#order();
    if (this.#closed || next === undefined) return false;
    return typeof next.transport.isIdle !== 'function' || next.transport.isIdle() === true;
  }

  /** Sends a message that Nodemailer has compiled. Nodemailer calls this; apps call `sendMail`. */
  send(mail: MailMessage<FailoverSentMessageInfo>, callback: SendCallback): void {
    // The callback runs outside the promise chain, so that if it throws, it is not called a second time.
    this.#send(mail).then(
      (info) => setImmediate(() => callback(null, info)),
      (error: Error) => setImmediate(() => callback(error)),
    );
  }

  /**
   * Resolves with true if every member's `verify()` does. Use `check()` to hear about each.
   *
   * @throws the first error, with all in `errors`; its message begins with the member
   */
  verify(): Promise<true>;
  verify(callback: VerifyCallback): void;
  verify(callback?: VerifyCallback): Promise<true> | undefined {
    const verified = this.#verify();
    if (!callback) return verified;
    verified.then(
      () => setImmediate(callback, null, true),
      (error: Error) => setImmediate(callback, error),
    );
  }

  /** Verifies every member, and tells how each did. It does not throw, and changes no circuit. */
  check(): Promise<FailoverCheck[]> {
    return Promise.all(
      this.members.map(async (member) => {
        const mailer = this.#stations[member.index]?.mailer;
        try {
          if (typeof mailer?.transporter.verify === 'function') await mailer.verify();
          return { ...member, ok: true };
        } catch (error) {
          return { ...member, ok: false, error: asError(error) };
        }
      }),
    );
  }

  /**
   * Closes every member, and accepts no more messages. A message that waits in a member fails as that member's
   * `close()` has it, and does not go on to the next.
   *
   * @param options passed on to each member; `force` also ends what is being sent
   */
  async close(options?: { force?: boolean }): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(
      this.#stations.map(async ({ mailer, transport }) => {
        if (typeof transport.close === 'function') await mailer.close(options);
      }),
    );
  }

  async #verify(): Promise<true> {
    const failed = (await this.check()).filter(({ ok }) => !ok);
    const [first] = failed;
    if (first?.error === undefined) return true;
    const { error, index, name } = first;
    const text = `Member ${index} (${name}) of the failover cannot send: ${error.message}`;
    throw Object.assign(new Error(text, { cause: error }), {
      code: fieldOf(error, 'code'),
      errors: failed.map((check) => check.error),
    });
  }

  /** Whom to ask for the next message, in order. Open circuits come last, and only one of them is tried. */
  #order(): Station[] {
    const ready = this.#stations.filter(({ circuit }) => circuit.isReady);
    const others = this.#stations.filter((station) => !ready.includes(station));
    const [soonest] = others.sort((one, other) => one.circuit.waitMs - other.circuit.waitMs);
    return soonest ? [...ready, soonest] : ready;
  }

  async #send(mail: MailMessage<FailoverSentMessageInfo>): Promise<FailoverSentMessageInfo> {
    const { maxMessageSize = 150_000_000 } = this.#options;
    const spool = new Spool(MAX_HELD_BYTES, maxMessageSize);
    try {
      const signal = mail.data.signal ?? new AbortController().signal;
      const message = await ReplayedMessage.of(mail, spool, signal);
      return await this.#sendThroughOne(message, mail, signal);
    } finally {
      await spool.close();
    }
  }

  async #sendThroughOne(
    message: ReplayedMessage<FailoverSentMessageInfo>,
    mail: MailMessage<FailoverSentMessageInfo>,
    signal: AbortSignal,
  ): Promise<FailoverSentMessageInfo> {
    const messageId = mail.message.messageId();
    const failures: Failure[] = [];
    // Of this moment: what opens or closes meanwhile is for the next message.
    for (const station of this.#order()) {
      if (this.#closed) break;
      const last = failures.at(-1);
      if (last) this.#logNext(messageId, last, station);
      const { index, name } = station;
      const result = await this.#try(station, message, this.#keys.get(mail.data), signal);
      if ('info' in result) {
        this.#logger.info(
          { tnx: 'failover', messageId, member: index, transport: name, failures: failures.length },
          'Message %s was sent through member %s (%s)',
          messageId,
          index,
          name,
        );
        return {
          ...result.info,
          failover: { index, name, failures: failures.map(({ outcome: _, ...failure }) => failure) },
        };
      }
      failures.push({ index, name, ...result });
      if (result.outcome !== 'not-accepted' || signal.aborted) break;
    }
    const error = finalError(failures) ?? closedError();
    this.#logger.error(
      { tnx: 'failover', messageId, err: error, failures: failures.length },
      'Message %s was not sent: %s',
      messageId,
      error.message,
    );
    throw error;
  }

  /** Sends through one member, and lets its circuit know. */
  async #try(
    station: Station,
    message: ReplayedMessage<FailoverSentMessageInfo>,
    keys: DKIM | undefined,
    signal: AbortSignal,
  ): Promise<{ info: SentMessageInfo } | { error: Error; outcome: Outcome }> {
    const { circuit, mailer, transport, isSigned, index, name } = station;
    const attempt = circuit.begin();
    const copy = message.copy(isSigned ? (keys ?? keysOf(station)) : undefined);
    try {
      handOverProxy(mailer);
      const info = await new Promise<SentMessageInfo>((resolve, reject) => {
        const returned: unknown = transport.send(copy.mail, (error, sent) =>
          error ? reject(error) : resolve({ ...noInfo(copy.mail), ...sent }),
        );
        // Nodemailer's pool before version 10 does this once it is closed, and never calls back.
        if (returned === false) reject(closedError());
      });
      attempt.answered();
      return { info };
    } catch (thrown) {
      copy.release();
      const error = asError(thrown);
      const known = failureOutcome(thrown, { transport: name, wasRead: copy.wasRead() });
      const told =
        known === 'unknown' && fieldOf(thrown, 'ambiguous') === true
          ? undefined
          : this.#options.outcomeOf?.(error, { index, name });
      const outcome = told ?? known;
      if (signal.aborted) attempt.abandoned();
      else if (outcome === 'refused') attempt.answered();
      else attempt.failed(this.#options.circuit === false ? 0 : Number(fieldOf(thrown, 'retryAfter') ?? 0));
      return { error, outcome };
    }
  }

  #tellIdle(): void {
    if (!this.isIdle()) return;
    try {
      this.emit('idle');
    } catch (error) {
      // A listener that throws is the app's fault, and must not fail a message.
      this.#logger.error({ tnx: 'listener', err: error }, 'A listener of the transport threw: %s', error);
    }
  }

  #logNext(messageId: string, { index, name, error }: Failure, next: Station): void {
    this.#logger.warn(
      { tnx: 'failover', messageId, member: index, transport: name, next: next.index, err: error },
      'Message %s was not sent through member %s (%s), trying member %s (%s): %s',
      messageId,
      index,
      name,
      next.index,
      next.name,
      error.message,
    );
  }

  #logCircuit(index: number, state: 'open' | 'closed'): void {
    const station = this.#stations[index];
    const entry = { tnx: 'circuit', member: index, transport: station?.name, state };
    const who = `Member ${index} (${station?.name})`;
    if (state === 'closed') this.#logger.info(entry, `${who} sends again: its circuit is closed`);
    else {
      const ms = station?.circuit.waitMs;
      this.#logger.warn({ ...entry, ms }, `${who} fails: its circuit is open for %s ms`, ms);
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** For a transport that calls back without a result, which Nodemailer takes for success. */
function noInfo({ message }: MailMessage<FailoverSentMessageInfo>): SentMessageInfo {
  return { envelope: message.getEnvelope(), messageId: message.messageId() };
}

function closedError(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', 'The transport is closed.', {
    outcome: 'not-accepted',
    hint: 'Nothing was sent.',
  });
}
