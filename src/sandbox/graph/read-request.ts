import { GraphRefusal, requestTooLarge } from '../http/graph-refusal';
import { parseNestedJson } from '../nested-json';
import type { SandboxSettings } from '../settings';
import { readBody } from './read-body';

/** The body of a request to Graph. @throws GraphRefusal if it is longer than the limit */
export async function readRequest(
  request: Request,
  settings: SandboxSettings,
  limitBytes = settings.limits.requestBytes,
): Promise<Buffer> {
  const body = await readBody(request, limitBytes);
  if (body !== undefined) return body;
  throw requestTooLarge(settings, limitBytes);
}

/** The body of a request that accepts only JSON. Its schema is not checked yet. */
export async function readJsonRequest(
  request: Request,
  settings: SandboxSettings,
  limitBytes?: number,
): Promise<unknown> {
  const body = await readRequest(request, settings, limitBytes);
  if (mediaTypeOf(request) !== 'application/json') {
    throw wrongContentType(request, 'This request takes the content type application/json');
  }
  return parseJson(body);
}

export function parseJson(body: Buffer): unknown {
  try {
    return parseNestedJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new GraphRefusal(
      'body-not-json',
      400,
      'UnableToDeserializePostBody',
      `The request body is ${error instanceof RangeError ? 'nested too deeply' : 'not JSON'}.`,
    );
  }
}

/** In lower case and without parameters. */
export function mediaTypeOf(request: Request): string {
  const [mediaType = ''] = contentTypeOf(request).split(';');
  return mediaType.trim().toLowerCase();
}

export function wrongContentType(request: Request, expected: string): GraphRefusal {
  return new GraphRefusal(
    'content-type',
    415,
    'RequestBodyRead',
    `${expected}, not '${contentTypeOf(request)}'.`,
  );
}

function contentTypeOf(request: Request): string {
  return request.headers.get('content-type') ?? '';
}
