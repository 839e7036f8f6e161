// Longer than a file should be, because it is mostly one table.
import type { Call } from '../http/delivery';
import { emptyAnswer, jsonAnswer } from '../http/graph-answer';
import { GraphRefusal, noSuchRequest } from '../http/graph-refusal';
import type { PathValues, Route, RouteMatch } from '../http/route';
import { findMessage } from '../mailbox/messages';
import type { MailboxMessage } from '../mailbox/state';
import { isNationalCloud } from '../own-hosts';
import { requireExchange } from '../tenant/mailboxes';
import { addAttachment, attachmentsAnswer, deleteAttachment } from './attachments';
import { authorize, type GraphState, requirePermission } from './authorize';
import { createDraft, deleteMessage, moveMessage, updateMessage } from './drafts';
import { findMessages } from './find-messages';
import { firstUnknownSegment } from './known-segments';
import { folderAnswer, foldersAnswer, userAnswer } from './mailbox-answer';
import { messageAnswer, mimeAnswer } from './message-answer';
import { createUploadSession, progressOf, uploadOriginFor, uploadUrl } from './open-upload';
import { createReply } from './reply';
import { sendDraft, sendMail } from './send';
import { traceDetailsAnswer, tracesAnswer } from './trace-answer';

/** A request to Graph whose token is good. */
export interface GraphAsked {
  readonly request: Request;
  readonly values: PathValues;
  /** What the token's app may do. */
  readonly permissions: readonly string[];
  readonly state: GraphState;
  readonly call: Call;
}

/** A route below a mailbox takes one of its permissions, Exchange Online, and a place in the mailbox's limit of requests. */
export interface GraphRoute extends Route<GraphAsked> {
  readonly permissions?: readonly string[];
}

const READ = ['Mail.Read', 'Mail.ReadWrite'];
const WRITE = ['Mail.ReadWrite'];
const SEND = ['Mail.Send'];

/** What the sandbox implements of Graph. */
export const GRAPH_ROUTES: readonly GraphRoute[] = [
  {
    method: 'GET',
    path: '/v1.0/users/{user}',
    // The directory, not the mailbox, so it has permissions of its own.
    handle: ({ request, values, permissions, state, call }) =>
      userAnswer(request, values.user, permissions, state, call),
  },
  {
    method: 'POST',
    path: '/v1.0/users/{user}/sendMail',
    fault: 'send-mail',
    isAction: true,
    permissions: SEND,
    async handle({ request, values, state, call }) {
      await sendMail(request, values.user, state, call);
      return emptyAnswer(202, call);
    },
  },
  {
    method: 'GET',
    path: '/v1.0/users/{user}/mailFolders',
    fault: 'read-folder',
    permissions: READ,
    handle: ({ request, values, state, call }) => foldersAnswer(request, values.user, state, call),
  },
  {
    method: 'GET',
    path: '/v1.0/users/{user}/mailFolders/{folder}',
    fault: 'read-folder',
    permissions: READ,
    handle: ({ request, values, state, call }) => folderAnswer(request, values, state, call),
  },
  {
    method: 'GET',
    path: '/v1.0/users/{user}/mailFolders/{folder}/messages',
    fault: 'find-messages',
    permissions: READ,
    handle: ({ request, values, state, call }) => findMessages(request, values, state, call),
  },
  {
    method: 'GET',
    path: '/v1.0/users/{user}/messages',
    fault: 'find-messages',
    permissions: READ,
    handle: ({ request, values: { user }, state, call }) => findMessages(request, { user }, state, call),
  },
  {
    method: 'POST',
    path: '/v1.0/users/{user}/messages',
    fault: 'create-draft',
    permissions: WRITE,
    async handle({ request, values, state, call }) {
      return createdAnswer(await createDraft(request, values.user, state, call), { request, state, call });
    },
  },
  {
    method: 'GET',
    path: '/v1.0/users/{user}/messages/{messageId}',
    fault: 'read-message',
    permissions: READ,
    handle({ request, values: { user, messageId }, state, call }) {
      return messageAnswer(200, findMessage(state, user, messageId), request, state, call);
    },
  },
  {
    method: 'GET',
    path: '/v1.0/users/{user}/messages/{messageId}/$value',
    fault: 'read-message',
    permissions: READ,
    handle({ request, values: { user, messageId }, state, call }) {
      return mimeAnswer(findMessage(state, user, messageId), request, call);
    },
  },
  {
    method: 'PATCH',
    path: '/v1.0/users/{user}/messages/{messageId}',
    fault: 'update-message',
    permissions: WRITE,
    async handle({ request, values, state, call }) {
      return messageAnswer(200, await updateMessage(request, values, state), request, state, call);
    },
  },
  {
    method: 'DELETE',
    path: '/v1.0/users/{user}/messages/{messageId}',
    fault: 'delete-message',
    permissions: WRITE,
    handle({ values, state, call }) {
      deleteMessage(state, values);
      return emptyAnswer(204, call);
    },
  },
  {
    method: 'POST',
    path: '/v1.0/users/{user}/messages/{messageId}/permanentDelete',
    fault: 'delete-message',
    isAction: true,
    permissions: WRITE,
    handle({ values, state, call }) {
      if (isNationalCloud(state.settings.graphEndpoint)) throw unknownSegment('permanentDelete');
      deleteMessage(state, values, true);
      return emptyAnswer(204, call);
    },
  },
  {
    method: 'POST',
    path: '/v1.0/users/{user}/messages/{messageId}/move',
    fault: 'move-message',
    isAction: true,
    permissions: WRITE,
    async handle({ request, values, state, call }) {
      return messageAnswer(201, await moveMessage(request, values, state), request, state, call);
    },
  },
  {
    method: 'GET',
    path: '/v1.0/users/{user}/messages/{messageId}/attachments',
    fault: 'list-attachments',
    permissions: READ,
    handle({ request, values: { user, messageId }, state, call }) {
      return attachmentsAnswer(findMessage(state, user, messageId), request, state, call);
    },
  },
  {
    method: 'POST',
    path: '/v1.0/users/{user}/messages/{messageId}/attachments',
    fault: 'add-attachment',
    permissions: WRITE,
    handle: ({ request, values, state, call }) => addAttachment(request, values, state, call),
  },
  {
    method: 'POST',
    path: '/v1.0/users/{user}/messages/{messageId}/attachments/createUploadSession',
    fault: 'create-upload-session',
    isAction: true,
    permissions: WRITE,
    async handle({ request, values, state, call }) {
      const session = await createUploadSession(request, values, state);
      const url = uploadUrl(session, uploadOriginFor(request, state.settings));
      return jsonAnswer(201, { uploadUrl: url, ...progressOf(session) }, call);
    },
  },
  {
    method: 'DELETE',
    path: '/v1.0/users/{user}/messages/{messageId}/attachments/{attachmentId}',
    fault: 'delete-attachment',
    permissions: WRITE,
    handle({ values, state, call }) {
      deleteAttachment(values, state);
      return emptyAnswer(204, call);
    },
  },
  ...(['createReply', 'createReplyAll'] as const).map(
    (action): GraphRoute => ({
      method: 'POST',
      path: `/v1.0/users/{user}/messages/{messageId}/${action}`,
      fault: 'create-reply',
      isAction: true,
      permissions: WRITE,
      async handle({ request, values, state, call }) {
        const draft = await createReply(request, values, state, { call, toAll: action === 'createReplyAll' });
        return createdAnswer(draft, { request, state, call });
      },
    }),
  ),
  {
    method: 'POST',
    path: '/v1.0/users/{user}/messages/{messageId}/send',
    fault: 'send-draft',
    isAction: true,
    permissions: SEND,
    async handle({ request, values, state, call }) {
      await sendDraft(request, values, state, call);
      return emptyAnswer(202, call);
    },
  },
  {
    method: 'GET',
    path: '/v1.0/admin/exchange/tracing/messageTraces',
    fault: 'list-traces',
    // The tenant's, not a mailbox's.
    handle: ({ request, permissions, state, call }) => tracesAnswer(request, permissions, state, call),
  },
  {
    method: 'GET',
    path: '/v1.0/admin/exchange/tracing/messageTraces/{traceId}/getDetailsByRecipient/{recipient}',
    fault: 'trace-details',
    handle: ({ values, permissions, state, call }) => traceDetailsAnswer(values, permissions, state, call),
  },
];

