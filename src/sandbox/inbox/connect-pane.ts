import type { Sandbox } from '../create-sandbox';
import { html, type Markup } from './html';

/** What an app has to be told to send here. */
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
