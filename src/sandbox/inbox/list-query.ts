/** Which messages a page lists. */
export interface ListQuery {
  /** The user principal name, or '' for all mailboxes. */
  mailbox: string;
  /** The words to search for, or ''. */
  search: string;
  /** 1 has the latest messages. */
  page: number;
}

export const PAGE_SIZE = 100;

export function readListQuery(values: URLSearchParams): ListQuery {
  const page = Number(values.get('page') ?? 1);
  return {
    mailbox: values.get('mailbox') ?? '',
    search: (values.get('q') ?? '').trim(),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

/** The address of a list, or of a page that shows the same list next to something else. */
export function listAddress(query: ListQuery, path = '/inbox', more: Record<string, string> = {}): string {
  const values = new URLSearchParams(more);
  if (query.mailbox) values.set('mailbox', query.mailbox);
  if (query.search) values.set('q', query.search);
  if (query.page > 1) values.set('page', `${query.page}`);
  return values.size > 0 ? `${path}?${values}` : path;
}

export function messageAddress(id: string, query: ListQuery, more?: Record<string, string>): string {
  return listAddress(query, messagePath(id), more);
}

export function messagePath(id: string, more = ''): string {
  return `/inbox/messages/${encodeURIComponent(id)}${more}`;
}
