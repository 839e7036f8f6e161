import type { SandboxAttachment, SandboxMessage } from '../mail/message';
import { formatSize } from './format-size';
import { count } from './usage-line';

/** How a message came to the sandbox: in one sentence why this is its route, and request by request. */
export interface MessageSteps {
  summary: string;
  steps: string[];
}

export function messageSteps(message: SandboxMessage): MessageSteps {
  const { route, attachments, mime, request } = message;
  const files = count(attachments.length, 'attachment');
  if (route === 'json') {
    return {
      summary: `One sendMail request with the message as JSON, ${files} in it.`,
      steps: ['POST …/sendMail, Content-Type: application/json'],
    };
  }
  if (route === 'mime') {
    return {
      summary: `One sendMail request with the message as MIME, ${files} in it.`,
      steps: ['POST …/sendMail, Content-Type: text/plain: the whole message in base64'],
    };
  }
  const format = mime ? 'MIME' : 'JSON';
  const inDraft = mime ? attachments.filter(({ uploadRanges }) => !uploadRanges).length : countIn(request);
  const later = attachments.slice(inDraft);
  const uploaded = later.filter(({ uploadRanges }) => uploadRanges !== undefined);
  const ranges = uploaded.reduce((sum, { uploadRanges = 0 }) => sum + uploadRanges, 0);
  return {
    summary:
      `A draft, made as ${format}, with ${files}` +
      `${uploaded.length > 0 ? ` (${uploaded.length} uploaded in ${count(ranges, 'range')})` : ''}, then sent.`,
    steps: [
      `POST …/messages as ${format}${inDraft > 0 ? `, ${count(inDraft, 'attachment')} in it` : ''}: makes the draft`,
      ...later.map(step),
      'POST …/messages/{id}/send: sends it',
    ],
  };
}

function step({ name, size, uploadRanges }: SandboxAttachment): string {
  const file = `${name}, ${formatSize(size)}`;
  if (uploadRanges === undefined) return `POST …/attachments: adds ${file}`;
  return `POST …/attachments/createUploadSession, ${count(uploadRanges, 'PUT')} of ranges: adds ${file}`;
}

/** The attachments that a draft was made with. */
function countIn(request: unknown): number {
  if (typeof request !== 'object' || request === null || !('attachments' in request)) return 0;
  return Array.isArray(request.attachments) ? request.attachments.length : 0;
}
