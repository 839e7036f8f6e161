import { API_PATH } from './message-json';
import { FILTERS, PARAMETERS } from './parameters';
import type { ApiRoute } from './route';
import { API_ROUTES } from './routes';
import { SCHEMAS } from './schemas';

const json = (name: string) => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
});

const FAILURES: Readonly<Record<number, string>> = {
  400: 'A parameter or the body makes no sense',
  403: 'The request comes from a page of another site',
  404: 'There is no such thing',
  408: 'No message came in time',
  413: 'The body is too long',
  415: 'The body is not JSON',
};

/** The OpenAPI description of the API, made of its routes. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of API_ROUTES)
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'The sandbox of nodemailer-graph-transport',
      version: '1',
      description: 'What a local Entra and Graph were sent, for tests in any language.',
    },
    servers: [{ url: API_PATH }],
    paths: {
      ...paths,
      '/openapi.json': {
        get: {
          operationId: 'openApi',
          summary: 'This description.',
          responses: {
            200: { description: 'It', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
    components: { schemas: SCHEMAS },
  };
}

function operation({
  path,
  operationId,
  summary,
  query = [],
  body,
  answer,
  failures = [],
}: ApiRoute): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { status, schema, mediaType } = answer;
  const content = schema ? json(schema) : mediaType && { [mediaType]: { schema: { type: 'string' } } };
  return {
    operationId,
    summary,
    parameters: [...inPath, ...query.map(parameter)],
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      [status]: { description: summary, ...(content && { content }) },
      ...Object.fromEntries(
        [400, 403, ...failures].map((failure) => [
          failure,
          { description: FAILURES[failure], content: json('Error') },
        ]),
      ),
    },
  };
}

function parameter(name: string): object {
  const { description, schema, isRepeated } = PARAMETERS[name] ?? { description: '', schema: {} };
  const isFilter = Object.hasOwn(FILTERS, name);
  return {
    name,
    in: 'query',
    description: isFilter ? `Filter: ${description}` : description,
    schema: isRepeated ? { type: 'array', items: schema } : schema,
    ...(isRepeated && { style: 'form', explode: true }),
  };
}
