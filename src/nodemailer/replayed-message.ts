// It relies on
//
// - a compiled message being a tree of nodes (`childNodes`) whose fields are all that a transport can change or use up,
//   with streams in `content` and `_raw` and in the fields of `data` that are listed below: without that, the second
//   transport would send less. __tests__/failover/replay.test.ts tells;
// - `dkim` and `_dkim` in `data`, and keys being looked for after the plugins of the step 'stream': without that,
//   messages are signed twice or not at all. __tests__/failover/replay.test.ts tells;
// - `getSocket`, `_userPlugins` and `_defaults` of a Mail object: without them, a member's proxy is not used, or what a
//   member would add is left out without an error. __tests__/failover/members.test.ts tells.
import { PassThrough, Readable } from 'node:stream';
import type { Transporter } from 'nodemailer';
import DKIM from 'nodemailer/lib/dkim';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import type MimeNode from 'nodemailer/lib/mime-node';
import type { AttachmentContent, Spool } from '../mime/spool';

const READ_BYTES = 64 * 1024;
/** The fields of a message whose content may be a stream, and the lists of such fields. */
const CONTENTS = ['html', 'text', 'watchHtml', 'amp', 'raw', 'icalEvent'];
const LISTS = ['attachments', 'alternatives'];

/** One use of a replayed message. */
export interface Copy<T> {
  /** For the transport's `send()`. */
  mail: MailMessage<T>;
  /** Whether a byte of the composed message was read. */
  wasRead(): boolean;
  /** Closes the streams that the transport has left. */
  release(): void;
}

/**
 * A compiled message that can be sent by one transport after another: with the same bytes, although each may use it up,
 * and with the same Message-ID, date and envelope.
 *
 * Content that is a stream is read at once, because a stream can be read only once.
 */
export class ReplayedMessage<T> {
  readonly #mail: MailMessage<T>;
  readonly #nodes: readonly { node: MimeNode; fields: Record<string, unknown> }[];
  readonly #streams: ReadonlyMap<unknown, AttachmentContent>;

  private constructor(mail: MailMessage<T>, streams: ReadonlyMap<unknown, AttachmentContent>) {
    this.#mail = mail;
    this.#streams = streams;
    this.#nodes = nodesOf(mail.message).map((node) => ({ node, fields: shallow(node) }));
  }

  /**
   * @param spool keeps what comes from streams
   * @throws the error of a stream, with Nodemailer's code `ESTREAM` if it has none
   */
  static async of<T>(mail: MailMessage<T>, spool: Spool, signal: AbortSignal): Promise<ReplayedMessage<T>> {
    // Made up when it is first asked for.
    mail.message.messageId();
    const streams = new Map<unknown, AttachmentContent>();
    for (const stream of streamsIn(mail)) {
      if (!streams.has(stream)) streams.set(stream, await spool.take(chunksOf(stream, signal)));
    }
    return new ReplayedMessage(mail, streams);
  }

  /** The message as it was before any transport had it. */
  copy(signing: DKIM | undefined): Copy<T> {
    const opened: Readable[] = [];
    const fresh = (value: unknown): unknown => {
      const content = this.#streams.get(value);
      if (content === undefined) return value;
      const stream = Readable.from(piecesOf(content), { objectMode: false });
      opened.push(stream);
      return stream;
    };
    for (const { node, fields } of this.#nodes) {
      for (const name of Object.keys(node)) if (!(name in fields)) Reflect.deleteProperty(node, name);
      for (const [name, value] of Object.entries(fields)) Reflect.set(node, name, fresh(copied(value)));
    }
    const data = { ...this.#mail.data };
    for (const name of CONTENTS) {
      if (name in data) Reflect.set(data, name, freshField(Reflect.get(data, name), fresh));
    }
    for (const name of LISTS) {
      const list: unknown = Reflect.get(data, name);
      if (Array.isArray(list))
        Reflect.set(
          data,
          name,
          list.map((one) => freshField(one, fresh)),
        );
    }
    const mail: MailMessage<T> = Object.create(this.#mail);
    mail.data = data;
    if (signing) mail.message.processFunc((input) => signing.sign(input, Reflect.get(data, '_dkim')));
    const wasRead = watchReading(mail.message);
    const release = () => {
      for (const stream of opened) stream.destroy();
    };
    return { mail, wasRead, release };
  }
}

/** Tells whether anything is read of the streams that a node makes of itself from now on. */
function watchReading(node: MimeNode): () => boolean {
  const made: Readable[] = [];
  Reflect.deleteProperty(node, 'createReadStream');
  const { createReadStream } = node;
  Object.defineProperty(node, 'createReadStream', {
    configurable: true,
    // Not a field that compose-small.ts would stumble over.
    enumerable: false,
    value(...args: Parameters<MimeNode['createReadStream']>) {
      const stream = createReadStream.apply(node, args);
      made.push(stream);
      return stream;
    },
  });
  return () => made.some((stream) => stream.readableDidRead);
}

function nodesOf(node: MimeNode): MimeNode[] {
  return [node, ...node.childNodes.flatMap(nodesOf)];
}

function shallow(node: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, copied(value)]));
}

