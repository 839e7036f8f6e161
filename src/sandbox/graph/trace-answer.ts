import { createHash } from 'node:crypto';
import type { Call } from '../http/delivery';
import { jsonAnswer, showTime } from '../http/graph-answer';
import { GraphRefusal } from '../http/graph-refusal';
import type { PathValues } from '../http/route';
import { bounceFate } from '../mail/bounce-test';
import type { MailboxState } from '../mailbox/state';
import { originFor } from '../own-hosts';
import { mailboxNamed, requireExchange } from '../tenant/mailboxes';
import { requireSomePermission } from './authorize';
import { readQueryOptions } from './query-options';
import { readTraceFilter, type ShownTrace } from './trace-filter';

const MAX_REQUESTS = 100;
const WINDOW_MS = 5 * 60 * 1000;
const PAGE_SIZE = 1000;
const MAX_PAGE_SIZE = 5000;
/** From the ranges for documentation (RFC 5737). */
const OWN_IP = '192.0.2.25';
const OTHER_IP = '198.51.100.25';

/** The traces that a filter finds, oldest first. [rule: trace-per-recipient] [rule: trace-page] */
export function tracesAnswer(
  request: Request,
  permissions: readonly string[],
  state: MailboxState,
  call: Call,
): Response {
  admit(permissions, state);
  const { settings } = state;
  const { $filter, $top, $skiptoken } = readQueryOptions(request, ['$filter', '$top', '$skiptoken']);
  const top = countOf($top ?? `${PAGE_SIZE}`);
  const skip = $skiptoken === undefined ? 0 : Number($skiptoken);
  if (!(top >= 1 && top <= MAX_PAGE_SIZE && Number.isSafeInteger(skip) && skip >= 0)) {
    throw new GraphRefusal('trace-page', 400, 'BadRequest', 'Invalid value for $top or $skiptoken.');
  }
  const finds = readTraceFilter($filter, settings.now());
  const found = allTraces(state)
    .map(({ shown }) => shown)
    .filter(finds);
  const end = skip + Math.min(top, settings.pageSize);
  const url = new URL(request.url);
  url.searchParams.set('$skiptoken', `${end}`);
  const next = `${originFor(request, settings.graphEndpoint, settings)}${url.pathname}?${url.searchParams}`;
  const body = {
    '@odata.context': `${settings.graphEndpoint}/v1.0/$metadata#admin/exchange/tracing/messageTraces`,
    value: found.slice(skip, end),
    ...(found.length > end && { '@odata.nextLink': next }),
  };
  return jsonAnswer(200, body, call);
}

/** The steps of one message to one recipient. [rule: trace-details] */
export function traceDetailsAnswer(
  { traceId, recipient }: PathValues,
  permissions: readonly string[],
  state: MailboxState,
  call: Call,
): Response {
  admit(permissions, state);
  const found = allTraces(state).find(
    ({ shown: { id, recipientAddress } }) =>
      id === traceId.toLowerCase() && recipientAddress.toLowerCase() === recipient.toLowerCase(),
  );
  if (found === undefined) {
    throw new GraphRefusal('trace-unknown', 404, 'NotFound', 'There is no such message trace.');
  }
  const { id, messageId, receivedDateTime, recipientAddress, status } = found.shown;
  const step = (event: string, description: string) => ({
    id,
    messageId,
    dateTime: receivedDateTime,
    event,
    action: '',
    description,
    data: '',
  });
  const said = bounceFate(recipientAddress)?.diagnostic;
  const value = [
    step('Receive', 'Message received by: sandbox'),
    step(EVENTS[status] ?? 'Deliver', said || 'The message was successfully delivered.'),
  ];
  const context = `${state.settings.graphEndpoint}/v1.0/$metadata#Collection(microsoft.graph.exchangeMessageTraceDetail)`;
  return jsonAnswer(200, { '@odata.context': context, value }, call);
}

/** The events of Exchange's message trace that end it, by status. */
const EVENTS: Readonly<Record<string, string>> = { failed: 'Fail', pending: 'Defer', expanded: 'Expand' };

/** @throws GraphRefusal */
function admit(permissions: readonly string[], { settings, traceRequests }: MailboxState): void {
  requireExchange(settings);
  requireSomePermission(permissions);
  if (!permissions.includes('ExchangeMessageTrace.Read.All')) {
    throw new GraphRefusal('trace-permission', 403, 'Forbidden', 'Access is denied.');
  }
  if (!settings.traceServicePrincipal) {
    throw new GraphRefusal(
      'trace-service-principal',
      401,
      'Unauthorized',
      'The service principal for App ID 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373 was not found in this tenant.',
    );
  }
  const now = settings.now();
  while (traceRequests[0] !== undefined && traceRequests[0] + WINDOW_MS <= now) traceRequests.shift();
  if (traceRequests.length >= MAX_REQUESTS) {
    const waitS = Math.ceil(((traceRequests[0] ?? now) + WINDOW_MS - now) / 1000);
    throw new GraphRefusal('trace-throttled', 429, 'TooManyRequests', 'Too many message traces.', {
      'retry-after': `${waitS}`,
    });
  }
  traceRequests.push(now);
}

function allTraces({ sent, settings }: MailboxState): { shown: ShownTrace }[] {
  const until = settings.now() - settings.traceDelay;
  return sent.list
    .filter(({ receivedAt }) => receivedAt.getTime() <= until)
    .flatMap((message) => {
      const recipients = [...message.to, ...message.cc, ...message.bcc].map(({ address }) => address);
      return [...new Set(recipients)].map((recipient) => ({
        shown: {
          id: guidOf(message.id),
          senderAddress: message.from.address,
          recipientAddress: recipient,
          messageId: message.internetMessageId,
          receivedDateTime: showTime(message.receivedAt, settings),
          subject: message.subject,
          size: message.raw.length,
          fromIP: OWN_IP,
          toIP: mailboxNamed(settings.mailboxes, recipient) ? '' : OTHER_IP,
          status: statusOf(recipient),
        },
      }));
    });
}

/** [rule: trace-of-bounce-test] */
function statusOf(recipient: string): string {
  switch (bounceFate(recipient)?.action) {
    case 'failed':
      return 'failed';
    case 'delayed':
      return 'pending';
    case 'expanded':
      return 'expanded';
    default:
      return 'delivered';
  }
}

/** The same for all recipients of a message, at any time. */
function guidOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function countOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
