import type { Sandbox } from '../create-sandbox';
import { REQUEST_NAMES } from '../graph/request-name';
import { SANDBOX_RULES } from '../rules/index';
import { describeFault } from './describe-fault';
import { FAULT_PRESETS } from './fault-presets';
import { html, type Markup } from './html';
import { count } from './usage-line';

/** What goes wrong next, and forms to let more go wrong. */
export function faultsPane(sandbox: Sandbox): Markup {
  return html`<main id="content" class="wide" tabindex="-1"><h1>Faults</h1>
<p>Let the next requests go wrong and see what your app makes of it. Tests do the same with <code>sandbox.failNext()</code>.</p>
${waitingFaults(sandbox)}
<div class="forms">
${presetForm(sandbox)}
${ownForm(sandbox)}
<div class="column">${latencyForm(sandbox)}
${tokensForm()}</div>
</div></main>`;
}

function waitingFaults({ faults }: Sandbox): Markup {
  const rows = faults.map(
    ({
      id,
      request,
      mailbox,
      fault,
      times,
      skip = 0,
      every = 1,
    }) => html`<li><span><b>${times === 1 ? 'The next' : `The next ${times}`}</b>${every > 1 && html`, one in ${every},`}${skip > 0 && html` after ${skip} more`} <code>${request}</code>${mailbox && html` of ${mailbox}`}: ${describeFault(fault)}</span>
<form method="post" action="/inbox/faults/cancel"><input type="hidden" name="id" value="${id}"><button>Disarm</button></form></li>
`,
  );
  return html`<section id="waiting" class="waiting" aria-label="Armed faults" data-live>
<div class="list-head"><h2>${faults.length === 0 ? 'Nothing is armed' : `${count(faults.length, 'fault')} armed`}</h2>
${faults.length > 1 && html`<form method="post" action="/inbox/faults/cancel"><button class="danger">Disarm all</button></form>`}</div>
${faults.length > 0 && html`<ul>${rows}</ul>`}</section>`;
}

function presetForm(sandbox: Sandbox): Markup {
  const groups = FAULT_PRESETS.map(
    ({
      group,
      presets,
    }) => html`<optgroup label="${group}">${presets.map(({ name, label, rule }) => html`<option value="${name}"${rule && html` title="${SANDBOX_RULES[rule].evidence}"`}>${label}</option>`)}</optgroup>
`,
  );
  return html`<form class="card" method="post" action="/inbox/faults"><h2>Arm a fault</h2>
<label>What goes wrong<select name="fault">${groups}</select></label>
${whichRequests(sandbox)}
<label>Retry-After, seconds<input name="retryAfter" type="number" min="0" value="2"><small>for 429 and 503</small></label>
<label class="check"><input name="revoke" type="checkbox" value="1"> Revoke tokens, so that clients ask Entra again</label>
<button class="main">Arm</button></form>`;
}

function ownForm(sandbox: Sandbox): Markup {
  return html`<form class="card" method="post" action="/inbox/faults"><h2>An answer of your own</h2>
<div class="row"><label>Status<input name="status" type="number" min="200" max="599" value="500" required></label>
<label>Code<input name="code" value="UnknownError" autocomplete="off"></label></div>
<label>Message<input name="message" autocomplete="off"></label>
${whichRequests(sandbox)}
<div class="row"><label>Retry-After, seconds<input name="retryAfter" type="number" min="0"></label>
<label>AADSTS, for token<input name="aadsts" type="number" min="1"></label></div>
<label>When<select name="when"><option value="before">in place of what was asked</option><option value="after">after it was carried out</option></select></label>
<button class="main">Arm</button></form>`;
}

function whichRequests({ mailboxes }: Sandbox): Markup {
  const names = REQUEST_NAMES.map(
    (name) => html`<option${name === 'send-mail' && html` selected`}>${name}</option>`,
  );
  const owners = mailboxes.map(({ userPrincipalName }) => html`<option>${userPrincipalName}</option>`);
  return html`<div class="row"><label>Requests<select name="request">${names}</select></label>
<label>How many<input name="times" type="number" min="1" value="1" required></label></div>
<div class="row"><label>Let pass first<input name="skip" type="number" min="0" value="0" required></label>
<label>Then one in<input name="every" type="number" min="1" value="1" required></label></div>
<label>Mailbox<select name="mailbox"><option value="">any</option>${owners}</select></label>`;
}

function latencyForm({ latency }: Sandbox): Markup {
  return html`<form class="card" method="post" action="/inbox/latency"><h2>Slow network</h2>
<label>Milliseconds that every request to Graph takes<input name="latency" type="number" min="0" value="${latency}" required></label>
<button class="main">Set</button></form>`;
}

function tokensForm(): Markup {
  return html`<form class="card" method="post" action="/inbox/revoke-tokens"><h2>Revoked tokens</h2>
<p>Tokens that were issued until now are answered 401. Clients have to ask for new ones.</p>
<button class="main">Revoke all tokens</button></form>`;
}
