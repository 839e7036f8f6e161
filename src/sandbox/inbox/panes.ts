import { count, formatExactTime, formatSize } from './format';
import { html, type Markup } from './html';
import type { Sandbox } from './sandbox';

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
