import type { Readable } from 'node:stream';

/** Answers are a few kilobytes; a gateway's page, or an attacker's, is cut here. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** A body that has begun is there at once, or never. */
const MAX_ANSWER_MS = 10_000;

/** Reads a body to its end for the connection's sake, and gives both up when that takes long. */
export function discard(body: Readable): void {
  body.on('error', () => undefined).resume();
  const timer = setTimeout(() => body.destroy(), MAX_ANSWER_MS).unref();
  body.once('close', () => clearTimeout(timer));
}

/** The start of a body. The status line has said what matters: a body that breaks off is no reason to lose it. */
export async function readStart(body: Readable, timeoutMs: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), Math.min(MAX_ANSWER_MS, timeoutMs));
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What has come so far is reported all the same.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
}
