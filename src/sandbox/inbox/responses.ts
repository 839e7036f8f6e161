import type { Markup } from './html';

/** What every answer of the inbox says: nobody guesses types, embeds it, reads it from elsewhere or keeps it. */
const ALWAYS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Not no-referrer: forms would then come without their origin, which is asked for.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function pageAnswer(page: Markup, status = 200): Response {
  return textAnswer(`<!doctype html>\n${page.text}`, 'text/html; charset=utf-8', status);
}

/** A page's own style or script, or a page. */
export function textAnswer(text: string, contentType: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: { ...ALWAYS, 'content-security-policy': PAGE_POLICY, 'content-type': contentType },
  });
}

/** Somebody else's content: without the rights of a page, whatever it holds. */
export function foreignAnswer(
  body: BodyInit,
  contentType: string,
  policy: string,
  headers?: HeadersInit,
): Response {
  const answer = new Response(body, { headers });
  for (const [name, value] of Object.entries(ALWAYS)) answer.headers.set(name, value);
  answer.headers.set('content-security-policy', policy);
  answer.headers.set('content-type', contentType);
  return answer;
}

/** After a form has done its work; the browser asks for the page anew. */
export function redirectAnswer(location: string): Response {
  return new Response(null, { status: 303, headers: { ...ALWAYS, location } });
}
