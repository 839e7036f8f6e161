import { SendTimeout } from '../errors/abort';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { property } from '../graph/answer-error';
import { isId } from '../graph/endpoints';
import { garbledAnswer, type ListPage, readPage, textOf } from '../graph/list-page';
import type { CloudName } from '../options/clouds';
import type { MessageTrace, TraceDetail } from './trace';

/** A trace, and which message it is about. */
export interface ListedTrace extends MessageTrace {
  messageId: string | undefined;
}

/** @throws GraphTransportError if it is no list of traces */
export function toTraces(body: string): ListPage<ListedTrace> {
  return readPage(body, (item) => {
    const [id, recipient] = [property(item, 'id'), property(item, 'recipientAddress')];
    if (!isId(id) || typeof recipient !== 'string' || recipient === '') throw garbledAnswer();
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
export function toDetails(body: string): ListPage<TraceDetail> {
  return readPage(body, (item) => ({
    at: timeOf(item, 'dateTime'),
    event: textOf(item, 'event') ?? '',
    action: textOf(item, 'action'),
    description: textOf(item, 'description'),
    data: textOf(item, 'data'),
  }));
}

function timeOf(item: unknown, name: string): Date {
  const value = property(item, name);
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(time.getTime())) throw garbledAnswer();
  return time;
}

const LINK = 'https://learn.microsoft.com/graph/api/resources/exchangemessagetrace';

/** Microsoft's app that reads the traces. The tenant must have its service principal (documented: exchangemessagetrace.md). */
const SERVICE_APP = '8bd644d1-64a1-4d4b-ae52-2e0cbf64e373';

const PRINCIPAL = `the tenant must have the service principal of Microsoft's app ${SERVICE_APP}: create it once with New-MgServicePrincipal -AppId ${SERVICE_APP}, and give it some hours to take effect`;
const PERMISSION =
  'transport.trace() needs the application permission ExchangeMessageTrace.Read.All, with admin consent, for the app in the option trace, or else for the app that sends';

/** The error of a call in a cloud that has no message trace (documented: messagetracingroot-list-messagetraces.md). */
export function noTraceIn(cloud: CloudName): GraphTransportError {
  return new GraphTransportError('ECONFIG', `The cloud ${cloud} has no message trace in Graph.`, {
    hint: 'Only the global cloud has it. transport.bounces() works in every cloud.',
    link: LINK,
  });
}

/** Words the error as one of a message trace: nothing was to be sent, so nothing is in doubt. */
export function asTraceError(error: unknown): unknown {
  if (!(error instanceof GraphTransportError)) return error;
  const { code, responseCode, cause, graphCode } = error;
  // What Entra says about the app or its secret is not about traces.
  if (graphCode?.startsWith('AADSTS')) return error;
  if (cause instanceof SendTimeout) {
    return error.with({
      message: `The message trace took longer than its timeout, ${cause.timeoutMs} ms.`,
      hint: 'Ask again later, or raise the option timeout.',
    });
  }
  if (code === 'EABORT') return error.with({ message: 'The message trace was aborted.', hint: undefined });
  if (code === 'EAUTH' && responseCode === 401) {
    // This is how a missing service principal is reported to look.
    const hint = /service principal/i.test(error.response ?? '')
      ? `For a message trace, ${PRINCIPAL}.`
      : `${PERMISSION}; and ${PRINCIPAL}.`;
    return error.with({ hint, link: LINK });
  }
  if (code === 'EAUTH' && responseCode === 403) {
    return error.with({ hint: `${PERMISSION}. Besides, ${PRINCIPAL}.`, link: LINK });
  }
  if (responseCode === 400 || responseCode === 404) {
    return error.with({
      hint: 'Graph does not take this message trace: see its own message, and check the clock of this machine, which must not be ahead.',
      link: LINK,
    });
  }
  if (responseCode === 429) {
    return error.with({
      hint: 'Exchange takes 100 trace requests in 5 minutes, from all programs together: ask again later.',
      link: LINK,
    });
  }
  if (outcomeOf(error) !== 'unknown') return error;
  return error.with({ outcome: 'not-accepted', hint: 'Nothing is lost: ask again later.' });
}
