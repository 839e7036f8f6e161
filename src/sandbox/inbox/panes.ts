import { describeFault } from './faults-pane';
import { count, formatClock, formatExactTime, formatSize } from './format';
import { type Content, html, type Markup } from './html';
import { messagePath } from './list-query';
import { SANDBOX_RULES, type Sandbox, type SandboxMessage, type SandboxRuleName } from './sandbox';

/** The drafts: still being filled, held until their time, or left behind by a client that did not clean up. */
export function draftsPane({ drafts }: Sandbox): Markup {
  const rows = drafts.map(
    ({
      mailbox,
      subject,
      attachments,
      uploadSessions,
      sendsAt,
      id,
    }) => html`<tr><td>${mailbox}</td><td>${subject || '(no subject)'}</td>
<td>${attachments.map(({ name, size }) => html`<span class="address">${name}, ${formatSize(size)}</span>`)}</td>
<td>${uploadSessions > 0 && `${count(uploadSessions, 'upload')} under way`}</td><td>${sendsAt && html`Held until ${formatExactTime(sendsAt)}`}</td><td><code>${id}</code></td></tr>
`,
  );
  return html`<main id="content" class="wide" tabindex="-1"><div id="drafts" data-live><h1>Drafts</h1>
<p>Messages that were created as a draft and neither sent nor deleted. A client that sends large mail should leave none behind. A message that asked for a later time is held here until then.</p>
${
  drafts.length === 0
    ? html`<p class="empty">No drafts.</p>`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Mailbox</th><th scope="col">Subject</th><th scope="col">Attachments</th><th scope="col">Uploads</th><th scope="col">Sending</th><th scope="col">Id</th></tr></thead><tbody>
${rows}</tbody></table></div>`
}</div></main>`;
}

/** How to point an app at this sandbox. */
export function connectPane({ env, mailboxes }: Sandbox): Markup {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return html`<main id="content" class="wide" tabindex="-1"><h1>Connect an app</h1>
<p>Set these variables where the app runs. They are the sandbox’s own and worth nothing elsewhere.</p>
<div class="code"><pre id="env" tabindex="0">${lines.join('\n')}</pre><button type="button" data-copy="env">Copy</button></div>
<p>An app that uses <code>nodemailer-graph-transport</code> then needs no options:</p>
<div class="code"><pre id="sample" tabindex="0">const transporter = nodemailer.createTransport(graphTransport());
await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' });</pre><button type="button" data-copy="sample">Copy</button></div>
<p>Any other client of Microsoft Graph asks <code>AZURE_AUTHORITY_HOST</code> for its token, with the scope <code>${env.GRAPH_ENDPOINT}/.default</code>, and sends to <code>GRAPH_ENDPOINT</code>.</p>
<h2>Mailboxes</h2>
<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">User principal name</th><th scope="col">Name</th><th scope="col">Aliases</th><th scope="col">Send As</th><th scope="col">State</th></tr></thead><tbody>
${mailboxes.map(
  ({ userPrincipalName, displayName, aliases = [], sendAs = [], state = 'ok' }) =>
    html`<tr><td>${userPrincipalName}</td><td>${displayName}</td><td>${aliases.join(', ')}</td><td>${sendAs.join(', ')}</td><td>${state}</td></tr>
`,
)}</tbody></table></div></main>`;
}

/** As many as a person looks through; `sandbox.requests` has more. */
const MAX_REQUESTS = 200;

/** The requests of clients, latest first, and their answers. */
export function requestsPane({ requests, messages, mailboxes }: Sandbox, values: URLSearchParams): Markup {
  const onlyFailures = values.get('show') === 'failures';
  const mailbox = values.get('mailbox') ?? '';
  const messageOf = messagesByRequest(requests, messages);
  const rows = requests
    .filter(({ status }) => !onlyFailures || status === 0 || status >= 400)
    .filter((seen) => mailbox === '' || seen.mailbox?.toLowerCase() === mailbox.toLowerCase())
    .slice(-MAX_REQUESTS)
    .reverse()
    .map(
      ({ method, path, status, requestId, fault, rule, receivedAt, durationMs }) =>
        html`<tr class="status-${String(status).slice(0, 1)}"><td>${status === 0 ? 'none' : status}</td><td>${method}</td><td><code class="path">${readable(path)}</code></td><td class="when">${formatClock(receivedAt)}</td><td class="when">${durationMs} ms</td><td>${fault && describeFault(fault)}</td><td>${rule && ruleNote(rule)}</td><td><code class="request-id">${requestId}</code></td><td>${messageLink(messageOf(path, requestId))}</td></tr>
`,
    );
  return html`<main id="content" class="wide" tabindex="-1"><div id="requests" data-live><h1>Requests</h1>
<p>The latest ${MAX_REQUESTS} requests to Entra, Graph and upload sessions, latest first.</p>
${requestFilter(onlyFailures, mailbox, mailboxes)}
${
  rows.length === 0
    ? html`<p class="empty">${requests.length > 0 ? 'No request matches.' : 'No requests yet.'}</p>`
    : html`<table class="requests"><thead><tr><th scope="col">Status</th><th scope="col">Method</th><th scope="col">Path</th><th scope="col">Time</th><th scope="col">Duration</th><th scope="col">Fault</th><th scope="col">Refused by rule</th><th scope="col">request-id</th><th scope="col">Message</th></tr></thead><tbody>
${rows}</tbody></table>`
}</div></main>`;
}

/** Finds the message that a request sent, or whose draft it made or filled. */
function messagesByRequest(
  requests: Sandbox['requests'],
  messages: Sandbox['messages'],
): (path: string, requestId: string) => SandboxMessage | undefined {
  const sent = new Map(messages.map((message) => [message.requestId, message]));
  // A message has another id than its draft had, and the request that sent it names both.
  const byDraft = new Map(requests.map(({ path, requestId }) => [draftIn(path), sent.get(requestId)]));
  return (path, requestId) => sent.get(requestId) ?? byDraft.get(draftIn(path));
}

function draftIn(path: string): string | undefined {
  return /\/messages\/([^/]+)\//i.exec(readable(path))?.[1];
}

function messageLink(message: SandboxMessage | undefined): Content {
  return (
    message &&
    html`<a class="sent" href="${messagePath(message.id)}">${message.subject || '(no subject)'}</a>`
  );
}

function requestFilter(onlyFailures: boolean, chosen: string, mailboxes: Sandbox['mailboxes']): Markup {
  const owners = mailboxes.map(
    ({ userPrincipalName: name }) => html`<option${name === chosen && html` selected`}>${name}</option>`,
  );
  return html`<form class="filter" action="/inbox/requests"><label>Show <select name="show"><option value="">all</option><option value="failures"${onlyFailures && html` selected`}>failures</option></select></label>
<label>Mailbox <select name="mailbox"><option value="">all</option>${owners}</select></label> <button>Filter</button></form>`;
}

/** The rule, and the evidence that the service has it. */
function ruleNote(name: SandboxRuleName): Markup {
  const { rule, evidence, source } = SANDBOX_RULES[name];
  return html`${rule} <small class="evidence">${evidence}${source && `: ${source}`}</small>`;
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
