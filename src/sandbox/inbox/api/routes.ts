import { bodyDocument } from '../body-document';
import { fileName } from '../invitation';
import { download } from '../message-parts';
import { foreignResponse } from '../responses';
import {
  compileQuery,
  readBody,
  type Sandbox,
  type SandboxAttachment,
  type SandboxMessage,
  SandboxMessageError,
} from '../sandbox';
import type { MessageSearch } from '../search';
import { ApiRefusal, emptyResponse, errorResponse, jsonResponse, NO_RIGHTS } from './answers';
import { eventStream } from './events';
import { failNext } from './fail-next';
import { attachmentsJson, messageJson, summaryOf } from './message-json';
import { FILTERS, filterIn, flagIn, numberIn } from './parameters';
import type { SchemaName } from './schemas';

/** What a route gets to answer a request. */
export interface Asked {
  readonly sandbox: Sandbox;
  readonly search: MessageSearch;
  readonly request: Request;
  readonly query: URLSearchParams;
  /** The values in the path, decoded. */
  readonly id: string;
  readonly file: string;
}

/** One operation, from which requests are routed and the OpenAPI description is made. */
export interface ApiRoute {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** The parameters of its query. */
  readonly query?: readonly string[];
  readonly body?: SchemaName;
  /** The status of a success, with the schema or the media type of its answer. */
  readonly answer: { status: 200 | 201 | 204; schema?: SchemaName; mediaType?: string };
  /** What else it answers, besides what every request may be answered. */
  readonly failures?: readonly (404 | 408 | 413 | 415)[];
  handle(asked: Asked): Response | Promise<Response>;
}

const filters = Object.keys(FILTERS);
const FILE = 'application/octet-stream';

