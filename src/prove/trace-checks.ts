import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock';
import { property } from '../graph/answer-error';
import { traceDetailsPath, tracesPath } from '../graph/endpoints';
import { isNationalEndpoint } from '../options/clouds';
import { isText } from './changing-checks';
import { type LiveCheck, NotObserved } from './live-check';
import type { LiveAnswer } from './live-http';
import type { LiveService } from './live-service';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How often to look for a trace, and how many pauses to make before each look: about four minutes in all. */
const LOOKS = 16;
const PAUSES = 5;
/** The statuses that Microsoft documents (exchangemessagetrace.md). */
const STATUSES: readonly unknown[] = [
  'gettingStatus',
  'pending',
  'failed',
  'delivered',
  'expanded',
  'quarantined',
  'filteredAsSpam',
];

/** What `transport.trace()` relies on. */
export const TRACE_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'a message trace finds a message by its Message-ID and time, with a status for its recipient, and tells its steps',
    shows: ['trace-permission', 'trace-per-recipient', 'trace-filter', 'trace-details'],
    expected: {
      sent: 202,
      traces: 1,
      recipient: 'ours',
      status: 'a documented one',
      received: 'a time',
      details: 200,
      steps: 'with time and event',
    },
    observe: async (service) => {
      requireTraces(service);
      const internetMessageId = `<${randomUUID()}@live-check.invalid>`;
      const body = {
        message: { ...service.message(randomUUID()), internetMessageId },
        saveToSentItems: false,
      };
      const { status: sent } = await service.ask('POST', '/sendMail', { body });
      const traces = await tracesOf(service, internetMessageId);
      const [trace] = traces;
      const recipient = String(property(trace, 'recipientAddress'));
      const path = traceDetailsPath(String(property(trace, 'id')), recipient);
      const { status: details, body: list } = await service.askGraph('GET', path);
      const steps = [property(list, 'value') ?? []].flat();
      const areTold = steps.every(
        (step) => isTime(property(step, 'dateTime')) && isText(property(step, 'event')),
      );
      return {
        sent,
        traces: traces.length,
        recipient: recipient.toLowerCase() === service.to.toLowerCase() ? 'ours' : 'another one',
        status: STATUSES.includes(property(trace, 'status')) ? 'a documented one' : 'another one',
        received: isTime(property(trace, 'receivedDateTime')) ? 'a time' : 'none',
        details,
        steps: steps.length > 0 && areTold ? 'with time and event' : 'without',
      };
    },
  },
  {
    rule: 'a message trace without a time is accepted, one over more than ten days or from more than 90 days ago is not',
    shows: ['trace-period'],
    expected: { without: 200, eleven: 400, old: 400 },
    observe: async (service) => {
      requireTraces(service);
      const filter = `messageId eq '<${randomUUID()}@live-check.invalid>'`;
      const now = systemClock.date();
      const asked = async (clauses: string) => (await traces(service, clauses)).status;
      return {
        without: await asked(filter),
        eleven: await asked(`${filter} and ${period(now - 11 * DAY_MS - HOUR_MS, now - HOUR_MS)}`),
        old: await asked(`${filter} and ${period(now - 92 * DAY_MS, now - 91 * DAY_MS)}`),
      };
    },
  },
  {
    rule: 'the details of a trace that is not there are refused',
    shows: ['trace-unknown'],
    expected: { status: 404 },
    observe: async (service) => {
      requireTraces(service);
      const { status } = admitted(await service.askGraph('GET', traceDetailsPath(randomUUID(), service.to)));
      return { status };
    },
  },
];

/** @throws NotObserved for a service whose traces the app may not see */
function requireTraces({ claims, graphEndpoint }: LiveService): void {
  if (isNationalEndpoint(graphEndpoint)) throw new NotObserved('only the global cloud has a message trace');
  const roles = property(claims, 'roles');
  if (!Array.isArray(roles) || !roles.includes('ExchangeMessageTrace.Read.All')) {
    throw new NotObserved('the app does not have ExchangeMessageTrace.Read.All');
  }
}

/** The traces of a message, as soon as there is one. */
async function tracesOf(service: LiveService, messageId: string): Promise<unknown[]> {
  for (let look = 1; look <= LOOKS; look++) {
    const now = systemClock.date();
    const { status, body } = await traces(
      service,
      `messageId eq '${messageId}' and ${period(now - HOUR_MS, now)}`,
    );
    const found = property(body, 'value');
    if (status !== 200) throw new NotObserved(`the message trace was answered with ${status}`);
    if (Array.isArray(found) && found.length > 0) return found;
    for (let pause = 0; pause < PAUSES; pause++) await service.pause();
  }
  throw new NotObserved('the message trace does not show the message yet');
}

async function traces(service: LiveService, $filter: string): Promise<LiveAnswer> {
  return admitted(await service.askGraph('GET', `${tracesPath()}?${new URLSearchParams({ $filter })}`));
}

/** @throws NotObserved if the tenant is not set up for traces */
function admitted(answer: LiveAnswer): LiveAnswer {
  if (answer.status !== 401 && answer.status !== 403) return answer;
  throw new NotObserved(
    `the message trace was refused with ${answer.status}: is its service principal there?`,
  );
}

function period(from: number, to: number): string {
  return `receivedDateTime ge ${timeText(from)} and receivedDateTime le ${timeText(to)}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function isTime(value: unknown): boolean {
  return isText(value) && !Number.isNaN(Date.parse(String(value)));
}
