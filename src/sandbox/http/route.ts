/** The requests that a test can make fail, by name. */
export const REQUEST_NAMES = [
  'token',
  'send-mail',
  'create-draft',
  'create-reply',
  'find-messages',
  'read-folder',
  'read-message',
  'update-message',
  'delete-message',
  'move-message',
  'add-attachment',
  'list-attachments',
  'delete-attachment',
  'create-upload-session',
  'upload-range',
  'upload-status',
  'cancel-upload',
  'send-draft',
  'list-traces',
  'trace-details',
] as const;

/** A request that a test can make fail. */
export type SandboxRequestName = (typeof REQUEST_NAMES)[number];

/** The values in a path, percent-decoded; '' for those that its route does not have. */
export interface PathValues {
  readonly tenant: string;
  readonly user: string;
  /** A well-known name or an id. */
  readonly folder: string;
  readonly messageId: string;
  readonly attachmentId: string;
  readonly sessionId: string;
  readonly traceId: string;
  readonly recipient: string;
}

/** One request that the sandbox implements. */
export interface Route<Asked = never> {
  readonly method: string;
  /** `{user}` and the like are values. Names are read in any case, values are not. */
  readonly path: string;
  /** The name that faults know it by. */
  readonly fault?: SandboxRequestName;
  /** Its path is an action: other methods are refused with 405, and its faults apply to them too. */
  readonly isAction?: true;
  handle(asked: Asked): Response | Promise<Response>;
}

/** The routes of one path, one for each method. */
export interface RouteMatch<R> {
  readonly routes: readonly R[];
  readonly values: PathValues;
}

const NO_VALUES: PathValues = {
  tenant: '',
  user: '',
  folder: '',
  messageId: '',
  attachmentId: '',
  sessionId: '',
  traceId: '',
  recipient: '',
};

export function matchRoutes<R extends Pick<Route, 'path' | 'isAction'>>(
  table: readonly R[],
  segments: readonly string[],
): RouteMatch<R> {
  const found = table.flatMap((route) => {
    const values = valuesOf(route.path, segments);
    return values === undefined ? [] : [{ route, values }];
  });
  // The name of an action is no id.
  const actions = found.filter(({ route }) => route.isAction);
  const matched = actions.length > 0 ? actions : found;
  return { routes: matched.map(({ route }) => route), values: { ...NO_VALUES, ...matched[0]?.values } };
}

/** The route that names the request: the one for its method, or the action that other methods are refused by. */
export function namedRoute<R extends Pick<Route, 'method' | 'isAction'>>(
  { routes }: RouteMatch<R>,
  method: string,
): R | undefined {
  return routes.find((route) => route.method === method) ?? routes.find(({ isAction }) => isAction);
}

function valuesOf(path: string, segments: readonly string[]): Record<string, string> | undefined {
  const names = path.slice(1).split('/');
  if (names.length !== segments.length) return undefined;
  const values: Record<string, string> = {};
  for (const [at, name] of names.entries()) {
    const segment = segments[at] ?? '';
    const [, valueName] = /^\{(\w+)\}$/.exec(name) ?? [];
    if (valueName === undefined) {
      if (plainName(segment) !== name.toLowerCase()) return undefined;
    } else {
      if (segment === '' || isOfCollection(segment)) return undefined;
      values[valueName] = segment;
    }
  }
  return values;
}

/** Stands for a whole collection, where otherwise an id would. */
export function isOfCollection(segment: string): boolean {
  return /^(?:\$count|\$ref|delta(?:\(.*\))?)$/i.test(segment);
}

/**
 * The segments of a path, percent-decoded. A key in parentheses (`users('x')`) becomes a segment of its own, as if it
 * followed a slash. Undefined if the path cannot be decoded. [rule: key-in-parentheses]
 */
export function pathSegments(path: string): string[] | undefined {
  try {
    // Split before decoding: a user whose name holds an encoded slash stays one segment.
    return path.slice(1).split('/').map(decodeURIComponent).flatMap(splitKey);
  } catch {
    return undefined;
  }
}

/** The parameter of a function (`getDetailsByRecipient(recipientAddress='x')`) becomes a segment likewise. */
function splitKey(segment: string): string[] {
  const [, name, key] = /^([\w.]+)\((?:recipientAddress=)?'((?:[^']|'')*)'\)$/i.exec(segment) ?? [];
  return name === undefined || key === undefined ? [segment] : [name, key.replaceAll("''", "'")];
}

/** A name in lower case and without its namespace: `microsoft.graph.sendMail` is `sendmail`. [rule: action-namespace] */
export function plainName(segment: string): string {
  return segment.toLowerCase().replace(/^microsoft\.graph\./, '');
}