export const API_ROUTES: readonly ApiRoute[] = [
  {
    method: 'get',
    path: '/messages',
    operationId: 'listMessages',
    summary: 'Messages that match, the latest first.',
    query: [...filters, 'q', 'limit', 'offset'],
    answer: { status: 200, schema: 'MessageList' },
    handle: async ({ query, ...asked }) =>
      jsonResponse(pageOf('messages', await found({ query, ...asked }), query, summaryOf)),
  },
  {
    method: 'delete',
    path: '/messages',
    operationId: 'deleteMessages',
    summary: 'Deletes the messages that match; all of them without a filter.',
    query: [...filters, 'q'],
    answer: { status: 200, schema: 'Deleted' },
    async handle(asked) {
      const gone = (await found(asked)).filter(({ id }) => asked.sandbox.removeMessage(id));
      return jsonResponse({ deleted: gone.length });
    },
  },
  {
    method: 'get',
    path: '/messages/wait',
    operationId: 'waitForMessage',
    summary:
      'The latest message that matches, or the next one as soon as it comes. 408 lists what came instead.',
    query: [...filters, 'timeout', 'onlyNew'],
    answer: { status: 200, schema: 'Message' },
    failures: [408],
    handle: waitForMessage,
  },
  {
    method: 'get',
    path: '/messages/{id}',
    operationId: 'getMessage',
    summary: 'One message. In place of an id, `latest` is the newest one that matches the query.',
    query: filters,
    answer: { status: 200, schema: 'Message' },
    failures: [404],
    handle: (asked) => jsonResponse(messageJson(messageOf(asked))),
  },
  {
    method: 'delete',
    path: '/messages/{id}',
    operationId: 'deleteMessage',
    summary: 'Deletes one message.',
    query: filters,
    answer: { status: 204 },
    failures: [404],
    handle(asked) {
      asked.sandbox.removeMessage(messageOf(asked).id);
      return emptyResponse();
    },
  },
  {
    method: 'get',
    path: '/messages/{id}/html',
    operationId: 'getHtml',
    summary:
      'The HTML as a page without rights, its inline images filled in. The JSON has it as it was sent.',
    query: [...filters, 'remote'],
    answer: { status: 200, mediaType: 'text/html' },
    failures: [404],
    handle(asked) {
      const message = messageOf(asked);
      if (message.html === undefined) throw new ApiRefusal('not-found', 'This message has no HTML.');
      return bodyDocument(message, flagIn(asked.query, 'remote'));
    },
  },
  {
    method: 'get',
    path: '/messages/{id}/text',
    operationId: 'getText',
    summary: 'The text, or the text of the HTML.',
    query: filters,
    answer: { status: 200, mediaType: 'text/plain' },
    failures: [404],
    handle: (asked) => foreignResponse(messageOf(asked).text, 'text/plain; charset=utf-8', NO_RIGHTS),
  },
  {
    method: 'get',
    path: '/messages/{id}/raw',
    operationId: 'getRaw',
    summary: 'The message as an .eml file, to save.',
    query: filters,
    answer: { status: 200, mediaType: FILE },
    failures: [404],
    handle(asked) {
      const { raw, subject } = messageOf(asked);
      return download(raw, `${subject || 'message'}.eml`);
    },
  },
  {
    method: 'get',
    path: '/messages/{id}/attachments',
    operationId: 'listAttachments',
    summary: 'The attachments of a message, without their bytes.',
    query: filters,
    answer: { status: 200, schema: 'AttachmentList' },
    failures: [404],
    handle: (asked) => jsonResponse({ attachments: attachmentsJson(messageOf(asked)) }),
  },
  {
    method: 'get',
    path: '/messages/{id}/attachments/{file}',
    operationId: 'getAttachment',
    summary: 'The bytes of an attachment, by its index or its file name, to save.',
    query: filters,
    answer: { status: 200, mediaType: FILE },
    failures: [404],
    handle(asked) {
      const attachment = attachmentOf(messageOf(asked), asked.file);
      return download(attachment.content, fileName(attachment));
    },
  },
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

async function found({
  sandbox,
  search,
  query,
}: Pick<Asked, 'sandbox' | 'search' | 'query'>): Promise<SandboxMessage[]> {
  const test = compileQuery(filterIn(query));
  const words = query.get('q');
  const all =
    words === null
      ? [...sandbox.messages].reverse()
      : await search.find({ mailbox: '', search: words, page: 1 });
  return all.filter((message) => test.matches(message));
}

function pageOf<Item>(
  name: string,
  items: readonly Item[],
  query: URLSearchParams,
  toJson: (item: Item) => object,
): object {
  const [limit, offset] = [numberIn(query, 'limit'), numberIn(query, 'offset')];
  const page = items.slice(offset, offset + limit).map(toJson);
  return { [name]: page, total: items.length, limit, offset };
}

async function waitForMessage({ sandbox, query, request: { signal } }: Asked): Promise<Response> {
  const options = { timeout: numberIn(query, 'timeout'), onlyNew: flagIn(query, 'onlyNew'), signal };
  try {
    return jsonResponse(messageJson(await sandbox.waitForMessage(filterIn(query), options)));
  } catch (error) {
    if (signal.aborted) throw new ApiRefusal('closed', 'The client has left.');
    if (!(error instanceof SandboxMessageError)) throw error;
    const latest = error.messages.slice(-10).reverse();
    return errorResponse(error.code === 'ECLOSED' ? 'closed' : 'timeout', error.message, {
      messages: latest.map(summaryOf),
    });
  }
}

function messageOf({ sandbox, query, id }: Asked): SandboxMessage {
  const filter = filterIn(query);
  const isAnyId = id === 'latest';
  if (!isAnyId && Object.keys(filter).length > 0) {
    throw new ApiRefusal('bad-request', 'A filter goes with `latest` in place of an id.');
  }
  const message = isAnyId
    ? sandbox.latest(filter)
    : sandbox.messages.find((candidate) => candidate.id === id);
  if (message === undefined) {
    throw new ApiRefusal('not-found', isAnyId ? 'No message matches.' : 'There is no message with this id.');
  }
  return message;
}

function attachmentOf({ attachments }: SandboxMessage, file: string): SandboxAttachment {
  const byIndex = /^\d{1,6}$/.test(file) ? attachments[Number(file)] : undefined;
  const attachment = byIndex ?? attachments.find((each) => fileName(each) === file);
  if (attachment === undefined) throw new ApiRefusal('not-found', 'The message has no such attachment.');
  if (attachment.sha256 === undefined) return attachment;
  throw new ApiRefusal('not-found', 'The sandbox keeps only the hash of this attachment.');
}

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
