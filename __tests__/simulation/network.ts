import { Readable } from 'node:stream';
import { Dispatcher } from 'undici';
import type { Chance } from './chance';
import { type RequestName, type Service, whatIs } from './service';
import type { World } from './world';

/** What becomes of one request. */
export type Fate =
  /** It is carried out and answered, later or at the same moment. */
  | { kind: 'answered'; atOnce?: boolean }
  /** The connection breaks; it was carried out, never is, or is carried out so many milliseconds later. */
  | { kind: 'broken'; carriedOut: 'before' | 'never' | number }
  /** No answer comes. */
  | { kind: 'silent'; carriedOut: boolean }
  /** Another answer comes than the service's, in place of it or over it. */
  | { kind: 'other'; status: number; code?: string; carriedOut: boolean }
  /** It is carried out, and half of the answer comes. */
  | { kind: 'garbled' };

export interface NetworkRules {
  fate(request: RequestName, chance: Chance): Fate;
  /** Milliseconds to the service, and back again. */
  latency(chance: Chance): number;
}

/** What a process waits for, so that the world knows when all are at rest. */
export interface Waiting {
  begin(): void;
  end(): void;
}

interface Link {
  world: World;
  service: Service;
  chance: Chance;
  rules: NetworkRules;
  /** The process whose connection it is. */
  name: string;
  isAlive(): boolean;
  waiting: Waiting;
}

/** The connection of one process to the service: undici's interface, and no sockets. */
export class Connection extends Dispatcher {
  readonly #link: Link;

  constructor(link: Link) {
    super();
    this.#link = link;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    void new Trip(this.#link, options, handler).begin();
    return true;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** One request and its answer. */
class Trip implements Dispatcher.DispatchController {
  readonly paused = false;
  readonly rawHeaders = null;
  readonly rawTrailers = null;
  aborted = false;
  reason: Error | null = null;
  readonly #link: Link;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #label: string;
  readonly #name: RequestName;
  /** The client has its answer, or has given up. */
  #hasEnded = false;
  #isWaiting = false;
  #forgetTimeout: (() => void) | undefined;

  constructor(link: Link, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
    this.#link = link;
    this.#options = options;
    this.#handler = handler;
    const { name, id } = whatIs({ method: options.method, url: this.#url });
    this.#name = name;
    this.#label = `${link.name} ${name}${id === undefined ? '' : ` ${shortId(id)}`}`;
  }

  get #url(): string {
    return `${this.#options.origin}${this.#options.path}`;
  }

  async begin(): Promise<void> {
    const { world, service, chance, rules, name } = this.#link;
    this.#handler.onRequestStart?.(this, {});
    const body = await bytesOf(this.#options.body);
    if (this.#hasEnded) return;
    this.#isWaiting = true;
    this.#link.waiting.begin();
    const fate = rules.fate(this.#name, chance);
    const there = rules.latency(chance);
    const back = rules.latency(chance);
    const { headersTimeout } = this.#options;
    if (headersTimeout) {
      this.#forgetTimeout = world.plan(
        headersTimeout,
        `${this.#label}: timeout`,
        () => this.#fail('UND_ERR_HEADERS_TIMEOUT', 'Headers Timeout Error'),
        { isTimeout: true },
      );
    }
    const carryOut = async () => {
      const request = new Request(this.#url, {
        method: this.#options.method,
        headers: headersOf(this.#options.headers),
        body: body.length > 0 ? body : null,
      });
      const response = await service.carryOut(request, name);
      world.log(`${this.#label}: ${response.status}${await shown(this.#name, response)}`);
      return response;
    };
    const answer = (ms: number, status: number, text: string, headers: Record<string, string>) =>
      world.plan(ms, `${this.#label}: answer`, () => this.#answer(status, text, headers));
    const breakOff = (ms: number) =>
      world.plan(ms, `${this.#label}: broken`, () => this.#fail('UND_ERR_SOCKET', 'other side closed'));
    world.plan(there, this.#label, async () => {
      switch (fate.kind) {
        case 'answered':
        case 'garbled': {
          const response = await carryOut();
          const text = await response.text();
          const sent = fate.kind === 'garbled' ? text.slice(0, text.length / 2) : text;
          const headers = Object.fromEntries(response.headers);
          if (fate.kind === 'answered' && fate.atOnce) this.#answer(response.status, sent, headers);
          else answer(back, response.status, sent, headers);
          return;
        }
        case 'broken':
          if (fate.carriedOut === 'before') await carryOut();
          breakOff(back);
          if (typeof fate.carriedOut === 'number') {
            world.plan(fate.carriedOut, `${this.#label}: late`, async () => {
              await carryOut();
            });
          }
          return;
        case 'silent':
          if (fate.carriedOut) await carryOut();
          return;
        case 'other': {
          if (fate.carriedOut) await carryOut();
          world.log(`${this.#label}: answered ${fate.status} ${fate.code ?? ''} instead`);
          const text = fate.code ? JSON.stringify({ error: { code: fate.code, message: fate.code } }) : '';
          answer(back, fate.status, text, { 'content-type': 'application/json' });
        }
      }
    });
  }

  /** The client has had enough. The request may be on its way all the same. */
  abort(reason: Error): void {
    this.aborted = true;
    this.reason = reason;
    this.#end();
  }

  pause(): void {}

  resume(): void {}

  #answer(status: number, text: string, headers: Record<string, string>): void {
    if (!this.#end()) return;
    this.#handler.onResponseStart?.(this, status, headers);
    if (text) this.#handler.onResponseData?.(this, Buffer.from(text));
    this.#handler.onResponseEnd?.(this, {});
  }

  #fail(code: string, message: string): void {
    if (!this.#end()) return;
    this.#link.world.log(`${this.#label}: ${message}`);
    this.#handler.onResponseError?.(this, Object.assign(new Error(message), { code }));
  }

  /** False when the client waits no more, or is dead. */
  #end(): boolean {
    if (this.#hasEnded || !this.#link.isAlive()) return false;
    this.#hasEnded = true;
    this.#forgetTimeout?.();
    if (this.#isWaiting) this.#link.waiting.end();
    return true;
  }
}

async function bytesOf(body: Dispatcher.DispatchOptions['body']): Promise<Buffer<ArrayBuffer>> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return Buffer.from(body);
  if (!(body instanceof Readable)) throw new TypeError('a body of another kind');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function headersOf(given: Dispatcher.DispatchOptions['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given ?? {})) headers.set(name, String(value));
  return headers;
}

async function shown(name: RequestName, response: Response): Promise<string> {
  if (response.status >= 300 || !['create', 'move', 'search'].includes(name)) return '';
  const body = await response.clone().json();
  const messages: { id: string; isDraft: boolean }[] = name === 'search' ? body.value : [body];
  return ` ${messages.map(({ id, isDraft }) => `${isDraft ? '' : 'sent '}${shortId(id)}`).join(', ') || 'nothing'}`;
}

/** Enough of an id to tell it from others. */
export function shortId(id: string): string {
  return id.slice(4, 10);
}
