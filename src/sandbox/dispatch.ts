import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, type Delivery, statusOf } from './http/delivery';
import { EntraRefusal, entraRefusedAnswer } from './http/entra-answer';
import { refusedAnswer } from './http/graph-answer';
import { GraphRefusal } from './http/graph-refusal';
import type { AccessTokens } from './entra/access-token';
import { serveEntra } from './entra/routes';
import { meetFault } from './faults/apply-fault';
import type { SandboxFault } from './faults/fault';
import type { FaultPlan } from './faults/fault-plan';
import { endChange } from './graph/attachments';
import { authorize } from './graph/authorize';
import { requestName } from './http/route';
import { serveGraph } from './graph/routes';
import { serveUpload } from './graph/upload-url';
import { releaseDue } from './mailbox/deferred-send';
import type { MailboxLoad } from './mailbox/mailbox-load';
import type { MailboxState } from './mailbox/state';
import { chooseRoute, type Route } from './routes';
import type { SandboxRuleName } from './rules/index';
import { mailboxNamed } from './tenant/mailboxes';

/** One request that the sandbox is done with; bodies and headers, secrets among them, are not kept. */
export interface SandboxRequest {
  /** Of HTTP, in capitals. */
  method: string;
  /** Without host and query. */
  path: string;
  /** 0 when the client got none: its connection broke before, or nothing was answered. */
  status: number;
  /** The `request-id` that the sandbox gave it. */
  requestId: string;
  /** The one that the client gave it. */
  clientRequestId?: string;
  /** The one that it met, if it did. */
  fault?: SandboxFault;
  /** The rule that it broke, if the sandbox refused it; `SANDBOX_RULES` tells more of it. */
  rule?: SandboxRuleName;
}

/** Everything that one sandbox holds. */
export interface SandboxState extends MailboxState {
  readonly tokens: AccessTokens;
  readonly requests: SandboxRequest[];
  readonly faults: FaultPlan;
  readonly load: MailboxLoad;
  /** Milliseconds that every request to Graph takes; it starts as the setting. */
  latency: number;
}

/** The most characters of a path or an id that the list of requests keeps; no id of Graph makes a path that long. */
const MOST_KEPT = 4000;

/** A request, and what its first line says. */
interface Arrival {
  request: Request;
  path: string;
  route: Route;
  mailbox?: string;
  call: Call;
}

interface Outcome {
  delivery: Delivery;
  fault?: SandboxFault;
  /** The rule that the request broke, if it did. */
  rule?: SandboxRuleName;
}

/** One request from its arrival to what is to be given back, be it the right answer or a fault. */
export async function exchange(request: Request, state: SandboxState): Promise<Delivery> {
  const arrival = readArrival(request, state);
  const { path, call } = arrival;
  releaseDue(state);
  const { delivery, fault, rule } = await inTurn(arrival, state).finally(() => endChange(state, call));
  const { requestId, clientRequestId } = call;
  const { method } = request;
  state.requests.push({
    method,
    path: cut(path),
    status: statusOf(delivery),
    requestId,
    clientRequestId: clientRequestId && cut(clientRequestId),
    fault,
    rule,
  });
  return delivery;
}

/**
 * Uploads go to another host, which has no part in Graph's limit for requests at the same time, and neither has the
 * directory, which answers for users.
 */
async function inTurn(arrival: Arrival, state: SandboxState): Promise<Outcome> {
  const { route, request, call } = arrival;
  if (!('user' in route) || route.to === 'user') return outcomeOf(arrival, state);
  const { isOver, leave } = state.load.enter(mailboxNamed(state.settings.mailboxes, route.user));
  try {
    if (isOver) {
      const { response, rule } = await refusable(async () => throttle(request, state), state, call);
      return { delivery: { manner: 'whole', response }, rule };
    }
    const outcome = await outcomeOf(arrival, state);
    if (state.latency > 0) await sleep(state.latency);
    return outcome;
  } finally {
    leave();
  }
}

async function outcomeOf(arrival: Arrival, state: SandboxState): Promise<Outcome> {
  const { request, path, route, mailbox, call } = arrival;
  const { method } = request;
  let rule: SandboxRuleName | undefined;
  const carryOut = async () => {
    const answered = await refusable(() => serve(arrival, state), state, call);
    rule = answered.rule;
    return answered.response;
  };
  const name = requestName(method, route);
  const fault = name && state.faults.next({ request: name, mailbox, method, path });
  if (name === undefined || fault === undefined) {
    const response = await carryOut();
    return { delivery: { manner: 'whole', response }, rule };
  }
  const delivery = await meetFault(fault, name, request, carryOut, state, call);
  return { delivery, fault, rule };
}

async function serve({ request, path, route, call }: Arrival, state: SandboxState): Promise<Response> {
  switch (route.to) {
    case 'user':
    case 'send-mail':
    case 'messages':
    case 'folders':
    case 'folder':
    case 'folder-messages':
    case 'message':
    case 'attachments':
    case 'upload-sessions':
    case 'send-draft':
    case 'me':
    case 'not-played':
    case 'unknown-segment':
      return serveGraph(request, route, state, call);
    case 'upload':
      return serveUpload(request, route, state, call);
    case 'token':
    case 'openid-configuration':
    case 'instance-discovery':
      return serveEntra(request, route, state, call);
    case 'nowhere':
      throw new GraphRefusal('nothing-there', 404, 'NotFound', `Nothing is at ${path}.`);
  }
}

function readArrival(request: Request, state: SandboxState): Arrival {
  const path = new URL(request.url).pathname;
  const route = chooseRoute(path);
  const requestId = state.ids.guid();
  const clientRequestId = request.headers.get('client-request-id') ?? undefined;
  const call = { requestId, clientRequestId, receivedAt: new Date(state.settings.now()) };
  return { request, path, route, mailbox: mailboxOf(route, state), call };
}

/** By its user principal name, however the path names it. */
function mailboxOf(route: Route, { settings, uploadSessions }: SandboxState): string | undefined {
  if ('user' in route) return mailboxNamed(settings.mailboxes, route.user)?.userPrincipalName ?? route.user;
  if (route.to === 'upload') return uploadSessions.get(route.sessionId)?.draft.mailbox.userPrincipalName;
  return undefined;
}

function cut(text: string): string {
  return text.length > MOST_KEPT ? `${text.slice(0, MOST_KEPT)}…` : text;
}

/** After the token only, since the limit is one of the app that the token names. */
function throttle(request: Request, state: SandboxState): never {
  authorize(request.headers, state);
  throw new GraphRefusal(
    'mailbox-concurrency',
    429,
    'ApplicationThrottled',
    'Application is over its MailboxConcurrency limit.',
    {
      'retry-after': '1',
    },
  );
}

/** An answer, and the rule that the request broke if it is a refusal. */
async function refusable(
  serveOne: () => Promise<Response>,
  state: SandboxState,
  call: Call,
): Promise<{ response: Response; rule?: SandboxRuleName }> {
  try {
    return { response: await serveOne() };
  } catch (error) {
    if (error instanceof GraphRefusal) {
      return { response: refusedAnswer(error, state, call), rule: error.rule };
    }
    if (error instanceof EntraRefusal) {
      return { response: entraRefusedAnswer(error, state, call), rule: error.rule };
    }
    throw error;
  }
}
