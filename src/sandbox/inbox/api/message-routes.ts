import { bodyDocument } from '../body-document';
import { fileName } from '../invitation';
import { download } from '../message-parts';
import { foreignResponse } from '../responses';
import { compileQuery, type SandboxAttachment, type SandboxMessage, SandboxMessageError } from '../sandbox';
import { ApiRefusal, emptyResponse, errorResponse, jsonResponse, NO_RIGHTS } from './answers';
import { attachmentsJson, messageJson, summaryOf } from './message-json';
import { FILTERS, filterIn, flagIn, numberIn } from './parameters';
import { type ApiRoute, type Asked, pageOf } from './route';

const filters = Object.keys(FILTERS);
const FILE = 'application/octet-stream';

/** The operations on messages. */
export const MESSAGE_ROUTES: readonly ApiRoute[] = [
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
