import type { Markup } from './html';

/** No response of the inbox may be cached, read by another site, or taken for another type. */
const ALWAYS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // With no-referrer, forms would send `Origin: null`, which the inbox refuses.
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

export function pageResponse(page: Markup, status = 200): Response {
  return textResponse(`<!doctype html>\n${page.text}`, 'text/html; charset=utf-8', status);
}

/** A page, or its own style or script. */
export function textResponse(text: string, contentType: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: { ...ALWAYS, 'content-security-policy': PAGE_POLICY, 'content-type': contentType },
  });
}

/** Content from a mail, which gets none of a page's rights. */
export function foreignResponse(
  body: BodyInit,
  contentType: string,
  policy: string,
  headers?: HeadersInit,
): Response {
  const response = new Response(body, { headers });
  for (const [name, value] of Object.entries(ALWAYS)) response.headers.set(name, value);
  response.headers.set('content-security-policy', policy);
  response.headers.set('content-type', contentType);
  return response;
}

/** Where a form leads when it is done; reloading that page does not submit the form again. */
export function redirectTo(location: string): Response {
  return new Response(null, { status: 303, headers: { ...ALWAYS, location } });
}
