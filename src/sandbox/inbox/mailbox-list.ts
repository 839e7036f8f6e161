import type { Sandbox } from '../create-sandbox';
import { type Content, html, type Markup } from './html';
import { type ListQuery, listAddress } from './list-query';

/** The mailboxes of the tenant with what each has sent; those that an option no longer names are listed too. */
export function mailboxList({ mailboxes, messages }: Sandbox, query: ListQuery): Markup {
  const sent = new Map(mailboxes.map(({ userPrincipalName }) => [userPrincipalName, 0]));
  for (const { mailbox } of messages) sent.set(mailbox, (sent.get(mailbox) ?? 0) + 1);
  const states = new Map(mailboxes.map(({ userPrincipalName, state = 'ok' }) => [userPrincipalName, state]));
  const link = (mailbox: string, label: Content, number: number, note?: Content) =>
    html`<li><a href="${listAddress({ ...query, mailbox, page: 1 })}"${mailbox === query.mailbox && html` aria-current="true"`}><span>${label}</span>${note}<b>${number}</b></a></li>
`;
  return html`<nav id="mailboxes" class="mailboxes" aria-label="Mailboxes" data-live><h2>Mailboxes</h2><ul>
${link('', 'All', messages.length)}${[...sent].map(([mailbox, number]) => {
  const state = states.get(mailbox) ?? 'ok';
  return link(mailbox, mailbox, number, state !== 'ok' && html`<i class="chip">${state}</i>`);
})}</ul></nav>`;
}
