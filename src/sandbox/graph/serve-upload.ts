import type { Call } from '../call';
import { audienceOf } from '../entra/access-token';
import { isSameSecret } from '../entra/same-secret';
import { checkUploadedSize } from '../mail/message-size';
import { progressAtUrl, type UploadSession } from '../mailbox/upload-session';
import type { UploadRoute } from '../routes';
import type { SandboxState } from '../sandbox-state';
import { attachTo } from './add-attachment';
import { attachmentId } from './attachment-answer';
import { bearerOf } from './bearer';
import { beginChange } from './draft-changes';
import { emptyAnswer, GraphRefusal, INVALID_AUDIENCE, jsonAnswer } from './graph-answer';
import { notPlayed } from './not-played';
import { readChunks } from './read-body';
import { checkLength, checkPlace, readUploadRange } from './upload-range';

/** The answer to a request for the URL of an upload session, which carries its own right. */
export async function serveUpload(
  request: Request,
  route: UploadRoute,
  state: SandboxState,
  call: Call,
): Promise<Response> {
  if (request.headers.has('authorization')) {
    throw tokenAtUploadUrl(request, state);
  }
  switch (request.method) {
    case 'PUT':
      return putRange(request, route, state, call);
    case 'GET':
      return jsonAnswer(200, progressAtUrl(findSession(request, route, state), state.settings), call);
    case 'DELETE':
      state.uploadSessions.delete(findSession(request, route, state).id);
      return emptyAnswer(204, call);
    default:
      throw notPlayed(request);
  }
}

/**
 * Whatever the token: one for Graph is for another resource here, in the words of msgraph-sdk-dotnet#2239. The secret
 * of the URL is not repeated.
 */
function tokenAtUploadUrl(request: Request, { settings }: SandboxState): GraphRefusal {
  const audience = audienceOf(bearerOf(request.headers));
  const url = `${settings.uploadOrigin}${new URL(request.url).pathname}`;
  return new GraphRefusal(
    'upload-authorization',
    401,
    INVALID_AUDIENCE,
    'The audience claim value is invalid for current resource. ' +
      `Audience claim is '${audience}', request url is '${url}' and resource type is 'Exchange'.`,
  );
}

async function putRange(
  request: Request,
  route: UploadRoute,
  state: SandboxState,
  call: Call,
): Promise<Response> {
  const { limits } = state.settings;
  const opened = findSession(request, route, state);
  const range = readUploadRange(request, limits.rangeBytes);
  const requireAlone = beginChange(state, opened.draft, opened, call);
  const chunks = (await readChunks(request, range.end - range.start + 1)) ?? [];
  const lengthBytes = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  checkLength(range, lengthBytes);
  // Found again: while the body came, the session may have ended, or another request may have brought this range.
  const session = findSession(request, route, state);
  requireAlone();
  checkPlace(range, session.content.size, session.file.sizeBytes);
  const { mailbox, message } = session.draft;
  checkUploadedSize(message.content, session.content.size + lengthBytes, mailbox, limits);
  session.content.append(chunks);
  if (session.content.size < session.file.sizeBytes)
    return jsonAnswer(200, progressAtUrl(session, state.settings), call);
  return finish(session, state, call);
}

/** Only the last range has a Location, and no range a body but for the next start. [rule: range-answers] */
function finish(session: UploadSession, state: SandboxState, call: Call): Response {
  const { draft, content, file } = session;
  state.uploadSessions.delete(session.id);
  const attachment = content.toAttachment(file.described);
  attachTo(draft, attachment, state);
  const { uploadOrigin, tenantId } = state.settings;
  const message = `Users('${draft.mailbox.id}@${tenantId}')/Messages('${draft.id}')`;
  const location = `${uploadOrigin}/api/v2.0/${message}/Attachments('${attachmentId(attachment, state.ids)}')`;
  return emptyAnswer(201, call, { location });
}

/** By the whole URL: one whose secret was lost or changed leads nowhere. */
function findSession(request: Request, { sessionId }: UploadRoute, state: SandboxState): UploadSession {
  const session = state.uploadSessions.get(sessionId);
  const authToken = new URL(request.url).searchParams.get('authtoken') ?? '';
  if (session && isSameSecret(authToken, session.authToken)) {
    if (state.settings.now() < session.expiresAt.getTime()) return session;
    state.uploadSessions.delete(session.id);
  }
  throw new GraphRefusal(
    'session-gone',
    404,
    'uploadSessionNotFound',
    'The upload session was not found: it has ended, was cancelled or has expired.',
  );
}
