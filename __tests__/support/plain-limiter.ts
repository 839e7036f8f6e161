import type { Limits } from '../../src/options/resolved-options';

interface Message {
  name: string;
  mailbox: string;
}

interface Mailbox {
  /** Who is known longest comes first where turns do not decide. */
  number: number;
  begun: number[];
  lastTurn: number;
  pausedUntil: number;
}

/** What the limiter is to do, in the plainest way: all messages are looked at whenever anything changes. */
export class PlainLimiter {
  readonly begun: string[] = [];
  waiting: Message[] = [];
  underWay: Message[] = [];
  #now = 0;
  #turns = 0;
  #count = 0;
  readonly #mailboxes = new Map<string, Mailbox>();

  constructor(readonly limits: Limits) {}

  send(message: Message): void {
    this.#forgetRested();
    this.#lane(message.mailbox);
    this.waiting.push(message);
    this.#next();
    if (this.waiting.length > this.limits.maxQueue) this.abort(message.name);
  }

  end(name: string): void {
    this.underWay = this.underWay.filter((message) => message.name !== name);
    this.#next();
  }

  abort(name: string): void {
    this.waiting = this.waiting.filter((message) => message.name !== name);
  }

  pause(name: string, ms: number): void {
    const { mailbox = '' } = this.underWay.find((message) => message.name === name) ?? {};
    const lane = this.#lane(mailbox);
    lane.pausedUntil = Math.max(lane.pausedUntil, this.#now + ms);
  }

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed++) {
      this.#now++;
      this.#next();
    }
  }

  #lane(mailbox: string): Mailbox {
    const lane = this.#mailboxes.get(mailbox) ?? {
      number: ++this.#count,
      begun: [],
      lastTurn: 0,
      pausedUntil: 0,
    };
    this.#mailboxes.set(mailbox, lane);
    return lane;
  }

  #forgetRested(): void {
    const { rateLimit, rateDelta } = this.limits;
    for (const [name, { begun, pausedUntil }] of this.#mailboxes) {
      const isBusy = [...this.waiting, ...this.underWay].some(({ mailbox }) => mailbox === name);
      const lastBegan = begun.at(-1) ?? Number.NEGATIVE_INFINITY;
      const isLimited = rateLimit !== undefined && lastBegan + rateDelta > this.#now;
      if (!isBusy && !isLimited && pausedUntil <= this.#now) this.#mailboxes.delete(name);
    }
  }

  #next(): void {
    for (;;) {
      const ready = this.waiting
        .filter((message) => this.#mayBegin(message.mailbox))
        .sort((one, other) => {
          const [first, second] = [this.#lane(one.mailbox), this.#lane(other.mailbox)];
          return first.lastTurn - second.lastTurn || first.number - second.number;
        });
      const [next] = ready;
      if (!next) return;
      this.abort(next.name);
      this.underWay.push(next);
      this.begun.push(next.name);
      const lane = this.#lane(next.mailbox);
      lane.begun.push(this.#now);
      lane.lastTurn = ++this.#turns;
    }
  }

  #mayBegin(mailbox: string): boolean {
    const { maxConnections, maxTotalConnections, rateLimit = Infinity, rateDelta } = this.limits;
    const lane = this.#lane(mailbox);
    const ofMailbox = this.underWay.filter((message) => message.mailbox === mailbox);
    const recent = lane.begun.filter((at) => at > this.#now - rateDelta);
    return (
      this.underWay.length < maxTotalConnections &&
      ofMailbox.length < maxConnections &&
      recent.length < rateLimit &&
      lane.pausedUntil <= this.#now
    );
  }
}
