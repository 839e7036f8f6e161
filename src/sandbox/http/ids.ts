import { createHash, timingSafeEqual } from 'node:crypto';
import type { SandboxSettings } from '../settings';

/** Makes the ids that clients see, from one source of randomness. */
export interface Ids {
  /** In Exchange's form: case matters, and `=` may stand in a path encoded or not. */
  outlookId(): string;
  /** Like `changeKey` and `eventId`, not secret and not made with `random`, so seeds keep giving the same results. */
  conversationId(): string;
  /** Tells two states of one message apart. */
  changeKey(): string;
  /** A GUID for support only. */
  eventId(): string;
  guid(): string;
  /** A Message-ID in the domain of this address. */
  messageId(address: string): string;
  bytes(count: number): Buffer;
}

/** What the services need to word an answer. */
export interface AnswerContext {
  readonly settings: SandboxSettings;
  readonly ids: Ids;
}

/** Each call of `random` gives 32 bits. */
const WORD_BYTES = 4;

export function makeIds(random: () => number): Ids {
  function bytes(count: number): Buffer {
    const words = Buffer.alloc(Math.ceil(count / WORD_BYTES) * WORD_BYTES);
    for (let at = 0; at < words.length; at += WORD_BYTES) words.writeUInt32LE(word(random()), at);
    return words.subarray(0, count);
  }

  let made = 0;
  function numbered(): Buffer {
    made += 1;
    return createHash('sha256').update(`${made}`).digest();
  }

  const guid = () => toGuid(bytes(16));

  return {
    bytes,
    outlookId: () => `AAMk${bytes(33).toString('base64url')}AA=`,
    conversationId: () => `AAQk${numbered().toString('base64url')}AA=`,
    changeKey: () => `CQAAABYAAAB${numbered().subarray(0, 21).toString('base64')}`,
    eventId: () => toGuid(numbered()),
    guid,
    messageId: (address) => `<${guid()}@${address.slice(address.indexOf('@') + 1)}>`,
  };
}

function toGuid(bits: Buffer): string {
  // Version 4, which RFC 9562 gives to random ids.
  const hex = bits.toString('hex', 0, 16);
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return [...parts, hex.slice(20)].join('-');
}

/** @throws TypeError if Math.random could not have returned the number */
function word(value: number): number {
  if (value >= 0 && value < 1) return Math.floor(value * 2 ** 32);
  throw new TypeError(`Expected \`random\` to return a number from 0 up to 1, got ${value}`);
}

/** Compares two secrets in a time that does not depend on how much of a guess is right, or on its length. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
