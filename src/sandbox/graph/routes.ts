import type { Call } from '../http/delivery';
import { emptyAnswer, jsonAnswer } from '../http/graph-answer';
import { GraphRefusal } from '../http/graph-refusal';
import { findMessage } from '../mailbox/messages';
import type { GraphRoute, MessageRoute } from '../routes';
import { requireExchange } from '../tenant/mailboxes';
import { addAttachment, attachmentAnswer, attachmentsAnswer } from './attachments';
import { authorize, type GraphState, requirePermission } from './authorize';
import { createDraft, deleteMessage, updateMessage } from './drafts';
import { findMessages } from './find-messages';
import { folderAnswer, foldersAnswer } from './folder-answer';
import { unknownSegment } from './known-segments';
import { messageAnswer } from './message-answer';
import { notPlayed } from './not-played';
import { createUploadSession, progressOf, uploadOriginFor, uploadUrl } from './open-upload';
import { sendDraft, sendMail } from './send';
import { userAnswer } from './user-answer';

/** Graph's answer to any request under /v1.0 and /beta. */
export async function serveGraph(
  request: Request,
  route: GraphRoute,
  state: GraphState,
  call: Call,
): Promise<Response> {
  const permissions = authorize(request.headers, state);
  if (route.to === 'unknown-segment') throw unknownSegment(route.segment);
  if ('user' in route && route.to !== 'user') requireExchange(state.settings);
  switch (route.to) {
    case 'user':
      requireGet(request);
      return userAnswer(request, route.user, permissions, state, call);
    case 'send-mail':
      requirePost(request, 'sendMail');
      requirePermission(permissions, 'Mail.Send');
      await sendMail(request, route.user, state, call);
      return emptyAnswer(202, call);
    case 'messages':
      return respondWithMessages(request, route.user, permissions, state, call);
    case 'folders':
      requireGet(request);
      requirePermission(permissions, 'Mail.Read', 'Mail.ReadWrite');
      return foldersAnswer(request, route.user, state, call);
    case 'folder':
      requireGet(request);
      requirePermission(permissions, 'Mail.Read', 'Mail.ReadWrite');
      return folderAnswer(request, route, state, call);
    case 'folder-messages':
      requireGet(request);
      requirePermission(permissions, 'Mail.Read', 'Mail.ReadWrite');
      return findMessages(request, route, state, call);
    case 'message':
      return respondWithMessage(request, route, permissions, state, call);
    case 'attachments':
      return respondWithAttachments(request, route, permissions, state, call);
    case 'upload-sessions': {
      requirePost(request, 'createUploadSession');
      requirePermission(permissions, 'Mail.ReadWrite');
      const session = await createUploadSession(request, route, state);
      const url = uploadUrl(session, uploadOriginFor(request, state.settings));
      return jsonAnswer(201, { uploadUrl: url, ...progressOf(session) }, call);
    }
    case 'send-draft':
      requirePost(request, 'send');
      requirePermission(permissions, 'Mail.Send');
      await sendDraft(request, route, state, call);
      return emptyAnswer(202, call);
    case 'me':
      if (state.settings.scp.length > 0) throw notPlayed(request);
      throw new GraphRefusal(
        'me-for-app',
        400,
        'BadRequest',
        '/me request is only valid with delegated authentication flow.',
      );
    case 'not-played':
      throw notPlayed(request);
  }
}

async function respondWithMessages(
  request: Request,
  user: string,
  permissions: readonly string[],
  state: GraphState,
  call: Call,
): Promise<Response> {
  switch (request.method) {
    case 'GET':
      requirePermission(permissions, 'Mail.Read', 'Mail.ReadWrite');
      return findMessages(request, { user }, state, call);
    case 'POST': {
      requirePermission(permissions, 'Mail.ReadWrite');
      const draft = await createDraft(request, user, state, call);
      const answer = messageAnswer(201, draft, request, state, call);
      state.messages.push(draft);
      return answer;
    }
    default:
      throw notPlayed(request);
  }
}

async function respondWithMessage(
  request: Request,
  route: MessageRoute,
  permissions: readonly string[],
  state: GraphState,
  call: Call,
): Promise<Response> {
  const { user, messageId } = route;
  switch (request.method) {
    case 'GET':
      requirePermission(permissions, 'Mail.Read', 'Mail.ReadWrite');
      return messageAnswer(200, findMessage(state, user, messageId), request, state, call);
    case 'PATCH':
      requirePermission(permissions, 'Mail.ReadWrite');
      return messageAnswer(200, await updateMessage(request, route, state), request, state, call);
    case 'DELETE':
      requirePermission(permissions, 'Mail.ReadWrite');
      deleteMessage(state, route);
      return emptyAnswer(204, call);
    default:
      throw notPlayed(request);
  }
}

async function respondWithAttachments(
  request: Request,
  route: MessageRoute,
  permissions: readonly string[],
  state: GraphState,
  call: Call,
): Promise<Response> {
  switch (request.method) {
    case 'GET': {
      requirePermission(permissions, 'Mail.Read', 'Mail.ReadWrite');
      const { content } = findMessage(state, route.user, route.messageId);
      return attachmentsAnswer(content.attachments, request, state, call);
    }
    case 'POST':
      requirePermission(permissions, 'Mail.ReadWrite');
      return attachmentAnswer(await addAttachment(request, route, state, call), state, call);
    default:
      throw notPlayed(request);
  }
}

function requireGet(request: Request): void {
  if (request.method !== 'GET') throw notPlayed(request);
}

function requirePost(request: Request, action: string): void {
  if (request.method === 'POST') return;
  throw new GraphRefusal(
    'action-is-post',
    405,
    'Request_BadRequest',
    `${action} is a POST, not a ${request.method}.`,
  );
}
