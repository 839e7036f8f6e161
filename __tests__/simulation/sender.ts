import nodemailer, { type SendMailOptions } from 'nodemailer';
import type { GraphSentMessageInfo, GraphTransportError, GraphTransportOptions } from '../../src/index';
import { GraphTransport } from '../../src/index';
import type { Chance } from './chance';
import { Connection, type NetworkRules } from './network';
import type { Service } from './service';
import type { World } from './world';

/** How a call of sendMail ended. */
export type Outcome =
  | { kind: 'sent'; info: GraphSentMessageInfo; at: number }
  | { kind: 'failed'; error: GraphTransportError; at: number }
  | { kind: 'killed'; at: number };

export interface SenderOptions {
  name: string;
  mail: SendMailOptions;
  transport: GraphTransportOptions;
  rules: NetworkRules;
}

/** A process that sends one message. */
export class Sender {
  readonly name: string;
  outcome: Outcome | undefined;
  startedAt = 0;
  /** When its caller or its timeout gave the message up. */
  givenUpAt: number | undefined;
  readonly #options: SenderOptions;
  readonly #world: World;
  readonly #service: Service;
  readonly #chance: Chance;
  readonly #abort = new AbortController();
  #transport: GraphTransport | undefined;
  #isRunning = false;
  #waits = 0;

  constructor(options: SenderOptions, world: World, service: Service, chance: Chance) {
    this.name = options.name;
    this.#options = options;
    this.#world = world;
    this.#service = service;
    this.#chance = chance;
  }

  /** Whether it waits for something that is yet to happen, or is through. */
  get isAtRest(): boolean {
    return !this.#isRunning || this.#waits > 0;
  }

  /** Begins to send. */
  start(): void {
    const world = this.#world;
    const { options } = this.#service.sandbox;
    this.startedAt = world.now;
    this.#isRunning = true;
    world.log(`${this.name} begins`);
    this.#transport = new GraphTransport(
      {
        userId: options.userId,
        graphEndpoint: options.graphEndpoint,
        credential: this.#service.credential,
        dispatcher: this.#connect(),
        ...this.#options.transport,
      },
      {
        now: () => world.now,
        date: () => world.now,
        random: this.#chance.next,
        sleep: (ms, signal) => this.#sleep(ms, signal),
        timer: (ms, act) =>
          world.plan(
            ms,
            `${this.name}: timeout`,
            () => {
              if (!this.#isRunning) return;
              if (ms === this.#options.transport.timeout) this.givenUpAt ??= world.now;
              act();
            },
            { isTimeout: true },
          ),
      },
    );
    nodemailer
      .createTransport(this.#transport)
      .sendMail({ ...this.#options.mail, signal: this.#abort.signal })
      .then(
        (info) => this.#end({ kind: 'sent', info, at: world.now }),
        (error) => this.#end({ kind: 'failed', error, at: world.now }),
      );
  }

  /** As the caller's signal does. */
  abort(): void {
    if (!this.#isRunning) return;
    this.#world.log(`${this.name} is aborted`);
    this.givenUpAt ??= this.#world.now;
    this.#abort.abort();
  }

  /** As `close({ force: true })` does. */
  close(): void {
    if (!this.#isRunning) return;
    this.#world.log(`${this.name} is closed by force`);
    this.givenUpAt ??= this.#world.now;
    this.#transport?.close({ force: true });
  }

  /** As `kill -9` does: nothing arrives there any more. */
  kill(): void {
    if (!this.#isRunning) return;
    this.#world.log(`${this.name} is killed`);
    this.#isRunning = false;
    this.outcome = { kind: 'killed', at: this.#world.now };
  }

  #connect(): Connection {
    return new Connection({
      world: this.#world,
      service: this.#service,
      chance: this.#chance,
      rules: this.#options.rules,
      name: this.name,
      isAlive: () => this.outcome?.kind !== 'killed',
      waiting: {
        begin: () => {
          this.#waits++;
        },
        end: () => {
          this.#waits--;
        },
      },
    });
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waits++;
      let isOver = false;
      const wake = () => {
        if (isOver || this.outcome?.kind === 'killed') return;
        isOver = true;
        this.#waits--;
        takeBack();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const takeBack = this.#world.plan(ms, `${this.name}: pause over`, wake);
      if (signal?.aborted) wake();
      else signal?.addEventListener('abort', wake, { once: true });
    });
  }

  #end(outcome: Outcome): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.outcome = outcome;
    this.#world.log(`${this.name} ${tell(outcome)}`);
  }
}

function tell(outcome: Outcome): string {
  if (outcome.kind === 'killed') return 'is dead';
  if (outcome.kind === 'sent') return `reports: ${outcome.info.response}`;
  const { ambiguous, retryable, message } = outcome.error;
  return `fails${ambiguous ? ', ambiguous' : ''}${retryable ? ', retryable' : ''}: ${message}`;
}
