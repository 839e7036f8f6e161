/**
 * Line breaks and tabs are allowed in a body. What Graph does with other control characters is not documented.
 */
const IN_BODY = /[^\P{Cc}\t\n\r]/u;
const ELSEWHERE = /\p{Cc}/u;

/** The property that holds the text of a body. */
const BODY = 'content';

/**
 * Removes control characters from values that become JSON, as the replacer of `JSON.stringify`. All JSON
 * requests use it, so no control character reaches Graph.
 */
export function withoutControlCharacters(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const pattern = key === BODY ? IN_BODY : ELSEWHERE;
  return pattern.test(value) ? value.replace(new RegExp(pattern, 'gu'), key === BODY ? '' : ' ') : value;
}

/** Where a message has characters that `withoutControlCharacters` removes, in words. */
export function controlCharactersIn(message: object): string[] {
  const places = Object.entries(message).filter(([key, value]) => hasSome(key, value));
  return places.map(([key]) => `control characters in ${PLACES[key] ?? key}`);
}

function hasSome(key: string, value: unknown): boolean {
  if (typeof value === 'string') return (key === BODY ? IN_BODY : ELSEWHERE).test(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  // The contents of attachments are sent as base64.
  if (Array.isArray(value)) return value.some((entry) => hasSome('', entry));
  for (const [inner, entry] of Object.entries(value)) {
    if (inner !== 'contentBytes' && hasSome(inner, entry)) return true;
  }
  return false;
}

const PLACES: Readonly<Record<string, string>> = {
  subject: 'the subject',
  body: 'the body',
  from: 'the name in From',
  sender: 'the name in Sender',
  replyTo: 'a name in Reply-To',
  toRecipients: 'a name in To',
  ccRecipients: 'a name in Cc',
  bccRecipients: 'a name in Bcc',
  internetMessageId: 'the Message-ID',
  internetMessageHeaders: 'a header',
  singleValueExtendedProperties: 'a header',
  categories: 'a category',
  attachments: 'an attachment',
};
