import { headersThatExchangeChanges } from './checks';
import { count, formatSize } from './format';
import { html, type Markup } from './html';
import { emlHeaders, type SandboxAttachment, type SandboxMessage } from './sandbox';

export function routeChip(route: SandboxMessage['route']): Markup {
  return html`<span class="chip route-${route}">${route === 'draft' ? route : route.toUpperCase()}</span>`;
}

export function routeView(message: SandboxMessage): Markup {
  const { summary, steps } = messageSteps(message);
  const notes = messageNotes(message);
  return html`<div class="story"><h2>How it came</h2><p>${summary}</p><ol>${steps.map((step) => html`<li><code>${step}</code></li>`)}</ol>
<h2>What was moved, dropped or hidden</h2>
${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : html`<p>Nothing that the sandbox can see.</p>`}
<p class="aside">Only the client knows what it dropped before sending. This package’s transport lists it in <code>info.dropped</code>.</p>
<h2>Ids</h2>
<dl class="envelope"><div><dt>Message</dt><dd><code>${message.id}</code></dd></div>
<div><dt>request-id</dt><dd><code>${message.requestId}</code></dd></div>
${message.clientRequestId !== undefined && html`<div><dt>client-request-id</dt><dd><code>${message.clientRequestId}</code></dd></div>`}</dl></div>`;
}

/** How a message reached the sandbox: a sentence about its route, then each request. */
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
      `A draft, created as ${format} with ${files}` +
      `${uploaded.length > 0 ? ` (${uploaded.length} uploaded in ${count(ranges, 'range')})` : ''}, then sent.`,
    steps: [
      `POST …/messages as ${format}${inDraft > 0 ? `, ${count(inDraft, 'attachment')} in it` : ''}: creates the draft`,
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

/** The number of attachments in the request that created the draft. */
function countIn(request: unknown): number {
  if (typeof request !== 'object' || request === null || !('attachments' in request)) return 0;
  return Array.isArray(request.attachments) ? request.attachments.length : 0;
}

/**
 * What changes on the way: moved to another place, set by Exchange, or hidden from the recipients. The sandbox cannot
 * know what the client dropped before sending.
 */
function messageNotes(message: SandboxMessage): string[] {
  return [
    ...bccNotes(message),
    ...(message.mime ? mimeNotes(message) : jsonNotes(message)),
    ...markNotes(message),
    ...copyNotes(message),
  ];
}

function bccNotes({ bcc, mime }: SandboxMessage): string[] {
  if (bcc.length === 0) return [];
  const hidden = mime ? 'The Bcc header is removed before delivery' : 'bccRecipients appear in no header';
  return [`${hidden}: ${count(bcc.length, 'recipient')} whom the others do not see.`];
}

function jsonNotes(message: SandboxMessage): string[] {
  const moved = emlHeaders(message).filter(({ source }) => source.startsWith('MAPI property'));
  const carried = new Set(moved.map(({ source }) => source));
  const others = message.extendedProperties.filter(
    ({ id }) => !carried.has(`MAPI property ${id}`) && markIn(id) === undefined,
  );
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

/** What a client that uses this package’s transport writes into its drafts, by the name of the property. */
const MARKS = new Map([
  ['nodemailer-graph-transport', 'the message, so exactly-once delivery finds it again and sends it once'],
  [
    'nodemailer-graph-transport-draft',
    'the draft, so it is found again if the answer to its creation is lost',
  ],
]);

/** What a property of the transport's own identifies. Undefined for the properties of others. */
function markIn(id: string): string | undefined {
  const [, name = ''] = /^string \{6f0b1a52-8c55-4c1c-9a0e-0a7f3f3b9d21\} name (\S+)$/i.exec(id) ?? [];
  return MARKS.get(name.toLowerCase());
}

function markNotes({ extendedProperties }: SandboxMessage): string[] {
  return extendedProperties
    .map(({ id }) => markIn(id))
    .filter((what) => what !== undefined)
    .map(
      (what) =>
        `This package’s transport marked ${what}. The mark is no header, and recipients do not get it.`,
    );
}

function mimeNotes(message: SandboxMessage): string[] {
  const { replaced, dropped } = headersThatExchangeChanges(message);
  return [
    ...(replaced.length > 0
      ? [`Exchange sets these itself, whatever they say here: ${replaced.join(', ')}.`]
      : []),
    ...(dropped.length > 0
      ? [
          `Users report that Exchange drops headers like these, which do not begin with X-: ${dropped.join(', ')}.`,
        ]
      : []),
    ...(message.route === 'draft'
      ? ['The MIME is what the draft was created from; it lacks what was added or changed later.']
      : []),
  ];
}

function copyNotes({ savedToSentItems, route }: SandboxMessage): string[] {
  if (!savedToSentItems) return ['No copy is kept in Sent Items, as the request asked.'];
  return route === 'json'
    ? []
    : ['Exchange keeps a copy in Sent Items; on this route a request cannot opt out.'];
}