/** Whether a path leads into a mailbox. The directory, which answers for users, is not part of one. */
export function isInMailbox({ routes }: RouteMatch<GraphRoute>): boolean {
  return routes.some(({ permissions }) => permissions !== undefined);
}

/** Graph's answer to any request under /v1.0 and /beta. */
export async function serveGraph(
  request: Request,
  segments: readonly string[],
  match: RouteMatch<GraphRoute>,
  state: GraphState,
  call: Call,
): Promise<Response> {
  const permissions = authorize(request.headers, state);
  if (match.routes.length === 0) throw noRoute(request, segments, state);
  if (isInMailbox(match)) requireExchange(state.settings);
  const route = match.routes.find(({ method }) => method === request.method);
  if (route === undefined) throw wrongMethod(request, match);
  if (route.permissions !== undefined) requirePermission(permissions, ...route.permissions);
  return route.handle({ request, values: match.values, permissions, state, call });
}

/** Keeps a draft that was created, and shows it. */
function createdAnswer(
  draft: MailboxMessage,
  { request, state, call }: { request: Request; state: GraphState; call: Call },
): Response {
  const answer = messageAnswer(201, draft, request, state, call);
  state.messages.push(draft);
  return answer;
}

function noRoute(
  request: Request,
  [version, ...segments]: readonly string[],
  { settings }: GraphState,
): GraphRefusal {
  if (/^me$/i.test(segments[0] ?? '') && settings.scp.length === 0) {
    return new GraphRefusal(
      'me-for-app',
      400,
      'BadRequest',
      '/me request is only valid with delegated authentication flow.',
    );
  }
  const unknown = /^v1\.0$/i.test(version ?? '') ? firstUnknownSegment(segments) : undefined;
  if (unknown === undefined) return noSuchRequest(request);
  return unknownSegment(unknown);
}

function unknownSegment(segment: string): GraphRefusal {
  return new GraphRefusal(
    'unknown-segment',
    400,
    'BadRequest',
    `Resource not found for the segment '${segment}'.`,
  );
}

function wrongMethod(request: Request, { routes }: RouteMatch<GraphRoute>): GraphRefusal {
  const action = routes.find(({ isAction }) => isAction);
  if (action === undefined) return noSuchRequest(request);
  const name = action.path.slice(action.path.lastIndexOf('/') + 1);
  return new GraphRefusal(
    'action-is-post',
    405,
    'Request_BadRequest',
    `${name} is a POST, not a ${request.method}.`,
  );
}
