import type { CheckSettings, MessageCheck } from './checks';
import { html, type Markup } from './html';
import type { Sandbox, SandboxMessage } from './sandbox';

const LEVELS: Readonly<Record<MessageCheck['level'], string>> = {
  problem: 'Problem',
  warning: 'Warning',
  note: 'Note',
};

/** As many as a person reads; a newsletter may have a thousand links. */
const MAX_ITEMS = 200;

/** What was found in a message, the worst first. */
export function checksView(checks: readonly MessageCheck[]): Markup {
  const levels = Object.keys(LEVELS);
  const sorted = [...checks].sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
  const found = sorted.map(
    ({ name, level, title, items, evidence }) =>
      html`<li data-check="${name}" class="level-${level}"><h2><span class="chip">${LEVELS[level]}</span> ${title}</h2>
<ul>${items.slice(0, MAX_ITEMS).map((item) => html`<li><bdi>${item}</bdi></li>`)}</ul>
${items.length > MAX_ITEMS && html`<p class="aside">${items.length - MAX_ITEMS} more</p>`}
${evidence && html`<p class="aside">${evidence.kind}: ${evidence.source}</p>`}</li>
`,
  );
  return html`<div class="story checks">${found.length > 0 ? html`<ul>${found}</ul>` : html`<p>Nothing was found.</p>`}
<p class="aside">The checks read the message as it was sent. They ask no other server, so they cannot tell whether a link answers.</p></div>`;
}

/** The documented default of Exchange, for mailboxes whose limit was not set. */
const MESSAGE_BYTES = 35_000_000;

/** What the checks have to know about the mailbox that sent a message. */
export function settingsFor({ mailboxes }: Sandbox, { mailbox }: SandboxMessage): CheckSettings {
  const own = mailboxes.find(({ userPrincipalName }) => userPrincipalName === mailbox);
  return { messageBytes: own?.messageBytes ?? MESSAGE_BYTES, aliases: own?.aliases ?? [] };
}
