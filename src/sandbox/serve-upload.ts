import { attachmentId } from './attachment-answer';
import type { Call } from './call';
import { emptyAnswer, GraphRefusal, jsonAnswer } from './graph-answer';
import { notPlayed } from './not-played';
import { readChunks } from './read-body';
import type { UploadRoute } from './routes';
import { isSameSecret } from './same-secret';
import type { SandboxState } from './sandbox-state';
import { checkLength, checkPlace, readUploadRange } from './upload-range';
import { progressOf, type UploadSession } from './upload-session';

/** The answer to a request for the URL of an upload session, which carries its own right. */
export async function serveUpload(
  request: Request,
  route: UploadRoute,
  state: SandboxState,
  call: Call,
): Promise<Response> {
  if (request.headers.has('authorization')) {
    throw new GraphRefusal(
      'upload-authorization',
      401,
      'InvalidAudience',
      'The URL of an upload session takes no Authorization header.',
    );
  }
  switch (request.method) {
    case 'PUT':
      return putRange(request, route, state, call);
    case 'GET':
      return jsonAnswer(200, progressOf(findSession(request, route, state)), call);
    case 'DELETE':
      state.uploadSessions.delete(findSession(request, route, state).id);
      return emptyAnswer(204, call);
    default:
      throw notPlayed(request);
  }
}

async function putRange(
  request: Request,
  route: UploadRoute,
  state: SandboxState,
  call: Call,
): Promise<Response> {
  findSession(request, route, state);
  const range = readUploadRange(request, state.settings.limits.rangeBytes);
  const chunks = (await readChunks(request, range.end - range.start + 1)) ?? [];
  const lengthBytes = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  checkLength(range, lengthBytes);
  // Found again: while the body came, the session may have ended, or another request may have brought this range.
  const session = findSession(request, route, state);
  checkPlace(range, session.content.size, session.file.sizeBytes);
  session.content.append(chunks);
  if (session.content.size < session.file.sizeBytes) return jsonAnswer(200, progressOf(session), call);
  return finish(session, state, call);
}

/** Only the last range has a Location, and no range a body but for the next start. [rule: range-answers] */
function finish(session: UploadSession, state: SandboxState, call: Call): Response {
  const { draft, content, file } = session;
  state.uploadSessions.delete(session.id);
  const attachment = content.toAttachment(file.described);
  draft.message.content.attachments.push(attachment);
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
