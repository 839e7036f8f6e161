import { eventStream } from '../events';
import {
  checkFault,
  checkFaultOptions,
  checkRequestName,
  meantName,
  readBody,
  type Sandbox,
  type SandboxPlannedFault,
} from '../sandbox';
import { ApiRefusal, emptyResponse, jsonResponse } from './answers';
import { flagIn } from './parameters';
import { type ApiRoute, pageOf } from './route';

/** The operations on everything else: faults, requests, mailboxes, and the sandbox as a whole. */
export const SANDBOX_ROUTES: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/faults',
    operationId: 'listFaults',
    summary: 'The faults that still have requests to apply to.',
    answer: { status: 200, schema: 'FaultList' },
    handle: ({ sandbox }) => jsonResponse({ faults: sandbox.faults }),
  },
  {
    method: 'post',
    path: '/faults',
    operationId: 'addFault',
    summary: 'Makes the next requests of a name fail, like failNext().',
    body: 'NewFault',
    answer: { status: 201, schema: 'Fault' },
    failures: [413, 415],
    async handle({ sandbox, request }) {
      return jsonResponse(failNext(sandbox, await jsonBody(request)), 201);
    },
  },
  {
    method: 'delete',
    path: '/faults',
    operationId: 'clearFaults',
    summary: 'Removes all faults.',
    answer: { status: 200, schema: 'Deleted' },
    handle({ sandbox }) {
      const { faults } = sandbox;
      for (const { id } of faults) sandbox.cancelFault(id);
      return jsonResponse({ deleted: faults.length });
    },
  },
  {
    method: 'delete',
    path: '/faults/{id}',
    operationId: 'deleteFault',
    summary: 'Removes one fault.',
    answer: { status: 204 },
    failures: [404],
    handle({ sandbox, id }) {
      if (!sandbox.cancelFault(Number(id)))
        throw new ApiRefusal('not-found', 'There is no fault with this id.');
      return emptyResponse();
    },
  },
  {
    method: 'get',
    path: '/requests',
    operationId: 'listRequests',
    summary: 'Requests to Entra, Graph and upload URLs, the latest first.',
    query: ['failed', 'limit', 'offset'],
    answer: { status: 200, schema: 'RequestList' },
    handle({ sandbox, query }) {
      const isFailure = ({ status }: { status: number }) => status === 0 || status >= 400;
      const wanted = sandbox.requests.filter((seen) => !flagIn(query, 'failed') || isFailure(seen));
      return jsonResponse(pageOf('requests', wanted.reverse(), query, (seen) => seen));
    },
  },
  {
    method: 'get',
    path: '/mailboxes',
    operationId: 'listMailboxes',
    summary: "The tenant's mailboxes.",
    answer: { status: 200, schema: 'MailboxList' },
    handle: ({ sandbox }) => jsonResponse({ mailboxes: sandbox.mailboxes }),
  },
  {
    method: 'post',
    path: '/reset',
    operationId: 'reset',
    summary: 'Forgets messages, drafts, requests and faults, like clear().',
    answer: { status: 204 },
    handle({ sandbox }) {
      sandbox.clear();
      return emptyResponse();
    },
  },
  {
    method: 'get',
    path: '/events',
    operationId: 'events',
    summary: 'Server-sent events: `message` with its summary, and `removed` with its id.',
    answer: { status: 200, mediaType: 'text/event-stream' },
    handle({ sandbox, request }) {
      const events = eventStream(sandbox, request.headers.get('last-event-id'));
      if (request.method !== 'HEAD') return events;
      // Events without end would keep the connection from its next request.
      return events.body?.cancel().then(() => new Response(null, events)) ?? events;
    },
  },
];

/** More than any fault needs. */
const MAX_BODY_BYTES = 64 * 1024;

/** A form of a web page cannot send this content type without asking first. */
async function jsonBody(request: Request): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new ApiRefusal(
      'unsupported-media-type',
      'The body is JSON, with the content type application/json.',
    );
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) throw new ApiRefusal('too-large', `A body has at most ${MAX_BODY_BYTES} bytes.`);
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ApiRefusal('bad-request', 'The body is not JSON.');
  }
}

const OPTIONS = ['times', 'skip', 'every', 'mailbox'];
const NAMES = ['request', 'fault', ...OPTIONS];

/**
 * Adds a fault that a program describes.
 *
 * @throws TypeError or ApiRefusal if it makes no sense
 */
export function failNext(sandbox: Sandbox, body: unknown): SandboxPlannedFault {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiRefusal('bad-request', 'The body is an object with request and fault.');
  }
  const given: Record<string, unknown> = { ...body };
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const meant = meantName(unknown, NAMES);
    throw new ApiRefusal(
      'bad-request',
      `Unknown property "${unknown}".${meant ? ` Did you mean "${meant}"?` : ''} A fault takes ${NAMES.join(', ')}.`,
    );
  }
  const { request, fault, ...options } = given;
  checkRequestName(request);
  checkFault(fault);
  checkFaultOptions(options);
  sandbox.failNext(request, fault, options);
  const added = sandbox.faults.at(-1);
  if (added === undefined) throw new Error('The fault was not added.');
  return added;
}
