import { describeFault } from './faults-pane';
import { formatClock } from './format';
import { type Content, html, type Markup } from './html';
import { messagePath } from './list-query';
import { SANDBOX_RULES, type Sandbox, type SandboxMessage, type SandboxRuleName } from './sandbox';

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
