import { meantName, type SandboxMessageFilter } from '../sandbox';
import { ApiRefusal } from './answers';

/** A parameter of a query: what it means, and its schema. */
export interface Parameter {
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** May be given more than once. */
  readonly isRepeated?: true;
}

const TEXT = { type: 'string', minLength: 1 };
const address = (where: string): Parameter => ({
  description: `An address in ${where}, a display name, or both as in "Ann <ann@example.com>", in any case. If it is repeated, all have to be there.`,
  schema: TEXT,
  isRepeated: true,
});

export const MAX_LIMIT = 500;
export const MAX_WAIT_MS = 60_000;

export const FILTERS = {
  to: address('To'),
  cc: address('Cc'),
  bcc: address('Bcc'),
  from: address('From'),
  replyTo: address('Reply-To'),
  subject: { description: 'The whole subject.', schema: TEXT },
  text: { description: 'A part of the text, or of the text of the HTML.', schema: TEXT },
  html: { description: 'A part of the HTML.', schema: TEXT },
  header: { description: 'A header, as in "X-Order: 4711".', schema: TEXT, isRepeated: true },
  attachment: { description: 'The file name of an attachment.', schema: TEXT },
  messageId: { description: 'The Message-ID, with or without angle brackets.', schema: TEXT },
  mailbox: { description: 'The mailbox that sent it.', schema: TEXT },
  route: { description: 'How it was sent.', schema: { enum: ['json', 'mime', 'draft'] } },
  since: {
    description: 'Only messages received at this time or later.',
    schema: { type: 'string', format: 'date-time' },
  },
} as const satisfies Record<keyof SandboxMessageFilter, Parameter>;

export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  ...FILTERS,
  q: { description: "A search, in the words of the inbox's search field.", schema: TEXT },
  limit: {
    description: 'How many to list.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: 50 },
  },
  offset: { description: 'How many to skip.', schema: { type: 'integer', minimum: 0, default: 0 } },
  timeout: {
    description: 'How long to wait, in milliseconds.',
    schema: { type: 'integer', minimum: 0, maximum: MAX_WAIT_MS, default: 10_000 },
  },
  onlyNew: {
    description: 'Whether to ignore the messages that are there already.',
    schema: { type: 'boolean', default: false },
  },
  failed: {
    description: 'Only requests that were refused or got no answer.',
    schema: { type: 'boolean', default: false },
  },
  remote: {
    description: 'Whether a browser may load remote images and styles.',
    schema: { type: 'boolean', default: false },
  },
};

/** @throws ApiRefusal if the query has a parameter that the route does not take, or one twice, or an empty one */
export function checkParameters(query: URLSearchParams, known: readonly string[]): void {
  for (const [name, value] of query) {
    if (!known.includes(name)) {
      const meant = meantName(name, known);
      const takes = known.length > 0 ? `It takes ${known.join(', ')}.` : 'It takes none.';
      throw new ApiRefusal(
        'bad-request',
        `Unknown query parameter "${name}".${meant ? ` Did you mean "${meant}"?` : ''} ${takes}`,
      );
    }
    if (value === '') throw new ApiRefusal('bad-request', `The query parameter "${name}" is empty.`);
    if (!PARAMETERS[name]?.isRepeated && query.getAll(name).length > 1) {
      throw new ApiRefusal('bad-request', `The query parameter "${name}" is given more than once.`);
    }
  }
}

/** @throws ApiRefusal if the value is no such number */
export function numberIn(query: URLSearchParams, name: 'limit' | 'offset' | 'timeout'): number {
  const { minimum, maximum = Number.MAX_SAFE_INTEGER, default: otherwise } = PARAMETERS[name]?.schema ?? {};
  const text = query.get(name) ?? String(otherwise);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= Number(minimum) && value <= Number(maximum)) return value;
  const range = maximum === Number.MAX_SAFE_INTEGER ? 'and up' : `to ${maximum}`;
  throw new ApiRefusal('bad-request', `"${name}" is a number from ${minimum} ${range}, not "${text}".`);
}

/** @throws ApiRefusal if the value is neither true nor false */
export function flagIn(query: URLSearchParams, name: 'onlyNew' | 'failed' | 'remote'): boolean {
  const text = query.get(name) ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ApiRefusal('bad-request', `"${name}" is true or false, not "${text}".`);
}

/** @throws ApiRefusal if a value makes no sense */
export function filterIn(query: URLSearchParams): SandboxMessageFilter {
  const filter: SandboxMessageFilter = {};
  for (const name of ['to', 'cc', 'bcc', 'from', 'replyTo'] as const) {
    if (query.has(name)) filter[name] = query.getAll(name);
  }
  for (const name of ['subject', 'text', 'html', 'attachment', 'messageId', 'mailbox'] as const) {
    const value = query.get(name);
    if (value !== null) filter[name] = value;
  }
  if (query.has('header')) filter.header = headersIn(query.getAll('header'));
  const route = query.get('route');
  if (route !== null) filter.route = routeIn(route);
  const since = query.get('since');
  if (since !== null) filter.since = timeIn(since);
  return filter;
}

/** @throws ApiRefusal for a header that is named twice, since a filter has one value for each */
function headersIn(texts: readonly string[]): Record<string, string | true> {
  const headers = new Map<string, [name: string, value: string | true]>();
  for (const header of texts.map(headerIn)) {
    const key = header[0].toLowerCase();
    if (headers.has(key))
      throw new ApiRefusal('bad-request', `The header "${header[0]}" is given more than once.`);
    headers.set(key, header);
  }
  return Object.fromEntries(headers.values());
}

function headerIn(text: string): [name: string, value: string | true] {
  const [, name = '', value = ''] = /^([^:\s]+)\s*(?::\s*(.*?))?\s*$/s.exec(text) ?? [];
  if (name === '') throw new ApiRefusal('bad-request', `"header" is like "X-Order: 4711", not "${text}".`);
  return [name, value === '' ? true : value];
}

function routeIn(text: string): 'json' | 'mime' | 'draft' {
  if (text === 'json' || text === 'mime' || text === 'draft') return text;
  throw new ApiRefusal('bad-request', `"route" is json, mime or draft, not "${text}".`);
}

function timeIn(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new ApiRefusal('bad-request', `"since" is a time such as 2026-05-01T12:00:00Z, not "${text}".`);
}
