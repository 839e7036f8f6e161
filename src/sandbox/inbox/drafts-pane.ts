import type { Sandbox } from '../create-sandbox';
import { formatSize } from './format-size';
import { html, type Markup } from './html';
import { count } from './usage-line';

/** What lies in Drafts: in the making, or left behind by a client that did not clean up. */
export function draftsPane({ drafts }: Sandbox): Markup {
  const rows = drafts.map(
    ({
      mailbox,
      subject,
      attachments,
      uploadSessions,
      id,
    }) => html`<tr><td>${mailbox}</td><td>${subject || '(no subject)'}</td>
<td>${attachments.map(({ name, size }) => html`<span class="address">${name}, ${formatSize(size)}</span>`)}</td>
<td>${uploadSessions > 0 && `${count(uploadSessions, 'upload')} under way`}</td><td><code>${id}</code></td></tr>
`,
  );
  return html`<main id="content" class="wide" tabindex="-1"><div id="drafts" data-live><h1>Drafts</h1>
<p>Messages that were made as a draft and neither sent nor deleted. A client that sends large mail should leave none behind.</p>
${
  drafts.length === 0
    ? html`<p class="empty">There are none.</p>`
    : html`<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Mailbox</th><th scope="col">Subject</th><th scope="col">Attachments</th><th scope="col">Uploads</th><th scope="col">Id</th></tr></thead><tbody>
${rows}</tbody></table></div>`
}</div></main>`;
}
