import { addAttachment } from './add-attachment';
import { attachmentAnswer } from './attachment-answer';
import { authorize, requireRole } from './authorize';
import type { Call } from './call';
import { createDraft } from './create-draft';
import { emptyAnswer, GraphRefusal, jsonAnswer } from './graph-answer';
import { messageAnswer } from './message-answer';
import { notPlayed } from './not-played';
import type { GraphRoute, MessageRoute } from './routes';
import type { SandboxState } from './sandbox-state';
import { sendDraft } from './send-draft';
import { sendMail } from './send-mail';
import { findMessage, removeMessage } from './stored-message';
import { createUploadSession, endSessionsOf, progressOf, uploadUrl } from './upload-session';

/** Graph's answer to any request under /v1.0 and /beta. */
export async function serveGraph(
  request: Request,
  route: GraphRoute,
  state: SandboxState,
  call: Call,
): Promise<Response> {
  const roles = authorize(request.headers, state.tokens);
  switch (route.to) {
    case 'send-mail':
      requirePost(request, 'sendMail');
      requireRole(roles, 'Mail.Send');
      state.messages.add(await sendMail(request, route.user, state.settings, call));
      return emptyAnswer(202, call);
    case 'messages': {
      if (request.method !== 'POST') throw notPlayed(request);
      requireRole(roles, 'Mail.ReadWrite');
      const draft = await createDraft(request, route.user, state.settings, call);
      state.stored.push(draft);
      return messageAnswer(201, draft, request, call);
    }
    case 'message':
      return respondWithMessage(request, route, roles, state, call);
    case 'attachments':
      if (request.method !== 'POST') throw notPlayed(request);
      requireRole(roles, 'Mail.ReadWrite');
      return attachmentAnswer(await addAttachment(request, route, state), call);
    case 'upload-sessions': {
      requirePost(request, 'createUploadSession');
      requireRole(roles, 'Mail.ReadWrite');
      const session = await createUploadSession(request, route, state);
      const url = uploadUrl(session, state.settings.uploadOrigin);
      return jsonAnswer(201, { uploadUrl: url, ...progressOf(session) }, call);
    }
    case 'send-draft':
      requirePost(request, 'send');
      requireRole(roles, 'Mail.Send');
      await sendDraft(request, route, state, call);
      return emptyAnswer(202, call);
    case 'me':
      throw new GraphRefusal(
        400,
        'BadRequest',
        '/me request is only valid with delegated authentication flow.',
      );
    case 'not-played':
      throw notPlayed(request);
  }
}

function respondWithMessage(
  request: Request,
  { user, messageId }: MessageRoute,
  roles: readonly string[],
  state: SandboxState,
  call: Call,
): Response {
  switch (request.method) {
    case 'GET':
      requireRole(roles, 'Mail.Read', 'Mail.ReadWrite');
      return messageAnswer(200, findMessage(state, user, messageId), request, call);
    case 'DELETE': {
      requireRole(roles, 'Mail.ReadWrite');
      const message = findMessage(state, user, messageId);
      removeMessage(state, message);
      endSessionsOf(state, message);
      return emptyAnswer(204, call);
    }
    default:
      throw notPlayed(request);
  }
}

function requirePost(request: Request, action: string): void {
  if (request.method === 'POST') return;
  throw new GraphRefusal(405, 'Request_BadRequest', `${action} is a POST, not a ${request.method}.`);
}
