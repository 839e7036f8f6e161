import { isOwnRequest } from '../own-request';
import type { Sandbox } from '../sandbox';
import type { MessageSearch } from '../search';
import { ApiRefusal, errorResponse, jsonResponse, refusalResponse } from './answers';
import { API_PATH } from './message-json';
import { openApiDocument } from './openapi';
import { checkParameters } from './parameters';
import type { ApiRoute } from './route';
import { API_ROUTES } from './routes';

/** The JSON API, for tests in any language. It answers everything, refusals too, as JSON. */
export function createApi(sandbox: Sandbox, search: MessageSearch): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await answer(request, sandbox, search);
    } catch (error) {
      if (error instanceof ApiRefusal) return refusalResponse(error);
      // The sandbox's own checks of filters and faults.
      if (error instanceof TypeError) return errorResponse('bad-request', error.message);
      throw error;
    }
  };
}

async function answer(request: Request, sandbox: Sandbox, search: MessageSearch): Promise<Response> {
  if (!isOwnRequest(request)) {
    throw new ApiRefusal('forbidden', 'This request comes from a page of another site.');
  }
  const { pathname, searchParams: query } = new URL(request.url);
  if (!pathname.startsWith(`${API_PATH}/`)) throw nothingThere();
  const segments = pathname
    .slice(API_PATH.length + 1)
    .split('/')
    .map(decode);
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  if (segments.join('/') === 'openapi.json') {
    if (method !== 'get') throw wrongMethod(request.method, ['get']);
    checkParameters(query, []);
    return jsonResponse(openApiDocument());
  }
  const matches = API_ROUTES.flatMap((route) => {
    const values = valuesOf(route.path, segments);
    return values === undefined ? [] : [{ route, values }];
  });
  if (matches.length === 0) throw nothingThere();
  const match = matches.find(({ route }) => route.method === method);
  if (match === undefined)
    throw wrongMethod(
      request.method,
      matches.map(({ route }) => route.method),
    );
  checkParameters(query, match.route.query ?? []);
  const { id = '', file = '' } = match.values;
  return match.route.handle({ sandbox, search, request, query, id, file });
}

function nothingThere(): ApiRefusal {
  return new ApiRefusal('not-found', `There is nothing here. ${API_PATH}/openapi.json lists what there is.`);
}

function wrongMethod(method: string, known: readonly ApiRoute['method'][]): ApiRefusal {
  const names = [...new Set(known)].map((name) => name.toUpperCase());
  const allow = names.flatMap((name) => (name === 'GET' ? [name, 'HEAD'] : [name])).join(', ');
  return new ApiRefusal('method-not-allowed', `This takes ${names.join(', ')}, not ${method}.`, allow);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw nothingThere();
  }
}

/** The values in a path, or undefined if it is not the route's. */
function valuesOf(path: string, segments: readonly string[]): Record<string, string> | undefined {
  const names = path.slice(1).split('/');
  if (names.length !== segments.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const segment = segments[index] ?? '';
    const [, value] = /^\{(\w+)\}$/.exec(name) ?? [];
    if (value === undefined ? segment !== name : segment === '') return undefined;
    if (value !== undefined) values[value] = segment;
  }
  return values;
}
