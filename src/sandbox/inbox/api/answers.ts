import { foreignResponse } from '../responses';

/** No rights at all, for a browser that shows an answer as a page. */
export const NO_RIGHTS = "default-src 'none'; sandbox; frame-ancestors 'none'";

/** Why a request is refused, for programs. */
export type ApiErrorCode =
  | 'bad-request'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'timeout'
  | 'too-large'
  | 'unsupported-media-type'
  | 'closed';

const STATUS: Readonly<Record<ApiErrorCode, number>> = {
  'bad-request': 400,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  timeout: 408,
  'too-large': 413,
  'unsupported-media-type': 415,
  closed: 503,
};

/** A refusal, thrown where it is noticed. */
export class ApiRefusal extends Error {
  readonly code: ApiErrorCode;

  /** The methods that would be taken, where the method is what is wrong. */
  readonly allow?: string;

  constructor(code: ApiErrorCode, message: string, allow?: string) {
    super(message);
    this.code = code;
    this.allow = allow;
  }
}

export function jsonResponse(value: object, status = 200): Response {
  const whole = foreignResponse(JSON.stringify(value), 'application/json; charset=utf-8', NO_RIGHTS);
  return status === 200 ? whole : new Response(whole.body, { status, headers: whole.headers });
}

export function refusalResponse({ code, message, allow }: ApiRefusal): Response {
  const response = errorResponse(code, message);
  if (allow !== undefined) response.headers.set('allow', allow);
  return response;
}

/** @param more what else the answer tells */
export function errorResponse(code: ApiErrorCode, message: string, more: object = {}): Response {
  return jsonResponse({ error: { code, message }, ...more }, STATUS[code]);
}

export function emptyResponse(): Response {
  const { headers } = foreignResponse('', 'text/plain', NO_RIGHTS);
  headers.delete('content-type');
  return new Response(null, { status: 204, headers });
}
