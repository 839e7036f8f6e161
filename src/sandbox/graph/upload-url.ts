import type { Call } from '../http/delivery';
import { emptyAnswer, jsonAnswer } from '../http/graph-answer';
import { GraphRefusal, INVALID_AUDIENCE, noSuchRequest } from '../http/graph-refusal';
import { isSameSecret } from '../http/ids';
import type { PathValues, Route, RouteMatch } from '../http/route';
import { checkUploadedSize } from '../mail/check-message';
import type { MailboxState, UploadSession } from '../mailbox/state';
import { attachmentId, attachTo, beginAttaching } from './attachments';
import { audienceOf, bearerOf } from './authorize';
import { progressAtUrl } from './open-upload';
import { readChunks } from './read-body';
import { mediaTypeOf, wrongContentType } from './read-request';

/** A request to the URL of an upload session, which needs no token. */
export interface UploadAsked {
  readonly request: Request;
  readonly values: PathValues;
  readonly state: MailboxState;
  readonly call: Call;
}

/** What the sandbox implements of the host for uploads. */
export const UPLOAD_ROUTES: readonly Route<UploadAsked>[] = [
  {
    method: 'PUT',
    path: '/upload/{sessionId}',
    fault: 'upload-range',
    handle: putRange,
  },
  {
    method: 'GET',
    path: '/upload/{sessionId}',
    fault: 'upload-status',
    handle(asked) {
      const session = findSession(asked);
      return jsonAnswer(200, progressAtUrl(session, asked.state.settings), asked.call);
    },
  },
  {
    method: 'DELETE',
    path: '/upload/{sessionId}',
    fault: 'cancel-upload',
    handle(asked) {
      asked.state.uploadSessions.delete(findSession(asked).id);
      return emptyAnswer(204, asked.call);
    },
  },
];

/** The answer to any request to an upload URL. */
export async function serveUpload(
  match: RouteMatch<Route<UploadAsked>>,
  asked: UploadAsked,
): Promise<Response> {
  const { request, state } = asked;
  if (request.headers.has('authorization')) throw tokenAtUploadUrl(request, state);
  const route = match.routes.find(({ method }) => method === request.method);
  if (route === undefined) throw noSuchRequest(request);
  return route.handle(asked);
}

/**
 * Refuses any token: even one for Graph has the wrong audience here. The words are those of msgraph-sdk-dotnet#2239.
 * The secret in the URL is not repeated.
 */
function tokenAtUploadUrl(request: Request, { settings }: MailboxState): GraphRefusal {
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

async function putRange(asked: UploadAsked): Promise<Response> {
  const { request, state, call } = asked;
  const { limits } = state.settings;
  const opened = findSession(asked);
  const range = readUploadRange(request, limits.rangeBytes);
  const requireAlone = beginAttaching(state, opened.draft, opened, call);
  const chunks = (await readChunks(request, range.end - range.start + 1)) ?? [];
  const lengthBytes = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  checkLength(range, lengthBytes);
  // Looked up again: while the body arrived, the session may have ended, or another request may have sent this range.
  const session = findSession(asked);
  requireAlone();
  checkPlace(range, session.content.size, session.file.sizeBytes);
  const { mailbox, content } = session.draft;
  checkUploadedSize(content, session.content.size + lengthBytes, mailbox, limits);
  session.content.append(chunks);
  if (session.content.size < session.file.sizeBytes)
    return jsonAnswer(200, progressAtUrl(session, state.settings), call);
  return finish(session, state, call);
}

/** Only the last range gets a Location, and the others only the next start. [rule: range-answers] */
function finish(session: UploadSession, state: MailboxState, call: Call): Response {
  const { draft, content, file } = session;
  state.uploadSessions.delete(session.id);
  const attachment = content.toAttachment(file.described);
  attachTo(draft, attachment, state);
  const { uploadOrigin, tenantId } = state.settings;
  const message = `Users('${draft.mailbox.id}@${tenantId}')/Messages('${draft.id}')`;
  const location = `${uploadOrigin}/api/v2.0/${message}/Attachments('${attachmentId(draft, attachment, state.ids)}')`;
  return emptyAnswer(201, call, { location });
}

/** A URL with a lost or changed secret leads nowhere. */
function findSession({ request, values: { sessionId }, state }: UploadAsked): UploadSession {
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

/** The part of a file that one request carries. */
export interface UploadRange {
  start: number;
  /** The last byte, inclusive. */
  end: number;
  total: number;
}

/** The headers of a PUT, checked before its body is read. */
export function readUploadRange(request: Request, limitBytes: number): UploadRange {
  const contentLength = request.headers.get('content-length');
  if (contentLength === null) {
    throw new GraphRefusal('range-length', 411, 'invalidRequest', 'The request has no Content-Length.');
  }
  if (mediaTypeOf(request) !== 'application/octet-stream') {
    throw wrongContentType(request, 'A range takes the content type application/octet-stream');
  }
  const range = parseContentRange(request.headers.get('content-range') ?? '');
  const lengthBytes = Number(contentLength);
  if (lengthBytes >= limitBytes) {
    throw new GraphRefusal(
      'range-size',
      413,
      'maxFragmentLengthExceeded',
      `The range has ${lengthBytes} bytes, it must be smaller than ${limitBytes}.`,
    );
  }
  checkLength(range, lengthBytes);
  return range;
}

/** Checks that the range is as long as the body. */
export function checkLength({ start, end }: UploadRange, lengthBytes: number): void {
  if (end - start + 1 === lengthBytes) return;
  throw new GraphRefusal(
    'range-mismatch',
    400,
    'fragmentLengthMismatch',
    `The range ${start}-${end} does not have the length of the body.`,
  );
}

/** Ranges arrive in order, each starting where the last one ended. */
export function checkPlace({ start, total }: UploadRange, receivedBytes: number, sizeBytes: number): void {
  if (total !== sizeBytes) {
    throw invalidRange(416, `The session is for ${sizeBytes} bytes, the range declares a total of ${total}.`);
  }
  if (start < receivedBytes) {
    throw new GraphRefusal(
      'range-overlap',
      416,
      'fragmentOverlap',
      `The range overlaps the ${receivedBytes} bytes that are there.`,
    );
  }
  if (start > receivedBytes) {
    throw new GraphRefusal(
      'range-gap',
      416,
      'fragmentOutOfOrder',
      `The next range begins at ${receivedBytes}, not at ${start}.`,
    );
  }
}

function parseContentRange(text: string): UploadRange {
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(text) ?? [];
  if (total === undefined)
    throw invalidRange(400, `Content-Range takes bytes start-end/total, not '${text}'.`);
  const range = { start: Number(start), end: Number(end), total: Number(total) };
  if (range.start <= range.end && range.end < range.total) return range;
  throw invalidRange(416, `The range ${start}-${end} is not one of a file of ${total} bytes.`);
}

function invalidRange(status: 400 | 416, message: string): GraphRefusal {
  return new GraphRefusal('range-invalid', status, 'invalidRange', message);
}
