import type { Sandbox } from '../sandbox';
import type { MessageSearch } from '../search';
import { numberIn } from './parameters';
import type { SchemaName } from './schemas';

/** What a route gets to answer a request. */
export interface Asked {
  readonly sandbox: Sandbox;
  readonly search: MessageSearch;
  readonly request: Request;
  readonly query: URLSearchParams;
  /** The values in the path, decoded. */
  readonly id: string;
  readonly file: string;
}

/** One operation, from which requests are routed and the OpenAPI description is made. */
export interface ApiRoute {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** The parameters of its query. */
  readonly query?: readonly string[];
  readonly body?: SchemaName;
  /** The status of a success, with the schema or the media type of its answer. */
  readonly answer: { status: 200 | 201 | 204; schema?: SchemaName; mediaType?: string };
  /** What else it answers, besides what every request may be answered. */
  readonly failures?: readonly (404 | 408 | 413 | 415)[];
  handle(asked: Asked): Response | Promise<Response>;
}

/** A page of what was found, as the query asks for it. */
export function pageOf<Item>(
  name: string,
  items: readonly Item[],
  query: URLSearchParams,
  toJson: (item: Item) => object,
): object {
  const [limit, offset] = [numberIn(query, 'limit'), numberIn(query, 'offset')];
  const page = items.slice(offset, offset + limit).map(toJson);
  return { [name]: page, total: items.length, limit, offset };
}
