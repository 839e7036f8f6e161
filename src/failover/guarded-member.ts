import type { SentMessageInfo } from 'nodemailer';
import type DKIM from 'nodemailer/lib/dkim';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import type { getLogger } from 'nodemailer/lib/shared';
import type { Clock } from '../clock';
import { closedError, throwIfGivenUp } from '../errors/abort';
import { fieldOf, GraphTransportError, type Outcome } from '../errors/graph-transport-error';
import { onAbort } from '../errors/signal';
import { handOverProxy, type ReplayedMessage } from '../nodemailer/replayed-message';
import { Circuit, type CircuitState } from './circuit';
import { failureOutcome } from './failure-outcome';
import { keysOf, type Member } from './members';
import type { FailoverOptions } from './options';
import type { FailoverSentMessageInfo } from './report';

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

/** One message as each member gets it. */
export interface Errand {
  message: ReplayedMessage<FailoverSentMessageInfo>;
  /** The app's DKIM keys, if the message came with some. */
  keys: DKIM | undefined;
  signal: AbortSignal;
}

/** How a member fared with a message. */
export type Attempted = { info: SentMessageInfo } | { error: Error; outcome: Outcome };

/** A member with its circuit. */
export class GuardedMember {
  readonly circuit: Circuit;
  readonly #member: Member;
  readonly #options: FailoverOptions;
  readonly #logger: ReturnType<typeof getLogger>;

  constructor(member: Member, options: FailoverOptions, clock: Clock, logger: ReturnType<typeof getLogger>) {
    const limits = options.circuit === false ? { failures: Number.POSITIVE_INFINITY } : options.circuit;
    this.#member = member;
    this.#options = options;
    this.#logger = logger;
    this.circuit = new Circuit(limits ?? {}, clock, (state) => this.#logCircuit(state));
  }

  get index(): number {
    return this.#member.index;
  }

  get name(): string {
    return this.#member.name;
  }

  get state(): FailoverMemberState {
    const { state, waitMs } = this.circuit;
    return { index: this.index, name: this.name, circuit: state, retryAfter: waitMs };
  }

  /** Whether it has room for another message. A transport without `isIdle()` always has. */
  get isIdle(): boolean {
    const { transport } = this.#member;
    return typeof transport.isIdle !== 'function' || transport.isIdle() === true;
  }

  /** Whether it can keep a message until `graph.sendAt`. Any other transport would send it at once. */
  get canSchedule(): boolean {
    return ['GraphTransport', 'Failover'].includes(this.name);
  }

  listen(tellIdle: () => void): void {
    const { mailer } = this.#member;
    mailer.on('idle', tellIdle);
    // Without a listener, Node ends the process.
    mailer.on('error', (err: Error) => this.#logger.error({ tnx: 'transport', err }, '%s', err.message));
  }

  /** Sends a message, and lets the circuit know how that went. */
  async send({ message, keys, signal }: Errand): Promise<Attempted> {
    const { mailer, isSigned, index, name } = this.#member;
    const attempt = this.circuit.begin();
    const copy = message.copy(isSigned ? (keys ?? keysOf(this.#member)) : undefined);
    try {
      throwIfGivenUp(signal);
      handOverProxy(mailer);
      const info = await this.#handOver(copy.mail, signal);
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

  /** Runs the member's `verify()`. It changes no circuit. */
  async check(): Promise<FailoverCheck> {
    const { mailer, transport } = this.#member;
    const { state } = this;
    try {
      if (typeof transport.verify === 'function') await mailer.verify();
      return { ...state, ok: true };
    } catch (error) {
      return { ...state, ok: false, error: asError(error) };
    }
  }

  async close(options: { force?: boolean } | undefined): Promise<void> {
    const { mailer, transport } = this.#member;
    if (typeof transport.close === 'function') await mailer.close(options);
  }

  /** The first answer of the transport's `send()`, however it gives it. */
  #handOver(mail: MailMessage<FailoverSentMessageInfo>, signal: AbortSignal): Promise<SentMessageInfo> {
    const { transport } = this.#member;
    let stop = () => {};
    const answer = new Promise<SentMessageInfo>((resolve, reject) => {
      // A transport that does not observe the signal goes on with what it was given.
      if (fieldOf(transport, 'supportsAbortSignal') !== true) {
        stop = onAbort(signal, () => reject(abandonedError(signal)));
      }
      const returned: unknown = transport.send(mail, (error, sent) =>
        error ? reject(error) : resolve({ ...noInfo(mail), ...sent }),
      );
      // Nodemailer's pool before version 10 does this once it is closed, and never calls back.
      if (returned === false) reject(closedError());
      // An async send() that throws never calls back.
      if (returned instanceof Promise) returned.catch(reject);
    });
    return answer.finally(() => stop());
  }

  #logCircuit(state: 'open' | 'closed'): void {
    const { index, name } = this;
    const entry = { tnx: 'circuit', member: index, transport: name, state };
    const who = `Member ${index} (${name})`;
    if (state === 'closed') this.#logger.info(entry, `${who} sends again: its circuit is closed`);
    else {
      const ms = this.circuit.waitMs;
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

function abandonedError({ reason }: AbortSignal): GraphTransportError {
  return new GraphTransportError('EABORT', 'The send was aborted.', {
    outcome: 'unknown',
    hint: 'The transport that had the message does not support aborting, so the message may still be sent.',
    cause: reason,
  });
}
