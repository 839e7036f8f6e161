import { GraphTransportError } from '../errors/graph-transport-error';
import { parseJson, property } from '../graph/answer-error';
import { isId } from '../graph/endpoints';
import type { MessageTrace, TraceDetail } from './trace';

/** A page of an answer. */
export interface Page<T> {
  items: T[];
  /** Where the next one is; undefined on the last. */
  next: string | undefined;
}

/** A trace, and which message it is about. */
export interface ListedTrace extends MessageTrace {
  messageId: string | undefined;
}

/** @throws GraphTransportError if it is no list of traces */
export function toTraces(body: string): Page<ListedTrace> {
  return toPage(body, (item) => {
    const [id, recipient] = [property(item, 'id'), property(item, 'recipientAddress')];
    if (!isId(id) || typeof recipient !== 'string' || recipient === '') throw garbled();
    const size = property(item, 'size');
    return {
      recipient,
      status: textOf(item, 'status') ?? 'gettingStatus',
      receivedAt: timeOf(item, 'receivedDateTime'),
      subject: textOf(item, 'subject'),
      fromIP: textOf(item, 'fromIP'),
      toIP: textOf(item, 'toIP'),
      size: typeof size === 'number' ? size : undefined,
      id,
      messageId: textOf(item, 'messageId'),
    };
  });
}

/** @throws GraphTransportError if it is no list of details */
export function toDetails(body: string): Page<TraceDetail> {
  return toPage(body, (item) => ({
    at: timeOf(item, 'dateTime'),
    event: textOf(item, 'event') ?? '',
    action: textOf(item, 'action'),
    description: textOf(item, 'description'),
    data: textOf(item, 'data'),
  }));
}

function toPage<T>(body: string, toItem: (item: unknown) => T): Page<T> {
  const answer = parseJson(body);
  const value = property(answer, 'value');
  if (!Array.isArray(value)) throw garbled();
  return { items: value.map(toItem), next: pathOf(property(answer, '@odata.nextLink')) };
}

/** Exchange writes an empty text for what it does not know. */
function textOf(item: unknown, name: string): string | undefined {
  const value = property(item, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function timeOf(item: unknown, name: string): Date {
  const value = property(item, name);
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(time.getTime())) throw garbled();
  return time;
}

/** Ignores the link's host, so that the token goes only to our endpoint, whatever the link says. */
function pathOf(nextLink: unknown): string | undefined {
  if (nextLink === undefined || nextLink === null) return undefined;
  if (typeof nextLink !== 'string' || !URL.canParse(nextLink)) throw garbled();
  const { pathname, search } = new URL(nextLink);
  return pathname + search;
}

/** @returns the error of an answer that makes no sense */
export function garbled(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', "The answer of Graph breaks off, or is not one of Graph's.", {
    outcome: 'unknown',
    hint: 'Is there a proxy or gateway in between?',
  });
}
