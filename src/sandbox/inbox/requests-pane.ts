import type { Sandbox } from '../create-sandbox';
import { SANDBOX_RULES, type SandboxRuleName } from '../rules/index';
import { describeFault } from './describe-fault';
import { html, type Markup } from './html';

/** As many as one looks through; `sandbox.requests` has more of them. */
const MOST_REQUESTS = 200;

/** What clients asked, latest first, and how it was answered. */
export function requestsPane({ requests }: Sandbox): Markup {
  const rows = requests
    .slice(-MOST_REQUESTS)
    .reverse()
    .map(
      ({ method, path, status, requestId, fault, rule }) =>
        html`<tr class="status-${String(status).slice(0, 1)}"><td>${status === 0 ? 'none' : status}</td><td>${method}</td><td><code class="path">${readable(path)}</code></td><td>${fault && describeFault(fault)}</td><td>${rule && ruleNote(rule)}</td><td><code>${requestId}</code></td></tr>
`,
    );
  return html`<main id="content" class="wide" tabindex="-1"><div id="requests" data-live><h1>Requests</h1>
<p>The latest ${MOST_REQUESTS} requests to Entra, Graph and upload sessions, latest first.</p>
${
  rows.length === 0
    ? html`<p class="empty">There are none yet.</p>`
    : html`<div class="scroll" tabindex="0"><table class="requests"><thead><tr><th scope="col">Status</th><th scope="col">Method</th><th scope="col">Path</th><th scope="col">Fault</th><th scope="col">Refused by the rule</th><th scope="col">request-id</th></tr></thead><tbody>
${rows}</tbody></table></div>`
}</div></main>`;
}

/** The rule, and how well it is known of the service. */
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
