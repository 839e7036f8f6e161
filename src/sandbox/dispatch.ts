import { sleep } from './clock';
import type { AccessTokens } from './entra/access-token';
import { serveEntra } from './entra/routes';
import { applyFault } from './faults/apply-fault';
import type { SandboxFault } from './faults/fault';
import type { FaultPlan } from './faults/fault-plan';
import { endAttaching } from './graph/attachments';
import { authorize } from './graph/authorize';
import { isInMailbox, serveGraph } from './graph/routes';
import { serveUpload } from './graph/upload-url';
import { type Call, type Delivery, statusOf } from './http/delivery';
import { EntraRefusal, entraRefusedAnswer } from './http/entra-answer';
import { refusedAnswer } from './http/graph-answer';
import { GraphRefusal } from './http/graph-refusal';
import { namedRoute, type SandboxRequestName } from './http/route';
import { releaseDue } from './mailbox/deferred-send';
import type { MailboxLoad } from './mailbox/mailbox-load';
import type { MailboxState } from './mailbox/state';
import { findTarget, type Target } from './routes';
import type { SandboxRuleName } from './rules/index';
import { mailboxNamed } from './tenant/mailboxes';

/** A request that has been answered. Bodies and headers, which hold secrets, are not kept. */
export interface SandboxRequest {
  /** The HTTP method, in capitals. */
  method: string;
  /** Without host and query. */
  path: string;
  /** The mailbox that it was for: its user principal name, or what the path says. None for tokens. */
  mailbox?: string;
  /** 0 if the client got none: the connection broke first, or no answer came. */
  status: number;
  /** The `request-id` of its answer. */
  requestId: string;
  /** The client's id for it, if it gave one. */
  clientRequestId?: string;
  /** The fault that applied, if any. */
  fault?: SandboxFault;
  /** The rule that it broke, if it was refused: see `SANDBOX_RULES`. */
  rule?: SandboxRuleName;
  /** When it arrived, by the sandbox's clock. */
  receivedAt: Date;
  /** Milliseconds until its answer began, by the sandbox's clock. */
  durationMs: number;
}

/** Everything that one sandbox holds. */
export interface SandboxState extends MailboxState {
  readonly tokens: AccessTokens;
  readonly requests: SandboxRequest[];
  readonly faults: FaultPlan;
  readonly load: MailboxLoad;
  /** Milliseconds that each request to Graph takes. The setting is its initial value. */
  latency: number;
}

/** The maximum length of a path or an id in the list of requests. No path with ids of Graph is that long. */
const MAX_KEPT_LENGTH = 4000;

/** A request, as far as its first line tells. */
interface Arrival {
  request: Request;
  path: string;
  target: Target | undefined;
  /** The user principal name, or what the path says if the tenant has no such mailbox. */
  mailbox?: string;
  call: Call;
}

interface Outcome {
  delivery: Delivery;
  fault?: SandboxFault;
  /** The rule that the request broke, if it was refused. */
  rule?: SandboxRuleName;
}

/** One request from its arrival to what the client gets: the right answer, or a fault. */
export async function dispatch(request: Request, state: SandboxState): Promise<Delivery> {
  const arrival = readArrival(request, state);
  const { path, mailbox, call } = arrival;
  releaseDue(state);
  const { delivery, fault, rule } = await inTurn(arrival, state).finally(() => endAttaching(state, call));
  const { requestId, clientRequestId, receivedAt } = call;
  const { method } = request;
  state.requests.push({
    method,
    path: cut(path),
    mailbox: mailbox && cut(mailbox),
    status: statusOf(delivery),
    requestId,
    clientRequestId: clientRequestId && cut(clientRequestId),
    fault,
    rule,
    receivedAt,
    durationMs: Math.max(0, Math.round(state.settings.now() - receivedAt.getTime())),
  });
  return delivery;
}

/**
 * Only requests below a mailbox count towards Graph's limit of concurrent requests: uploads go to another host, and
 * the directory, which answers for users, has no mailbox.
 */
async function inTurn(arrival: Arrival, state: SandboxState): Promise<Outcome> {
  const { target, request, call } = arrival;
  if (target?.service !== 'graph' || !isInMailbox(target.match)) return outcomeOf(arrival, state);
  const { isOver, leave } = state.load.enter(
    mailboxNamed(state.settings.mailboxes, target.match.values.user),
  );
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
  const { request, path, target, mailbox, call } = arrival;
  const { method } = request;
  let rule: SandboxRuleName | undefined;
  const carryOut = async () => {
    const answered = await refusable(() => serve(arrival, state), state, call);
    rule = answered.rule;
    return answered.response;
  };
  const name = target && faultName(target, method);
  const fault = name && state.faults.next({ request: name, mailbox, method, path });
  if (name === undefined || fault === undefined) {
    const response = await carryOut();
    return { delivery: { manner: 'whole', response }, rule };
  }
  const delivery = await applyFault(fault, name, request, carryOut, state, call);
  return { delivery, fault, rule };
}

/** Undefined for requests without faults, such as those for Entra's documents. */
function faultName(target: Target, method: string): SandboxRequestName | undefined {
  switch (target.service) {
    case 'graph':
      return namedRoute(target.match, method)?.fault;
    case 'upload':
      return namedRoute(target.match, method)?.fault;
    case 'entra':
      return namedRoute(target.match, method)?.fault;
  }
}

async function serve({ request, path, target, call }: Arrival, state: SandboxState): Promise<Response> {
  switch (target?.service) {
    case 'graph':
      return serveGraph(request, target.segments, target.match, state, call);
    case 'upload':
      return serveUpload(target.match, { request, values: target.match.values, state, call });
    case 'entra':
      return serveEntra(target.match, { request, values: target.match.values, state, call });
    case undefined:
      throw new GraphRefusal('nothing-there', 404, 'NotFound', `Nothing is at ${path}.`);
  }
}

function readArrival(request: Request, state: SandboxState): Arrival {
  const path = new URL(request.url).pathname;
  const target = findTarget(path);
  const requestId = state.ids.guid();
  const clientRequestId = request.headers.get('client-request-id') ?? undefined;
  const call = { requestId, clientRequestId, receivedAt: new Date(state.settings.now()) };
  return { request, path, target, mailbox: target && mailboxOf(target, state), call };
}

function mailboxOf({ match }: Target, { settings, uploadSessions }: SandboxState): string | undefined {
  const { user, sessionId } = match.values;
  if (sessionId !== '') return uploadSessions.get(sessionId)?.draft.mailbox.userPrincipalName;
  if (user === '') return undefined;
  return mailboxNamed(settings.mailboxes, user)?.userPrincipalName ?? user;
}

function cut(text: string): string {
  return text.length > MAX_KEPT_LENGTH ? `${text.slice(0, MAX_KEPT_LENGTH)}…` : text;
}

/** Checks the token first: the limit is that of the app that the token names. */
function throttle(request: Request, state: SandboxState): never {
  authorize(request.headers, state);
  throw new GraphRefusal(
    'mailbox-concurrency',
    429,
    'ApplicationThrottled',
    'Application is over its MailboxConcurrency limit.',
    { 'retry-after': '1' },
  );
}

/** An answer and, if it is a refusal, the rule that the request broke. */
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