/** Lists and plain objects, such as the envelope, may be changed by a transport. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return [...value];
  const isPlain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? { ...value } : value;
}

/** The same for an attachment, or another object that describes content. */
function freshField(value: unknown, fresh: (value: unknown) => unknown): unknown {
  if (!isDescription(value)) return fresh(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fresh(inner)]));
}

function isDescription(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isStream(value) && !ArrayBuffer.isView(value);
}

function* streamsIn(mail: MailMessage<unknown>): Generator<Readable> {
  yield* nodesOf(mail.message).flatMap((node) => Object.values(node).filter(isStream));
  const values: unknown[] = [];
  for (const name of CONTENTS) values.push(Reflect.get(mail.data, name));
  for (const name of LISTS) {
    const list: unknown = Reflect.get(mail.data, name);
    if (Array.isArray(list)) values.push(...list);
  }
  for (const value of values) {
    if (isStream(value)) yield value;
    else if (isDescription(value)) yield* Object.values(value).filter(isStream);
  }
}

function isStream(value: unknown): value is Readable {
  return typeof value === 'object' && value !== null && 'pipe' in value && typeof value.pipe === 'function';
}

async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (stream.destroyed || stream.readableEnded) {
    const error = stream.errored ?? new Error('A stream in the message had already been read or closed');
    throw Object.assign(error, { code: Reflect.get(error, 'code') ?? 'ESTREAM' });
  }
  // By way of a stream of Node's own: the app's may be of an older kind, without an iterator.
  const through = new PassThrough({ signal });
  const fail = (error?: Error) => {
    if (!through.writableEnded)
      through.destroy(error ?? new Error('A stream in the message was closed early'));
  };
  stream.once('error', fail);
  stream.once('close', () => fail());
  stream.pipe(through);
  try {
    yield* through;
  } catch (error) {
    stream.destroy();
    throw error instanceof Error && !('code' in error) ? Object.assign(error, { code: 'ESTREAM' }) : error;
  }
}

async function* piecesOf(content: AttachmentContent): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.size; at += READ_BYTES) {
    yield await content.read(Buffer.allocUnsafe(Math.min(READ_BYTES, content.size - at)), at);
  }
}

/**
 * Takes the keys that Nodemailer would sign a message with out of it, and keeps them for the transports that need
 * them: Exchange signs what it sends.
 */
export function keepKeys(mailer: Pick<Transporter, 'use'>, keys: WeakMap<object, DKIM>): void {
  mailer.use('stream', ({ data }, next) => {
    if (data.dkim) keys.set(data, new DKIM(data.dkim));
    delete data.dkim;
    next();
  });
}

/** As `sendMail` does before it sends: a proxy is set up on the Mail object, and used by its transport. */
export function handOverProxy(mailer: Transporter): void {
  const getSocket: unknown = Reflect.get(mailer, 'getSocket');
  if (typeof getSocket !== 'function') return;
  Reflect.set(mailer.transporter, 'getSocket', getSocket);
  Reflect.set(mailer, 'getSocket', false);
}

/** What a Mail object adds to messages before it compiles them, and so cannot add to one that is compiled already. */
export function additionsOf(mailer: Transporter): string[] {
  const plugins: unknown = Reflect.get(mailer, '_userPlugins');
  const countOf = (step: string) => {
    const list: unknown = typeof plugins === 'object' && plugins !== null ? Reflect.get(plugins, step) : [];
    return Array.isArray(list) ? list.length : 0;
  };
  // These two have one of their own: see leaveUnsigned() and keepKeys().
  const own = ['GraphTransport', 'Failover'].includes(mailer.transporter.name) ? 1 : 0;
  const additions: string[] = [];
  if (countOf('compile') > 0 || countOf('stream') > own) additions.push('plugins');
  if (Object.keys(mailer._defaults ?? {}).length > 0) additions.push('message defaults');
  return additions;
}
