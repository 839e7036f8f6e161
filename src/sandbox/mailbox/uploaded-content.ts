import { createHash } from 'node:crypto';
import type { SandboxAttachment } from '../mail/message';
import type { SandboxSettings } from '../settings';

/** Collects the bytes of one upload, in order, for an attachment. */
export interface UploadedContent {
  readonly size: number;
  /** The part that is still in memory. */
  readonly keptBytes: number;
  append(chunks: readonly Uint8Array[]): void;
  toAttachment(
    described: Pick<SandboxAttachment, 'name' | 'contentType' | 'isInline' | 'contentId'>,
  ): SandboxAttachment;
}

export function uploadedContent(keep: SandboxSettings['keepContent']): UploadedContent {
  return keep === 'hash' ? hashedContent() : wholeContent();
}

/** Joins the pieces only when someone looks: a test may upload more than it ever reads. */
function wholeContent(): UploadedContent {
  const kept: Uint8Array[] = [];
  let joined: Buffer | undefined;
  let size = 0;
  let uploadRanges = 0;
  return {
    get size() {
      return size;
    },
    get keptBytes() {
      return size;
    },
    append(chunks) {
      uploadRanges += 1;
      for (const chunk of chunks) {
        kept.push(chunk);
        size += chunk.byteLength;
      }
    },
    toAttachment(described) {
      return {
        ...described,
        size,
        uploadRanges,
        get content() {
          joined ??= Buffer.concat(kept.splice(0));
          return joined;
        },
      };
    },
  };
}

function hashedContent(): UploadedContent {
  const hash = createHash('sha256');
  let size = 0;
  let uploadRanges = 0;
  return {
    get size() {
      return size;
    },
    keptBytes: 0,
    append(chunks) {
      uploadRanges += 1;
      for (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.byteLength;
      }
    },
    toAttachment(described) {
      return { ...described, size, uploadRanges, sha256: hash.digest('hex'), content: Buffer.alloc(0) };
    },
  };
}
