import { html } from './html';
import { pageAnswer } from './inbox-answer';
import { page } from './page';
import type { Inbox } from './serve-inbox';
import { usageLine } from './usage-line';

export function refusalPage({ sandbox }: Inbox, status: number, reason: string): Response {
  const content = html`<main id="content" class="wide" tabindex="-1"><h1>${reason}</h1><p><a href="/inbox">Show the messages</a></p></main>`;
  return pageAnswer(page({ title: reason, usage: usageLine(sandbox), content }), status);
}
