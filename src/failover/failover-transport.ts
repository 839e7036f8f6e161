import { EventEmitter } from 'node:events';
import type { Transport, Transporter } from 'nodemailer';
import type DKIM from 'nodemailer/lib/dkim';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import { getLogger } from 'nodemailer/lib/shared';
import type { Clock } from '../clock';
import { harmlessLogger } from '../delivery/log';
import { fieldOf } from '../errors/graph-transport-error';
import { Spool } from '../mime/spool';
import { keepKeys, ReplayedMessage } from '../nodemailer/replayed-message';
import { type FailoverCheck, type FailoverMemberState, GuardedMember } from './guarded-member';
import { type FailoverMember, toMember } from './members';
import { checkOptions, type FailoverOptions } from './options';
import type { FailoverSentMessageInfo } from './report';
import { inOrder, sendInOrder } from './send-in-order';

const { version }: { version: string } = require('../../package.json');

/** How much content from streams one message may keep in memory. The rest goes into a temporary file. */
const MAX_HELD_BYTES = 1024 * 1024;

type VerifyCallback = (error: Error | null, success?: true) => void;
type SendCallback = Parameters<Transport<FailoverSentMessageInfo>['send']>[1];

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
  readonly #members: readonly GuardedMember[];
  readonly #options: FailoverOptions;
  readonly #logger: ReturnType<typeof getLogger>;
  /** The DKIM keys that messages came with. */
  readonly #keys = new WeakMap<object, DKIM>();
  #mailer: Transporter<FailoverSentMessageInfo> | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  /** Whether a sender may be waiting for `idle`. */
  #isFull = false;
  #closed = false;

  /** @internal */
  constructor(members: readonly FailoverMember[], options: FailoverOptions, clock: Clock) {
    super();
    checkOptions(members, options);
    const { logger = false, component = 'failover' } = options;
    this.#options = options;
    this.#logger = getLogger(
      { logger: typeof logger === 'object' ? harmlessLogger(logger) : logger },
      { component },
    );
    this.#members = members.map(
      (member, index) => new GuardedMember(toMember(member, index), options, clock, this.#logger),
    );
    for (const member of this.#members) member.listen(() => this.#tellIdle());
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
    return this.#members.map(({ state }) => state);
  }

  /** Whether the member that the next message would go to has room for it. */
  isIdle(): boolean {
    const [next] = inOrder(this.#members);
    const isIdle = !this.#closed && next?.isIdle === true;
    this.#isFull ||= !isIdle;
    return isIdle;
  }

  /** How many messages wait in a member or are under way. */
  pendingCount(): number {
    return this.#underWay.size;
  }

  /** Resolves when no message is pending. It does not stop the app from sending more: do that first. */
  async drain(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  /** Sends a message that Nodemailer has compiled. Nodemailer calls this; apps call `sendMail`. */
  send(mail: MailMessage<FailoverSentMessageInfo>, callback: SendCallback): void {
    // The callback runs outside the promise chain, so that if it throws, it is not called a second time.
    const sending = this.#send(mail).finally(() => {
      this.#underWay.delete(sending);
      // The next message may go to another member than the full one, which has no more to say.
      if (this.#isFull) this.#tellIdle();
    });
    this.#underWay.add(sending);
    sending.then(
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
    return Promise.all(this.#members.map((member) => member.check()));
  }

  /**
   * Closes every member, and accepts no more messages. A message that waits in a member fails as that member's
   * `close()` has it, and does not go on to the next.
   *
   * @param options passed on to each member; `force` also ends what is being sent
   */
  async close(options?: { force?: boolean }): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#members.map((member) => member.close(options)));
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

  async #send(mail: MailMessage<FailoverSentMessageInfo>): Promise<FailoverSentMessageInfo> {
    const { maxMessageSize = 150_000_000 } = this.#options;
    const spool = new Spool(MAX_HELD_BYTES, maxMessageSize);
    try {
      const signal = mail.data.signal ?? new AbortController().signal;
      const message = await ReplayedMessage.of(mail, spool, signal);
      const messageId = mail.message.messageId();
      const errand = { message, keys: this.#keys.get(mail.data), signal, messageId };
      const isLater = fieldOf(mail.data.graph, 'sendAt') !== undefined;
      const able = isLater ? this.#members.filter(({ canSchedule }) => canSchedule) : this.#members;
      // Of this moment: what opens or closes meanwhile is for the next message.
      return await sendInOrder(errand, inOrder(able), () => this.#closed, this.#logger);
    } finally {
      await spool.close();
    }
  }

  #tellIdle(): void {
    if (!this.isIdle()) return;
    this.#isFull = false;
    try {
      this.emit('idle');
    } catch (error) {
      // A listener that throws is the app's fault, and must not fail a message.
      this.#logger.error({ tnx: 'listener', err: error }, 'A listener of the transport threw: %s', error);
    }
  }
}
