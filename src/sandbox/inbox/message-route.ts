import { emlHeaders } from '../mail/eml-headers';
import type { SandboxAttachment, SandboxMessage } from '../mail/message';
import { count, formatSize } from './format';
import { html, type Markup } from './html';

export function routeChip(route: SandboxMessage['route']): Markup {
  return html`<span class="chip route-${route}">${route === 'draft' ? route : route.toUpperCase()}</span>`;
}

export function routeView(message: SandboxMessage): Markup {
  const { summary, steps } = messageSteps(message);
  const notes = messageNotes(message);
  return html`<div class="story"><h2>How it came</h2><p>${summary}</p><ol>${steps.map((step) => html`<li><code>${step}</code></li>`)}</ol>
<h2>What was moved, dropped or hidden</h2>
${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : html`<p>Nothing that the service can tell.</p>`}
<p class="aside">What the client left out before it sent, only the client knows; this package’s transport tells it in <code>info.dropped</code>.</p>
<h2>Ids</h2>
<dl class="envelope"><div><dt>Message</dt><dd><code>${message.id}</code></dd></div>
<div><dt>request-id</dt><dd><code>${message.requestId}</code></dd></div>
${message.clientRequestId !== undefined && html`<div><dt>client-request-id</dt><dd><code>${message.clientRequestId}</code></dd></div>`}</dl></div>`;
}

/** How a message came to the sandbox: in one sentence why this is its route, and request by request. */
interface MessageSteps {
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

/** Set by Exchange itself, whatever a message says. */
const EXCHANGE_SETS = ['date', 'return-path', 'dkim-signature'];
/** Headers with a place in Exchange of their own. */
const EXCHANGE_KNOWS =
  /^(?:from|sender|reply-to|to|cc|subject|message-id|in-reply-to|references|mime-version|content-.+|importance|priority|sensitivity|keywords|disposition-notification-to|return-receipt-to|x-.+)$/;

/**
 * What did not go as it was written: moved to another place, left to Exchange, or hidden from the recipients. Of what
 * the client left out before it sent, the sandbox cannot know.
 */
function messageNotes(message: SandboxMessage): string[] {
  return [
    ...bccNotes(message),
    ...(message.mime ? mimeNotes(message) : jsonNotes(message)),
    ...copyNotes(message),
  ];
}

function bccNotes({ bcc, mime }: SandboxMessage): string[] {
  if (bcc.length === 0) return [];
  const hidden = mime ? 'The Bcc header is taken out before' : 'bccRecipients stand in no header, so';
  return [`${hidden} anybody gets the mail: ${count(bcc.length, 'recipient')} whom the others do not see.`];
}

function jsonNotes(message: SandboxMessage): string[] {
  const moved = emlHeaders(message).filter(({ source }) => source.startsWith('MAPI property'));
  const carried = new Set(moved.map(({ source }) => source));
  const others = message.extendedProperties.filter(({ id }) => !carried.has(`MAPI property ${id}`));
  const isMadeUp = emlHeaders(message).some(({ source }) => source === 'made up by the sandbox');
  return [
    ...moved.map(({ name, source }) => `${name} came as the ${source}.`),
    ...others.map(
      ({ id }) => `The MAPI property ${id} is kept; it stands for no header that the sandbox knows.`,
    ),
    ...(message.body.contentType === 'html'
      ? ['JSON has one body. Exchange makes the text version of this HTML itself.']
      : []),
    ...(isMadeUp
      ? ['The request has no internetMessageId. This one is the sandbox’s; Exchange makes its own.']
      : []),
  ];
}

function mimeNotes({ headers, route }: SandboxMessage): string[] {
  const names = [...new Set(headers.map(({ name }) => name))];
  const replaced = names.filter((name) => EXCHANGE_SETS.includes(name.toLowerCase()));
  const doubtful = names.filter(
    (name) => !EXCHANGE_SETS.includes(name.toLowerCase()) && !EXCHANGE_KNOWS.test(name.toLowerCase()),
  );
  return [
    ...(replaced.length > 0
      ? [`Exchange sets these itself, whatever they say here: ${replaced.join(', ')}.`]
      : []),
    ...(doubtful.length > 0
      ? [
          `Users report that Exchange drops headers like these, which do not begin with X-: ${doubtful.join(', ')}.`,
        ]
      : []),
    ...(route === 'draft'
      ? ['The MIME is what the draft was made of; what was added or changed later is not in it.']
      : []),
  ];
}

function copyNotes({ savedToSentItems, route }: SandboxMessage): string[] {
  if (!savedToSentItems) return ['No copy is kept in Sent Items, as the request asked.'];
  return route === 'json'
    ? []
    : ['Exchange keeps a copy in Sent Items; on this route nothing can ask it not to.'];
}
