import { randomUUID } from 'node:crypto';
import { MIN_SESSION_BYTES, RANGE_BYTES } from '../delivery/limits';
import { property } from '../graph/answer-error';
import type { LiveCheck } from './live-check';
import type { LiveAnswer } from './live-http';
import type { LiveService } from './live-service';
import { withDraft } from './with-draft';

/** Rules of attachments and upload sessions. */
export const UPLOAD_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'a file under 3,000,000 bytes can be posted, one of 3,000,000 cannot',
    shows: ['attachment-size'],
    expected: { under: 201, at: 413 },
    observe: (service) =>
      onDraft(service, async (path) => ({
        under: await statusOfFile(service, path, MIN_SESSION_BYTES - 1),
        at: await statusOfFile(service, path, MIN_SESSION_BYTES),
      })),
  },
  {
    rule: 'an upload session needs at least 3,000,000 bytes',
    shows: ['session-minimum'],
    expected: { at: 201, under: 400, code: 'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize' },
    observe: (service) =>
      onDraft(service, async (path) => {
        const at = await openSession(service, path, MIN_SESSION_BYTES);
        const under = await openSession(service, path, MIN_SESSION_BYTES - 1);
        for (const { url } of [at, under]) if (url) await service.askUpload('DELETE', url);
        return { at: at.answer.status, under: under.answer.status, code: under.answer.code };
      }),
  },
  {
    rule: 'ranges need no token: each is answered 200 with the next start, the last one 201 with a Location',
    shows: ['range-answers'],
    expected: { first: '0-', range: 200, next: '1000000', status: 200, last: 201, location: true, files: 1 },
    observe: (service) =>
      onDraft(service, async (path) => {
        const total = 3_500_000;
        const { answer, url } = await openSession(service, path, total);
        const range = await putRange(service, url, 0, 1_000_000, total);
        const status = await service.askUpload('GET', url);
        const last = await putRange(service, url, 1_000_000, total, total);
        const listed = await service.ask('GET', `${path}/attachments?$select=name`);
        const files = property(listed.body, 'value');
        return {
          first: nextStart(answer),
          range: range.status,
          next: nextStart(range),
          status: status.status,
          last: last.status,
          location: last.headers.has('location'),
          files: Array.isArray(files) ? files.length : 0,
        };
      }),
  },
  {
    rule: 'a range of our size is accepted, one of 4,000,000 bytes is not',
    shows: ['range-size'],
    expected: { ours: 200, over: 413 },
    observe: (service) =>
      onDraft(service, async (path) => {
        const total = 4_500_000;
        const { url } = await openSession(service, path, total);
        const over = await putRange(service, url, 0, 4_000_000, total);
        const again = over.status < 300 ? await openSession(service, path, total) : { url };
        const ours = await putRange(service, again.url, 0, RANGE_BYTES, total);
        await service.askUpload('DELETE', again.url);
        return { ours: ours.status, over: over.status };
      }),
  },
  {
    rule: 'a range that leaves a gap is refused with 416, and the session goes on',
    shows: ['range-gap'],
    expected: { gap: 416, next: '0-' },
    observe: (service) =>
      onDraft(service, async (path) => {
        const { url } = await openSession(service, path, 3_500_000);
        const gap = await putRange(service, url, 1_000_000, 2_000_000, 3_500_000);
        const status = await service.askUpload('GET', url);
        await service.askUpload('DELETE', url);
        return { gap: gap.status, next: nextStart(status) };
      }),
  },
  {
    rule: 'a cancelled session accepts no range',
    shows: ['session-gone'],
    expected: { cancelled: 204, range: 404 },
    observe: (service) =>
      onDraft(service, async (path) => {
        const { url } = await openSession(service, path, 3_500_000);
        const cancelled = await service.askUpload('DELETE', url);
        const range = await putRange(service, url, 0, 1_000_000, 3_500_000);
        return { cancelled: cancelled.status, range: range.status };
      }),
  },
];

function onDraft<T>(service: LiveService, work: (path: string) => Promise<T>): Promise<T> {
  return withDraft(service, randomUUID(), work);
}

async function statusOfFile(service: LiveService, path: string, bytes: number): Promise<number> {
  const { status } = await service.ask('POST', `${path}/attachments`, {
    body: {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: `${bytes}.bin`,
      contentBytes: Buffer.alloc(bytes).toString('base64'),
    },
  });
  return status;
}

export async function openSession(
  service: LiveService,
  path: string,
  size: number,
): Promise<{ answer: LiveAnswer; url: string }> {
  const answer = await service.ask('POST', `${path}/attachments/createUploadSession`, {
    body: { AttachmentItem: { attachmentType: 'file', name: 'live-check.bin', size } },
  });
  return { answer, url: String(property(answer.body, 'uploadUrl') ?? '') };
}

/** @param end exclusive */
export function putRange(
  service: LiveService,
  url: string,
  start: number,
  end: number,
  total: number,
): Promise<LiveAnswer> {
  return service.askUpload('PUT', url, {
    body: new Uint8Array(end - start),
    contentType: 'application/octet-stream',
    headers: { 'content-range': `bytes ${start}-${end - 1}/${total}` },
  });
}

function nextStart({ body }: LiveAnswer): string {
  const ranges = property(body, 'nextExpectedRanges');
  return Array.isArray(ranges) ? ranges.map(String).join() : 'none';
}
